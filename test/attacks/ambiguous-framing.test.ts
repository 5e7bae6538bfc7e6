// Heads that two HTTP readers may take apart in different places (RFC 9112 2.2, 5.1, 5.2, 6.1, 6.3, 7.1): request
// smuggling begins there, so none of them is repaired, and nothing behind one is read as a second request.
import { rawRequest, requestText } from "../fixtures/raw-http.js";
import { startStack, type Stack } from "../fixtures/stack.js";

let stack: Stack;
let bearer: string;
beforeAll(async () => {
  stack = await startStack();
  bearer = `Authorization: Bearer ${await stack.issuer.mint("alice")}`;
});
afterAll(() => stack.close());

const smuggled = "GET /echo/smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
const post = (...lines: readonly string[]): string =>
  requestText("POST /echo/outer HTTP/1.1", "Host: a", bearer, ...lines);

test.each([
  ["a space before a header's colon", "Content-Length : 0"],
  ["a header folded over two lines", "X-A: 1\r\n Content-Length: 0"],
  ["a line that ends without CR", "X-A: 1\nContent-Length: 0"],
  ["a CR alone within a value", "X-A: 1\rContent-Length: 0"],
  ["a NUL within a value", "X-A: 1\0"],
  ["a length with a sign", "Content-Length: +0"],
  ["a length as a list", "Content-Length: 0, 0"],
  ["the same length twice", "Content-Length: 0\r\nContent-Length: 0"],
  ["a coding that only ends like chunked", "Transfer-Encoding: xchunked"],
  ["chunked before another coding", "Transfer-Encoding: chunked, identity"],
  ["a chunk size in C's spelling", "Transfer-Encoding: chunked", "0x0\r\n\r\n"],
  ["a chunk longer than its size", "Transfer-Encoding: chunked", "1\r\nab\r\n0\r\n\r\n"],
])("a request with %s is refused, and what follows it is no request", async (_what, lines, body = "") => {
  // Alone first: behind a head that was taken, the 400 could be the second one's.
  const alone = await rawRequest(stack.url, post(lines, "Connection: close") + body);
  expect(alone.status).toBe(400);
  expect(alone.body).toContain("urn:grantway:problem:request_malformed");
  const followed = await rawRequest(stack.url, post(lines) + body + smuggled);
  expect(followed.status).toBe(400);
  expect(followed.body).not.toContain("HTTP/1.1");
});

test("a request that is framed well leaves the next one its own", async () => {
  const both = post("Content-Length: 0") + requestText("GET /hello HTTP/1.1", "Host: a", "Connection: close");
  const answer = await rawRequest(stack.url, both);
  expect(answer.status).toBe(200);
  expect(answer.body).toContain("HTTP/1.1 401");
});
