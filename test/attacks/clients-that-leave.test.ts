// A caller who goes away, at every stage: the call is given up, its function's connection with it, and nothing it
// held stays held.
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { nothingInFlight } from "../fixtures/calls-in-flight.js";
import { openSocket, rawRequest, readUntil, requestText } from "../fixtures/raw-http.js";
import { startStack, type Stack } from "../fixtures/stack.js";
import { routedTo, startUpstreamServer, type UpstreamServer } from "../fixtures/upstream-server.js";

let stack: Stack;
let upstream: UpstreamServer;
let bearer: string;
let onCall: (request: IncomingMessage, response: ServerResponse) => void;

beforeAll(async () => {
  upstream = await startUpstreamServer((request, response) => onCall(request, response));
  stack = await startStack({
    adjust: (settings) => ({
      ...routedTo(upstream.origin)(settings),
      // Room for one body of this size: whoever keeps a share shuts the next one out.
      limits: { ...settings.limits, bufferedBytes: 1000 },
    }),
  });
  bearer = `Authorization: Bearer ${await stack.issuer.mint("alice")}`;
  onCall = (_request, response) => response.end("ok");
  await (await stack.fetchAs("alice", "/hello")).text();
});
afterAll(async () => {
  await stack.close();
  await upstream.close();
});

afterEach(async () => {
  await nothingInFlight(stack);
  onCall = (_request, response) => response.end("ok");
  const fields = ["Host: a", bearer, "Content-Length: 1000", "Connection: close"];
  const next = await rawRequest(stack.url, requestText("POST /hello HTTP/1.1", ...fields) + "a".repeat(1000));
  expect(next.status).toBe(200);
});

const post = (length: number, ...lines: string[]): string =>
  requestText("POST /hello HTTP/1.1", "Host: a", bearer, `Content-Length: ${length}`, ...lines);
const nextCall = (): Promise<ServerResponse> =>
  new Promise((resolve) => (onCall = (_request, response) => resolve(response)));

const leaves: [string, (socket: Socket) => void][] = [
  ["with an end", (socket) => socket.end()],
  ["with a reset", (socket) => socket.resetAndDestroy()],
];

describe.each(leaves)("a caller who leaves %s", (_how, leave) => {
  test("within the head", async () => {
    const socket = await openSocket(stack.url);
    socket.on("error", () => undefined).write("POST /hello HTTP/1.1\r\nHost: a\r\n", () => leave(socket));
    await once(socket.resume(), "close");
  });

  test("within the body", async () => {
    const socket = await openSocket(stack.url);
    socket.on("error", () => undefined);
    // The answer to `Expect` shows that the body is being read, and its share taken.
    socket.write(post(1000, "Expect: 100-continue"));
    await readUntil(socket, "100 Continue");
    socket.write("half", () => leave(socket));
    await once(socket.resume(), "close");
  });

  test("before the head of the answer", async () => {
    const called = nextCall();
    const socket = await openSocket(stack.url);
    socket.on("error", () => undefined).write(post(1000) + "a".repeat(1000));
    const response = await called;
    leave(socket.resume());
    await once(response, "close");
  });

  test("in the middle of the answer", async () => {
    const called = nextCall();
    const socket = await openSocket(stack.url);
    socket.on("error", () => undefined).write(post(1000) + "a".repeat(1000));
    const response = await called;
    response.write("begun");
    await readUntil(socket, "begun");
    leave(socket.resume());
    await once(response, "close");
  });

  test("in the middle of an answer that he did not read", async () => {
    const called = nextCall();
    const socket = await openSocket(stack.url);
    socket.on("error", () => undefined).pause();
    socket.write(post(1000) + "a".repeat(1000));
    const response = await called;
    const chunk = Buffer.alloc(65_536);
    while (response.write(chunk)) continue;
    leave(socket);
    socket.resume();
    await once(response, "close");
  });

  test("while his refused body is still read past", async () => {
    const socket = await openSocket(stack.url);
    socket.on("error", () => undefined).write(post(7_000_000) + "a".repeat(1000));
    await readUntil(socket, "body_too_large");
    leave(socket.resume());
  });
});

test("a call given up has one line that says so", async () => {
  const called = nextCall();
  const socket = await openSocket(stack.url);
  socket.write(requestText("GET /hello?left HTTP/1.1", "Host: a", bearer));
  const response = await called;
  const before = stack.logLines().length;
  socket.destroy();
  await once(response, "close");
  await nothingInFlight(stack);
  expect(stack.logLines().slice(before)).toEqual([
    expect.objectContaining({
      message: "request",
      reason: "client_gone",
      status: 499,
      verdict: "client_gone",
    }),
  ]);
});
