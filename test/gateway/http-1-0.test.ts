// HTTP/1.0 clients (load balancers' health checks, old libraries): no chunks, and a broken answer is no whole one.
import type { ServerResponse } from "node:http";
import { openSocket, rawRequest, readToEnd, requestText } from "../fixtures/raw-http.js";
import { startStack, type Stack } from "../fixtures/stack.js";
import { routedTo, startUpstreamServer, type UpstreamServer } from "../fixtures/upstream-server.js";

let stack: Stack;
let upstream: UpstreamServer;
let request: string;
let answer: (response: ServerResponse) => void;

beforeAll(async () => {
  upstream = await startUpstreamServer((_request, response) => answer(response));
  stack = await startStack({ adjust: routedTo(upstream.origin) });
  request = requestText("GET /hello HTTP/1.0", `Authorization: Bearer ${await stack.issuer.mint("alice")}`);
});
afterAll(async () => {
  await stack.close();
  await upstream.close();
});

test("a streamed answer comes without chunks and ends with the connection", async () => {
  answer = (response) => {
    response.write("one,");
    response.end("two");
  };
  const { head, body } = await rawRequest(stack.url, request);
  expect(body).toBe("one,two");
  expect(head.toLowerCase()).toContain("connection: close");
  expect(head.toLowerCase()).not.toContain("transfer-encoding");
});

test("an answer that breaks off resets the connection, so that its end is not taken for the answer's", async () => {
  answer = (response) => response.write("half", () => response.destroy());
  const socket = await openSocket(stack.url);
  socket.write(request);
  await expect(readToEnd(socket)).rejects.toThrow("ECONNRESET");
});
