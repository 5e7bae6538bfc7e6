// Stopping: nothing in flight is lost, nothing new is taken.
import type { ServerResponse } from "node:http";
import { openSocket, parseAnswer, readUntil, requestText } from "../fixtures/raw-http.js";
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

test("what does not fit the drain time is cut, visibly", async () => {
  await start(50);
  const reply = await Promise.all([
    stack.fetchAs("alice", "/hello"),
    called.then((response) => response.write("begun")),
  ]);
  await Promise.all([expect(reply[0].text()).rejects.toThrow(), stack.gateway.stop()]);
  expect(stack.logLines().at(-1)).toMatchObject({ message: "stopped", outcome: "cut" });
});

test("an idle connection does not hold the end up", async () => {
  await start(60_000);
  const socket = await openSocket(stack.url);
  socket.write(requestText("GET /nothing HTTP/1.1", "Host: a"));
  expect(parseAnswer(await readUntil(socket, "urn:uuid")).status).toBe(404);
  await stack.gateway.stop();
  expect(stack.logLines().at(-1)).toMatchObject({ message: "stopped", outcome: "finished" });
});
