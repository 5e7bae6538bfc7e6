// Several requests in one packet: each call begins when the answers before it are out, none begins in vain, and
// nothing gets into another's answer.
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { nothingInFlight } from "../fixtures/calls-in-flight.js";
import { openSocket, readToEnd, readUntil, requestText } from "../fixtures/raw-http.js";
import { startStack, type Stack } from "../fixtures/stack.js";
import { routedTo, startUpstreamServer, type UpstreamServer } from "../fixtures/upstream-server.js";

let stack: Stack;
let upstream: UpstreamServer;
let bearer: string;
/** Paths of the calls the upstream has seen, and what it answers them with. */
let seen: string[];
let onCall: (request: IncomingMessage, response: ServerResponse) => void;

beforeAll(async () => {
  upstream = await startUpstreamServer((request, response) => {
    seen.push(request.url ?? "");
    onCall(request, response);
  });
  stack = await startStack({ adjust: routedTo(upstream.origin) });
  bearer = `Authorization: Bearer ${await stack.issuer.mint("alice")}`;
});
beforeEach(() => {
  seen = [];
});
afterAll(async () => {
  await stack.close();
  await upstream.close();
});

const get = (path: string, ...lines: string[]): string =>
  requestText(`GET ${path} HTTP/1.1`, "Host: a", bearer, ...lines);
const nextCall = (): Promise<ServerResponse> =>
  new Promise((resolve) => (onCall = (_request, response) => resolve(response)));

test("a pipelined call begins when the answer before it is out, and both answers come in order", async () => {
  const first = nextCall();
  const socket = await openSocket(stack.url);
  socket.write(get("/echo/1") + get("/echo/2", "Connection: close"));
  const response = await first;
  const second = nextCall();
  // Whatever else arrives meanwhile is answered; the second call still waits.
  expect((await fetch(`${stack.url}/nothing`)).status).toBe(404);
  expect(seen).toEqual(["/echo/1"]);
  response.end("one");
  (await second).end("two");
  const { body } = await readToEnd(socket);
  expect(body.indexOf("one")).toBeGreaterThanOrEqual(0);
  expect(body.indexOf("two")).toBeGreaterThan(body.indexOf("one"));
});

test("calls that wait when their connection ends are never begun, and none stays in flight", async () => {
  const first = nextCall();
  const socket = await openSocket(stack.url);
  socket.write(get("/echo/1") + get("/echo/2").repeat(20) + requestText("GET /x HTTP/1.1", "Host: a"));
  const response = await first;
  socket.destroy();
  await once(response, "close");
  await nothingInFlight(stack);
  expect(seen).toEqual(["/echo/1"]);
});

test("a call behind an answer that ends the connection is never begun", async () => {
  onCall = (_request, response) => response.end("x");
  const socket = await openSocket(stack.url);
  socket.write(get("/echo/last", "Connection: close") + get("/echo/never"));
  expect((await readToEnd(socket)).status).toBe(200);
  expect(seen).toEqual(["/echo/last"]);
});

test("what is no HTTP, behind a waiting request, breaks the answer that is out and never gets into it", async () => {
  const first = nextCall();
  const socket = await openSocket(stack.url);
  socket.write(get("/echo/1"));
  (await first).writeHead(200, { "content-length": 1000 }).write("begun");
  await readUntil(socket, "begun");
  const rest = readToEnd(socket);
  socket.write(`${get("/echo/2")}\u0001 garbage\r\n\r\n`);
  expect((await rest).body).not.toContain("problem");
  await nothingInFlight(stack);
  expect(seen).toEqual(["/echo/1"]);
});

test("who sends request after request without an answer is cut off", async () => {
  const first = nextCall();
  const socket = await openSocket(stack.url);
  const ended = new Promise((resolve) => socket.resume().on("error", resolve).on("close", resolve));
  socket.write(get("/echo/1"));
  await first;
  socket.write(requestText("GET /x HTTP/1.1", "Host: a").repeat(101));
  await ended;
  await nothingInFlight(stack);
});

test("a hundred waiting requests are all answered", async () => {
  const first = nextCall();
  const socket = await openSocket(stack.url);
  socket.write(get("/echo/1"));
  const response = await first;
  const more = requestText("GET /x HTTP/1.1", "Host: a");
  socket.write(more.repeat(99) + requestText("GET /x HTTP/1.1", "Host: a", "Connection: close"));
  response.end("one");
  const { body } = await readToEnd(socket);
  expect(body.split("HTTP/1.1 404")).toHaveLength(101);
});

test("a refused body behind which a good request stands: the first is refused, the second answered", async () => {
  onCall = (_request, response) => response.end("good");
  const socket = await openSocket(stack.url);
  const refused = requestText("POST /echo/x HTTP/1.1", "Host: a", "Content-Length: 5");
  socket.write(`${refused}GET /${get("/echo/2", "Connection: close")}`);
  const { status, body } = await readToEnd(socket);
  expect(status).toBe(401);
  expect(body).toContain("good");
  expect(seen).toEqual(["/echo/2"]);
});
