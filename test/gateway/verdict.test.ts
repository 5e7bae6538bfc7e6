// Every call that was sent to its function ends in exactly one verdict: in the log line, in the metrics with what it
// cost, and for the caller as a broken transfer where it was not complete.
import type { Socket } from "node:net";
import { nothingInFlight } from "../fixtures/calls-in-flight.js";
import { openSocket, parseAnswer, readUntil, requestText } from "../fixtures/raw-http.js";
import { startStack, type Stack } from "../fixtures/stack.js";
import { startTcpServer, type TcpServer } from "../fixtures/tcp-server.js";
import { routedTo } from "../fixtures/upstream-server.js";

let stack: Stack;
let upstream: TcpServer;
let bearer: string;
let answer: (socket: Socket) => void;

beforeAll(async () => {
  upstream = await startTcpServer((socket) => answer(socket));
  stack = await startStack({
    adjust: (settings) => {
      const routed = routedTo(upstream.origin, 3_000)(settings);
      return { ...routed, routes: routed.routes.map((route) => ({ ...route, idleTimeoutMs: 2_000 })) };
    },
  });
  bearer = `Authorization: Bearer ${await stack.issuer.mint("alice")}`;
});
afterAll(async () => {
  await stack.close();
  await upstream.close();
});

/** Everything up to the end of the connection, however it ends. */
async function callOnce(method = "GET") {
  const before = stack.logLines().length;
  const socket = await openSocket(stack.url);
  let text = "";
  socket.on("data", (bytes) => (text += bytes.toString("latin1")));
  const closed = new Promise((resolve) => socket.on("error", () => undefined).once("close", resolve));
  socket.write(requestText(`${method} /hello HTTP/1.1`, "Host: a", bearer, "Connection: close"));
  await closed;
  await nothingInFlight(stack);
  const lines = stack.logLines().slice(before);
  expect(lines).toHaveLength(1);
  return { ...parseAnswer(text), line: lines[0] ?? {} };
}

const metric = async (name: string, labels: string): Promise<number> => {
  const text = await (await fetch(`${stack.adminUrl}/metrics`)).text();
  const value = text.split(`\n${name}{${labels}} `)[1]?.split("\n", 1)[0];
  return Number(value ?? 0);
};

const chunkedHead = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";

test.each<[string, string, (socket: Socket) => void, number, number]>([
  [
    "complete",
    "an answer to its end",
    (socket) => socket.write(`${chunkedHead}4\r\nhalf\r\n0\r\n\r\n`),
    200,
    4,
  ],
  ["truncated", "half an answer", (socket) => socket.end(`${chunkedHead}4\r\nhalf\r\n`), 200, 4],
  [
    "truncated",
    "less than its length",
    (socket) => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf"),
    200,
    4,
  ],
  ["truncated", "no head", (socket) => socket.end(), 502, 0],
  [
    "function_error",
    "the error's type after the body",
    (socket) =>
      socket.write(`${chunkedHead}4\r\nhalf\r\n0\r\nlambda-runtime-function-error-type: Unhandled\r\n\r\n`),
    200,
    4,
  ],
  [
    "function_error",
    "the error in its head",
    (socket) =>
      socket.write("HTTP/1.1 200 OK\r\nx-amz-function-error: Unhandled\r\ncontent-length: 4\r\n\r\nhalf"),
    200,
    4,
  ],
  ["timed_out", "nothing", () => undefined, 504, 0],
  ["timed_out", "silence after the head", (socket) => socket.write(`${chunkedHead}4\r\nhalf\r\n`), 200, 4],
  [
    "complete",
    "a refusal of AWS's",
    (socket) =>
      socket.write(
        "HTTP/1.1 403 No\r\nx-amzn-errortype: AccessDeniedException\r\ncontent-length: 2\r\n\r\nno",
      ),
    502,
    0,
  ],
])("%s: %s", async (verdict, _what, behaviour, status, bytes) => {
  const labels = `route="hello",verdict="${verdict}"`;
  const before = await metric("grantway_upstream_bytes_total", labels);
  const secondsBefore = await metric("grantway_upstream_seconds_total", labels);
  answer = behaviour;
  const { line, ...answered } = await callOnce();
  expect(answered.status).toBe(status);
  expect(line).toMatchObject({ status, verdict, bytes });
  expect(line.upstreamMs).toBeLessThanOrEqual(Number(line.durationMs));
  expect(await metric("grantway_upstream_bytes_total", labels)).toBe(before + bytes);
  const seconds = (await metric("grantway_upstream_seconds_total", labels)) - secondsBefore;
  expect(seconds).toBeCloseTo(Number(line.upstreamMs) / 1000);
  // Where bytes went out, only a whole answer ends as one.
  if (status === 200) expect(answered.body.endsWith("0\r\n\r\n")).toBe(verdict === "complete");
});

test("client_gone: the seconds that the function had worked are counted as for nobody", async () => {
  const called = new Promise<Socket>((resolve) => (answer = resolve));
  const socket = await openSocket(stack.url);
  socket.write(requestText("GET /hello HTTP/1.1", "Host: a", bearer));
  const far = await called;
  far.write(`${chunkedHead}4\r\nhalf\r\n`);
  await readUntil(socket, "half");
  socket.destroy();
  await nothingInFlight(stack);
  const line = stack.logLines().at(-1) ?? {};
  expect(line).toMatchObject({ status: 200, verdict: "client_gone", bytes: 4 });
  const abandoned = await metric("grantway_abandoned_seconds_total", 'route="hello"');
  expect(abandoned).toBeCloseTo(Number(line.upstreamMs) / 1000);
});

test("a call that was not sent to a function has a verdict, and no cost there", async () => {
  const before = stack.logLines().length;
  expect((await fetch(`${stack.url}/hello`)).status).toBe(401);
  await nothingInFlight(stack);
  const [line = {}] = stack.logLines().slice(before);
  expect(line).toMatchObject({ status: 401, verdict: "complete" });
  expect(line).not.toHaveProperty("upstreamMs");
  expect(line).not.toHaveProperty("bytes");
});
