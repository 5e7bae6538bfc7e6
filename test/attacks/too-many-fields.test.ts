// Thousands of short fields within the size of a head: Node drops those above a number, and with them could go a
// body's length or a second Authorization. None is dropped here.
import type { IncomingMessage } from "node:http";
import { rawRequest, requestText } from "../fixtures/raw-http.js";
import { startStack, type Stack } from "../fixtures/stack.js";
import { routedTo, startUpstreamServer, type UpstreamServer } from "../fixtures/upstream-server.js";

let stack: Stack;
let upstream: UpstreamServer;
let bearer: string;
let call: { request: IncomingMessage; body: string };

beforeAll(async () => {
  upstream = await startUpstreamServer((request, response) => {
    call = { request, body: "" };
    request.on("data", (chunk: Buffer) => (call.body += chunk.toString()));
    request.on("end", () => response.end());
  });
  upstream.server.maxHeadersCount = 0;
  stack = await startStack({ adjust: routedTo(upstream.origin) });
  bearer = `Authorization: Bearer ${await stack.issuer.mint("alice")}`;
});
afterAll(async () => {
  await stack.close();
  await upstream.close();
});

const many = Array.from({ length: 2500 }, (_, at) => `a${at}:`);
const post = (...lines: string[]): string =>
  `${requestText("POST /hello HTTP/1.1", "Host: a", bearer, ...many, ...lines, "Content-Length: 2", "Connection: close")}ok`;

test("the function gets every field and the whole body", async () => {
  expect((await rawRequest(stack.url, post())).status).toBe(200);
  expect(call.request.headers).toHaveProperty("a2499");
  expect(call.request.headers).toHaveProperty("x-amz-security-token");
  expect(call.body).toBe("ok");
});

test("a second Authorization behind them all is still seen", async () => {
  expect((await rawRequest(stack.url, post(bearer))).status).toBe(400);
});
