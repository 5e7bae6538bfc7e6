// The relayed answer: every chunk leaves before the next is made, and a broken one never looks whole.
import type { ServerResponse } from "node:http";
import { startStack, type Stack } from "../fixtures/stack.js";
import { routedTo, startUpstreamServer, type UpstreamServer } from "../fixtures/upstream-server.js";

let stack: Stack;
let upstream: UpstreamServer;
/** The upstream's side of the call in progress. */
let answer: (response: ServerResponse) => void;

beforeAll(async () => {
  upstream = await startUpstreamServer((_request, response) => answer(response));
  stack = await startStack({ adjust: routedTo(upstream.origin) });
});
afterAll(async () => {
  await stack.close();
  await upstream.close();
});

const lastVerdict = (): unknown =>
  stack
    .logLines()
    .filter((line) => line.message === "request")
    .at(-1)?.verdict;

test("the head is there before the first byte of the body", async () => {
  let response!: ServerResponse;
  answer = (given) => {
    response = given;
    given.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
  };
  const reply = await stack.fetchAs("alice", "/hello");
  expect(reply.headers.get("content-type")).toBe("text/event-stream");
  response.end();
  await reply.text();
});

test("a chunk is with the caller before the function makes the next one", async () => {
  let response!: ServerResponse;
  answer = (given) => {
    response = given;
    given.write("1");
  };
  const reply = await stack.fetchAs("alice", "/hello");
  const reader = reply.body?.getReader();
  for (const next of ["2", "3", undefined]) {
    const chunk = await reader?.read();
    expect(chunk?.done).toBe(false);
    if (next) response.write(next);
    else response.end();
  }
  expect((await reader?.read())?.done).toBe(true);
  expect(lastVerdict()).toBe("complete");
});

test.each([
  ["chunked", {}],
  ["with a length", { "content-length": "1000" }],
])("a function that dies in the middle of a stream (%s) breaks the transfer", async (_form, headers) => {
  answer = (given) => {
    given.writeHead(200, headers);
    given.write("half", () => given.destroy());
  };
  const reply = await stack.fetchAs("alice", "/hello");
  await expect(reply.text()).rejects.toThrow();
  expect(lastVerdict()).toBe("truncated");
});

test("a function that dies before its head is a 502", async () => {
  answer = (given) => given.destroy();
  const reply = await stack.fetchAs("alice", "/hello");
  expect(reply.status).toBe(502);
  expect(await reply.json()).toMatchObject({ type: "urn:grantway:problem:upstream_unreachable" });
});

test("a caller who leaves closes the upstream's connection", async () => {
  let closed!: Promise<void>;
  answer = (given) => {
    closed = new Promise((resolve) => given.once("close", resolve));
    given.write("1");
  };
  const leaving = new AbortController();
  const reply = await stack.fetchAs("alice", "/hello", { signal: leaving.signal });
  await reply.body?.getReader().read();
  leaving.abort();
  await closed;
});

test("several set-cookie fields stay apart, hop-by-hop fields stay behind", async () => {
  answer = (given) => {
    given.writeHead(201, {
      "set-cookie": ["a=1; Path=/", "b=2"],
      connection: "keep-alive, x-private",
      "x-private": "1",
      "x-own": "kept",
    });
    given.end("made");
  };
  const reply = await stack.fetchAs("alice", "/hello");
  expect(reply.status).toBe(201);
  expect(reply.headers.getSetCookie()).toEqual(["a=1; Path=/", "b=2"]);
  expect(reply.headers.get("x-private")).toBeNull();
  expect(reply.headers.get("x-own")).toBe("kept");
});

test("the function's own 403 passes; AWS's becomes upstream_refused with the cause in the log", async () => {
  answer = (given) => given.writeHead(403).end("no");
  const own = await stack.fetchAs("alice", "/hello");
  expect([own.status, await own.text()]).toEqual([403, "no"]);

  answer = (given) =>
    given.writeHead(403, { "x-amzn-errortype": "AccessDeniedException" }).end('{"Message":"Forbidden"}');
  const refused = await stack.fetchAs("alice", "/hello");
  expect(refused.status).toBe(502);
  expect(await refused.json()).toMatchObject({ type: "urn:grantway:problem:upstream_refused" });
  expect(stack.logLines().at(-1)).toMatchObject({
    reason: "upstream_refused",
    cause: expect.stringContaining("AccessDeniedException") as string,
  });
});
