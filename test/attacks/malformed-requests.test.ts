// Requests no client library would send: each gets one clear answer, and the connection ends cleanly.
import { openSocket, rawRequest, readToEnd, readUntil, requestText } from "../fixtures/raw-http.js";
import { startStack, type Stack } from "../fixtures/stack.js";

let stack: Stack;
let bearer: string;
beforeAll(async () => {
  stack = await startStack();
  bearer = `Authorization: Bearer ${await stack.issuer.mint("alice")}`;
});
afterAll(() => stack.close());

const close = "Connection: close";

test.each([
  ["bad percent-encoding", "/echo/%zz"],
  ["bad UTF-8", "/echo/%E9"],
  ["a dot segment", "/echo/../hello"],
  ["an encoded dot segment", "/echo/%2e%2E/hello"],
  ["a dot segment behind an encoded slash", "/echo/..%2fhello"],
  ["an empty segment", "//echo/x"],
  ["a fragment", "/echo/x#y"],
  ["an absolute form", "http://other.example/echo/x"],
  ["a nameless query value", "/echo/x?=1"],
])("a target with %s is refused with 400", async (_what, target) => {
  const answer = await rawRequest(stack.url, requestText(`GET ${target} HTTP/1.1`, "Host: a", bearer, close));
  expect(answer.status).toBe(400);
  expect(answer.body).toContain("urn:grantway:problem:target_invalid");
});

test.each([
  ["two Host headers", ["Host: a", "Host: b"]],
  ["a malformed Host", ["Host: a/b"]],
])("a request with %s is refused with 400", async (_what, hosts) => {
  const answer = await rawRequest(stack.url, requestText("GET /hello HTTP/1.1", ...hosts, bearer, close));
  expect(answer.status).toBe(400);
  expect(answer.body).toContain("urn:grantway:problem:target_invalid");
});

test.each([
  ["two of them", ["Authorization: Bearer a.b.c", "Authorization: Bearer a.b.c"], 400, "request_malformed"],
  ["another scheme", ["Authorization: Basic YTpi"], 400, "request_malformed"],
  ["no token", ["Authorization: Bearer"], 400, "request_malformed"],
  ["a token that is none", ["Authorization: Bearer nonsense"], 401, "token_invalid"],
])("an Authorization header with %s answers %s", async (_what, lines, status, code) => {
  const answer = await rawRequest(stack.url, requestText("GET /hello HTTP/1.1", "Host: a", ...lines, close));
  expect(answer.status).toBe(status);
  expect(answer.body).toContain(`urn:grantway:problem:${code}`);
  expect(answer.head.toLowerCase()).toContain("www-authenticate: bearer realm=");
});

test("the scheme's case does not matter", async () => {
  const answer = await rawRequest(
    stack.url,
    requestText("GET /hello HTTP/1.1", "Host: a", bearer.replace("Bearer", "bEARER"), close),
  );
  expect(answer.status).toBe(200);
});

test("a head that is too large is refused with 431", async () => {
  const answer = await rawRequest(
    stack.url,
    requestText("GET /hello HTTP/1.1", "Host: a", `X-Large: ${"a".repeat(40_000)}`),
  );
  expect(answer.status).toBe(431);
  expect(answer.body).toContain("urn:grantway:problem:headers_too_large");
});

test.each([
  ["both lengths", ["Content-Length: 3", "Transfer-Encoding: chunked"]],
  ["two lengths", ["Content-Length: 3", "Content-Length: 4"]],
  ["a length that is no number", ["Content-Length: three"]],
])("a body with %s is refused with 400", async (_what, lines) => {
  const answer = await rawRequest(
    stack.url,
    requestText("POST /echo/x HTTP/1.1", "Host: a", bearer, ...lines),
  );
  expect(answer.status).toBe(400);
  expect(answer.body).toContain("urn:grantway:problem:request_malformed");
});

test("what is no HTTP at all is refused with 400", async () => {
  expect((await rawRequest(stack.url, "GARBAGE\r\n\r\n")).status).toBe(400);
});

test("a body announced as too large is refused before a byte of it is sent", async () => {
  const socket = await openSocket(stack.url);
  socket.write(requestText("POST /echo/x HTTP/1.1", "Host: a", bearer, "Content-Length: 6291457"));
  expect(await readUntil(socket, "body_too_large")).toContain("HTTP/1.1 413");
  socket.destroy();
});

test("a chunked body is refused when it passes the limit, while it is still being sent", async () => {
  const socket = await openSocket(stack.url);
  socket.write(requestText("POST /echo/x HTTP/1.1", "Host: a", bearer, "Transfer-Encoding: chunked"));
  const refused = readUntil(socket, "body_too_large");
  const chunk = Buffer.alloc(65_536, "a");
  // A hundred chunks pass the limit; the last chunk is never sent.
  for (let sent = 0; sent < 100; sent += 1) socket.write(`10000\r\n${chunk.toString("latin1")}\r\n`);
  expect(await refused).toContain("HTTP/1.1 413");
  socket.destroy();
});

test("a body that stops half way reaches no function", async () => {
  const socket = await openSocket(stack.url);
  socket.write(`${requestText("POST /echo/half HTTP/1.1", "Host: a", bearer, "Content-Length: 10")}12345`);
  socket.end();
  expect((await readToEnd(socket)).status).toBe(400);
  expect(stack.awsLines.join()).not.toContain("half");
});

test("a body is asked for only once the caller is authorised", async () => {
  const head = (authorization: string): string =>
    requestText(
      "POST /echo/x HTTP/1.1",
      "Host: a",
      authorization,
      "Content-Type: text/plain",
      "Content-Length: 2",
      "Expect: 100-continue",
    );
  const refused = await rawRequest(stack.url, head("X-None: 1"));
  expect(refused.status).toBe(401);

  const socket = await openSocket(stack.url);
  socket.write(head(bearer));
  expect(await readUntil(socket, "\r\n\r\n")).toContain("HTTP/1.1 100 Continue");
  socket.write("ok");
  expect(await readUntil(socket, '"body":"ok"')).toContain("HTTP/1.1 200");
  socket.destroy();
});

test("a Connection header cannot take our own headers away", async () => {
  const answer = await rawRequest(
    stack.url,
    requestText(
      "GET /echo/x HTTP/1.1",
      "Host: a",
      bearer,
      "Connection: close, x-caller-sub, x-amz-date, x-mine",
      "X-Mine: 1",
    ),
  );
  expect(answer.status).toBe(200);
  expect(answer.body).toContain('"x-caller-sub":"alice"');
  expect(answer.body).not.toContain("x-mine");
});
