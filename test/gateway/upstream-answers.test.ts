// What may stand where a function's answer should: the bytes of a real one pass as they are, anything else is a 502.
import type { Socket } from "node:net";
import { nothingInFlight } from "../fixtures/calls-in-flight.js";
import { openSocket, rawRequest, readToEnd, requestText } from "../fixtures/raw-http.js";
import { startStack, type Stack } from "../fixtures/stack.js";
import { startTcpServer, type TcpServer } from "../fixtures/tcp-server.js";
import { routedTo } from "../fixtures/upstream-server.js";

let stack: Stack;
let upstream: TcpServer;
let bearer: string;
let answer: (socket: Socket) => void;

beforeAll(async () => {
  upstream = await startTcpServer((socket) => answer(socket));
  stack = await startStack({ adjust: routedTo(upstream.origin) });
  bearer = `Authorization: Bearer ${await stack.issuer.mint("alice")}`;
});
afterAll(async () => {
  await stack.close();
  await upstream.close();
});
afterEach(() => nothingInFlight(stack));

/** Calls a function that answers in these bytes (latin1) and hangs up. */
async function call(bytes: string, method = "GET") {
  answer = (socket) => socket.end(Buffer.from(bytes, "latin1"));
  const socket = await openSocket(stack.url);
  socket.write(requestText(`${method} /hello HTTP/1.1`, "Host: a", bearer, "Connection: close"));
  return readToEnd(socket);
}

const ok = "HTTP/1.1 200 OK\r\n";
const one = "content-length: 1\r\n\r\na";

test.each([
  ["no HTTP", "<html>\r\n\r\n"],
  ["nothing", ""],
  ["half a head", `${ok}content-length: 1\r\n`],
  ["a status that is none", `HTTP/1.1 000 x\r\n${one}`],
  ["an upgrade nobody asked for", "HTTP/1.1 101 S\r\nconnection: upgrade\r\nupgrade: x\r\n\r\nxx"],
  ["a control character in a field", `${ok}x-a: a\u0001b\r\n${one}`],
  ["a line feed of its own in a field", `${ok}x-a: a\nset-cookie: b\r\n${one}`],
  ["a field without a name", `${ok}: a\r\n${one}`],
  ["two lengths", `${ok}content-length: 2\r\n${one}`],
  ["both lengths", `${ok}content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n`],
  ["a head without end", ok + `x-a: ${"a".repeat(100)}\r\n`.repeat(1000)],
])("%s is a 502", async (_what, bytes) => {
  const { status, body } = await call(bytes);
  expect(status).toBe(502);
  expect(body).toContain("urn:grantway:problem:upstream_unreachable");
});

test("field values keep their bytes", async () => {
  const { head } = await call(`${ok}x-name: gr\u00fc\u00df\r\n${one}`);
  expect(head).toContain("x-name: gr\u00fc\u00df\r\n");
});

test("a compressed body stays as it is", async () => {
  const { head, body } = await call(
    `${ok}content-encoding: gzip\r\ncontent-length: 4\r\n\r\n\u001f\u008b\u0008\u0000`,
  );
  expect(head).toContain("content-encoding: gzip");
  expect(body).toBe("\u001f\u008b\u0008\u0000");
});

test("trailer fields follow the body, less those that have no place there", async () => {
  const lines = ["X-Checksum: gr\u00fc\u00df", "set-cookie: a=b", "content-type: a", "x-checksum: 2"];
  const { head, body } = await call(
    `${ok}transfer-encoding: chunked\r\ntrailer: x-checksum\r\n\r\n1\r\na\r\n0\r\n${lines.join("\r\n")}\r\n\r\n`,
  );
  expect(head).toContain("trailer: x-checksum");
  expect(body).toBe("1\r\na\r\n0\r\nX-Checksum: gr\u00fc\u00df\r\nx-checksum: 2\r\n\r\n");
});

test.each([
  ["HEAD", `${ok}trailer: x-a\r\ncontent-length: 1\r\n\r\n`, 200, ""],
  ["GET", `HTTP/1.1 304 Not Modified\r\ntrailer: x-a\r\n\r\n`, 304, ""],
  ["GET", `${ok}trailer: x-a\r\n${one}`, 200, "a"],
])("an announcement that no trailers can follow is dropped (%s, %j)", async (method, bytes, status, body) => {
  const answered = await call(bytes, method);
  expect([answered.status, answered.body]).toEqual([status, body]);
  expect(answered.head).not.toContain("trailer");
});

test("an interim answer is not the answer", async () => {
  expect((await call(`HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n${ok}${one}`)).body).toBe("a");
});

test("bytes behind the answer are nobody's answer", async () => {
  expect((await call(`${ok}${one}${ok}content-length: 6\r\n\r\nsecret`)).body).toBe("a");
  expect((await call(`${ok}content-length: 1\r\n\r\nb`)).body).toBe("b");
});

test.each([
  ["HEAD", `${ok}content-length: 5\r\n\r\n`, 200],
  ["GET", "HTTP/1.1 204 No Content\r\n\r\n", 204],
  ["GET", "HTTP/1.1 304 Not Modified\r\ncontent-length: 5\r\netag: x\r\n\r\n", 304],
])("an answer that has no body ends at its head (%s, %j)", async (method, bytes, status) => {
  const answered = await call(bytes, method);
  expect([answered.status, answered.body]).toEqual([status, ""]);
  expect(stack.logLines().at(-1)).toMatchObject({ status, verdict: "complete" });
});

test("an answer that is quicker than the body it answers is handed on", async () => {
  answer = (socket) => socket.end("HTTP/1.1 409 Conflict\r\nconnection: close\r\ncontent-length: 1\r\n\r\na");
  const head = ["Host: a", bearer, "Content-Length: 5000000", "Connection: close"];
  const { status, body } = await rawRequest(
    stack.url,
    requestText("POST /hello HTTP/1.1", ...head) + "a".repeat(5_000_000),
  );
  expect([status, body]).toEqual([409, "a"]);
});
