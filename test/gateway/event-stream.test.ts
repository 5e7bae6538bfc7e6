// Relayed text/event-stream: kept alive while it is silent, and told why where it breaks.
import type { Socket } from "node:net";
import { nothingInFlight } from "../fixtures/calls-in-flight.js";
import { openSocket, readUntil, requestText } from "../fixtures/raw-http.js";
import { startStack, type Stack } from "../fixtures/stack.js";
import { startTcpServer, type TcpServer } from "../fixtures/tcp-server.js";
import { routedTo } from "../fixtures/upstream-server.js";

let stack: Stack;
let upstream: TcpServer;
let bearer: string;
let called: Promise<Socket>;
let onCall: (socket: Socket) => void;

beforeAll(async () => {
  upstream = await startTcpServer((socket) => onCall(socket));
  stack = await startStack({
    adjust: (settings) => {
      const routed = routedTo(upstream.origin)(settings);
      const clocks = [{ heartbeatMs: 20 }, { idleTimeoutMs: 50 }, {}];
      return { ...routed, routes: routed.routes.map((route, at) => ({ ...route, ...clocks[at] })) };
    },
  });
  bearer = `Authorization: Bearer ${await stack.issuer.mint("alice")}`;
});
afterAll(async () => {
  await stack.close();
  await upstream.close();
});
beforeEach(() => {
  called = new Promise((resolve) => (onCall = resolve));
});
afterEach(() => nothingInFlight(stack));

const [withHeartbeat, withIdleTimeout] = ["/hello", "/long"];
const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;
const head = (type: string): string =>
  `HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\ntransfer-encoding: chunked\r\n\r\n`;

/** A call that the function has answered with a head and these chunks. */
async function open(path: string, ...chunks: string[]) {
  const socket = await openSocket(stack.url);
  socket.on("error", () => undefined);
  let received = "";
  socket.on("data", (bytes) => (received += bytes.toString("latin1")));
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.write(requestText(`GET ${path} HTTP/1.1`, "Host: a", bearer));
  const far = await called;
  far.write(head("text/event-stream") + chunks.map(chunk).join(""));
  const all = async () => {
    await closed;
    return received;
  };
  return { socket, far, all };
}

test("a silent stream gets comments between its events, and ends as the function ends it", async () => {
  const { socket, far, all } = await open(withHeartbeat, "data: 1\n\n");
  await readUntil(socket, chunk(":\n\n").repeat(2));
  far.end(`${chunk("data: 2\n\n")}0\r\n\r\n`);
  socket.end();
  const text = await all();
  expect(text).toMatch(/data: 1\n\n\r\n(?:3\r\n:\n\n\r\n)+9\r\ndata: 2\n\n\r\n(?:3\r\n:\n\n\r\n)*0\r\n\r\n$/);
  expect(stack.logLines().at(-1)).toMatchObject({ verdict: "complete", bytes: 18 });
});

test.each([
  ["truncated", withHeartbeat, (far: Socket) => far.destroy()],
  [
    "function_error",
    withHeartbeat,
    (far: Socket) => far.write("0\r\nLambda-Runtime-Function-Error-Type: Unhandled\r\n\r\n"),
  ],
  ["timed_out", withIdleTimeout, () => undefined],
])("a stream that breaks between events (%s, %s) says so, and breaks", async (verdict, path, end) => {
  const { socket, far, all } = await open(path, "data: 1\n\n");
  await readUntil(socket, "data: 1");
  end(far);
  const text = await all();
  const { requestId } = stack.logLines().at(-1) ?? {};
  expect(stack.logLines().at(-1)).toMatchObject({ verdict });
  const [, data = ""] = /event: error\ndata: (.*)\n\n\r\n$/.exec(text) ?? [];
  expect(JSON.parse(data)).toMatchObject({
    type: `urn:grantway:problem:stream_${verdict}`,
    instance: `urn:uuid:${String(requestId)}`,
  });
});

test("a stream that breaks inside an event breaks there", async () => {
  const { socket, far, all } = await open(withHeartbeat, "id: 41\n\ndata: 1\n\nid: 4");
  await readUntil(socket, "id: 4\r\n");
  far.destroy();
  expect((await all()).endsWith("id: 4\r\n")).toBe(true);
});

test("what is no event stream gets nothing of ours", async () => {
  const socket = await openSocket(stack.url);
  let received = "";
  socket.on("error", () => undefined).on("data", (bytes) => (received += bytes.toString("latin1")));
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.write(requestText(`GET ${withHeartbeat} HTTP/1.1`, "Host: a", bearer));
  const far = await called;
  far.write(head("text/plain") + chunk("a\n\n"));
  await readUntil(socket, "a\n\n");
  // Longer than a heartbeat's wait: a stream beside it has had two.
  called = new Promise((resolve) => (onCall = resolve));
  const beside = await open(withHeartbeat);
  await readUntil(beside.socket, chunk(":\n\n").repeat(2));
  beside.socket.destroy();
  far.destroy();
  await closed;
  expect(received.endsWith(chunk("a\n\n"))).toBe(true);
});
