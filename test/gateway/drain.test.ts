// Stopping: nothing in flight is lost, nothing new is taken.
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { openSocket, parseAnswer, readToEnd, readUntil, requestText } from "../fixtures/raw-http.js";
import { startStack, type Stack } from "../fixtures/stack.js";
import { routedTo, startUpstreamServer, type UpstreamServer } from "../fixtures/upstream-server.js";

let stack: Stack;
let upstream: UpstreamServer;
/** Resolves with the upstream's side of the next call. */
let called: Promise<ServerResponse>;
let onCall: (response: ServerResponse) => void;

async function start(drainMs: number): Promise<void> {
  upstream = await startUpstreamServer((_request, response) => onCall(response));
  stack = await startStack({
    adjust: (settings) => ({
      ...routedTo(upstream.origin)(settings),
      listen: { ...settings.listen, drainMs },
    }),
  });
}

beforeEach(() => {
  called = new Promise((resolve) => (onCall = resolve));
});
afterEach(async () => {
  await stack.close();
  await upstream.close();
});

test("a call in flight is finished, its answer is its connection's last, and no new connection is taken", async () => {
  await start(60_000);
  const reply = stack.fetchAs("alice", "/hello");
  const response = await called;
  const stopped = stack.gateway.stop();
  await expect(fetch(`${stack.url}/hello`)).rejects.toThrow();
  response.end("finished");
  expect(await (await reply).text()).toBe("finished");
  expect((await reply).headers.get("connection")).toBe("close");
  await stopped;
  const begun = stack.logLines().find(({ message }) => message === "draining");
  expect(begun).toMatchObject({ drainMs: 60_000, callsInFlight: 1 });
});

test("readiness says draining while liveness stays", async () => {
  await start(60_000);
  const reply = stack.fetchAs("alice", "/hello");
  const response = await called;
  const stopped = stack.gateway.stop();
  const ready = await fetch(`${stack.adminUrl}/readyz`);
  expect([ready.status, await ready.json()]).toEqual([503, { status: "not ready", reasons: ["draining"] }]);
  expect((await fetch(`${stack.adminUrl}/livez`)).status).toBe(200);
  response.end();
  await (await reply).text();
  await stopped;
});

describe("what does not fit the drain time", () => {
  const callLine = () => stack.logLines().find(({ message }) => message === "request");

  test("is broken where its head is out, visibly", async () => {
    await start(50);
    const reply = await Promise.all([
      stack.fetchAs("alice", "/hello"),
      called.then((response) => response.write("begun")),
    ]);
    await Promise.all([expect(reply[0].text()).rejects.toThrow(), stack.gateway.stop()]);
    expect(stack.logLines().at(-1)).toMatchObject({ message: "stopped", outcome: "cut" });
    expect(callLine()).toMatchObject({ status: 200, verdict: "drained", bytes: 5 });
  });

  test("is answered with 503 where it is not, and the function's connection ends", async () => {
    await start(50);
    const reply = stack.fetchAs("alice", "/hello");
    const closed = called.then((response) => once(response, "close"));
    await called;
    await Promise.all([stack.gateway.stop(), closed]);
    const { status, headers } = await reply;
    expect([status, headers.get("retry-after"), headers.get("connection")]).toEqual([503, "1", "close"]);
    expect(await (await reply).json()).toMatchObject({
      type: "urn:grantway:problem:draining",
      detail: "The gateway is going down. A call that had begun may run on.",
    });
    expect(callLine()).toMatchObject({ status: 503, reason: "draining", verdict: "drained", bytes: 0 });
  });

  test("is answered with 503 where its body is still coming, and reaches no function", async () => {
    await start(50);
    const bearer = `Authorization: Bearer ${await stack.issuer.mint("alice")}`;
    const socket = await openSocket(stack.url);
    const fields = ["Host: a", bearer, "Content-Length: 4", "Expect: 100-continue"];
    socket.write(requestText("POST /hello HTTP/1.1", ...fields));
    await readUntil(socket, "100 Continue");
    const [{ status, body }] = await Promise.all([readToEnd(socket), stack.gateway.stop()]);
    expect(status).toBe(503);
    expect(body).toContain("urn:grantway:problem:draining");
    expect(callLine()).not.toHaveProperty("upstreamMs");
  });

  test("ends an event stream with an event that says so", async () => {
    await start(50);
    const [reply] = await Promise.all([
      stack.fetchAs("alice", "/hello"),
      called.then((response) =>
        response.writeHead(200, { "content-type": "text/event-stream" }).write("data\n\n"),
      ),
    ]);
    let text = "";
    const read = async () => {
      for await (const chunk of reply.body ?? []) text += Buffer.from(chunk as Uint8Array).toString();
    };
    await Promise.all([expect(read()).rejects.toThrow(), stack.gateway.stop()]);
    expect(text).toContain("data\n\nevent: error\ndata: ");
    expect(text).toContain("urn:grantway:problem:stream_drained");
  });
});

test("an idle connection does not hold the end up", async () => {
  await start(60_000);
  const socket = await openSocket(stack.url);
  socket.write(requestText("GET /nothing HTTP/1.1", "Host: a"));
  expect(parseAnswer(await readUntil(socket, "urn:uuid")).status).toBe(404);
  await stack.gateway.stop();
  expect(stack.logLines().at(-1)).toMatchObject({ message: "stopped", outcome: "finished" });
});

test("an answer that began before the drain is finished, and a request behind it is its connection's last", async () => {
  await start(60_000);
  const bearer = `Authorization: Bearer ${await stack.issuer.mint("alice")}`;
  const get = requestText("GET /hello HTTP/1.1", "Host: a", bearer);
  const socket = await openSocket(stack.url);
  socket.write(get);
  const first = await called;
  first.writeHead(200, { "content-length": 10 }).write("begun");
  await readUntil(socket, "begun");

  const stopped = stack.gateway.stop();
  called = new Promise((resolve) => (onCall = resolve));
  const rest = readToEnd(socket);
  socket.write(get);
  first.end("ended");
  (await called).end("the last");
  const { head, body } = await rest;
  // What is left of the first answer, and the head of the second.
  expect(head).toMatch(/^endedHTTP\/1.1 200/);
  expect(head.toLowerCase()).toContain("connection: close");
  expect(body).toContain("the last");
  await stopped;
  expect(stack.logLines().at(-1)).toMatchObject({ message: "stopped", outcome: "finished" });
});

test("a body that is still coming when the drain begins is taken to its end", async () => {
  await start(60_000);
  const bearer = `Authorization: Bearer ${await stack.issuer.mint("alice")}`;
  const socket = await openSocket(stack.url);
  const fields = ["Host: a", bearer, "Content-Length: 4", "Expect: 100-continue"];
  socket.write(requestText("POST /hello HTTP/1.1", ...fields));
  await readUntil(socket, "100 Continue");
  const stopped = stack.gateway.stop();
  socket.write("body");
  (await called).end("taken");
  expect(await readToEnd(socket)).toMatchObject({
    status: 200,
    body: expect.stringContaining("taken") as string,
  });
  await stopped;
});

test("stopping twice is stopping once", async () => {
  await start(60_000);
  const stopped = stack.gateway.stop();
  expect(stack.gateway.stop()).toBe(stopped);
  await stopped;
  expect(stack.logLines().filter(({ message }) => message === "stopped")).toHaveLength(1);
});
