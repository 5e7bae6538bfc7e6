// A reader who stands still holds a bounded amount, be the answer 64 MB: the rest stays with the function.
import type { ServerResponse } from "node:http";
import { openSocket, readUntil, requestText } from "../fixtures/raw-http.js";
import { startStack, type Stack } from "../fixtures/stack.js";
import { routedTo, startUpstreamServer, type UpstreamServer } from "../fixtures/upstream-server.js";

let stack: Stack;
let upstream: UpstreamServer;
let answer: (response: ServerResponse) => void;

beforeAll(async () => {
  upstream = await startUpstreamServer((_request, response) => answer(response));
  stack = await startStack({
    adjust: routedTo(upstream.origin),
  });
});
afterAll(async () => {
  await stack.close();
  await upstream.close();
});

const chunk = Buffer.alloc(65_536, "x");
const total = 64 * 1024 * 1024;

/** Writes as fast as it may, and says how much the other side has taken. */
function pour(response: ServerResponse): { readonly taken: () => number } {
  let written = 0;
  const next = (): void => {
    while (written < total) {
      written += chunk.length;
      if (!response.write(chunk)) return void response.once("drain", next);
    }
    response.end();
  };
  next();
  return { taken: () => written - response.writableLength };
}

test.each([
  ["with a length", { "content-length": total }],
  ["in chunks", {}],
])("64 MB %s for a reader who stops and goes on", async (_form, headers) => {
  const called = new Promise<ServerResponse>((resolve) => (answer = resolve));
  const socket = await openSocket(stack.url);
  const bearer = `Authorization: Bearer ${await stack.issuer.mint("alice")}`;
  socket.write(requestText("GET /hello HTTP/1.1", "Host: a", bearer, "Connection: close"));
  const response = await called;
  response.writeHead(200, headers).flushHeaders();
  const head = await readUntil(socket, "\r\n\r\n");
  socket.pause();
  const { taken } = pour(response);

  // Until nothing moves any more, for as long as a hundred other requests take.
  for (let [before, still] = [-1, 0]; still < 100; before = taken()) {
    await (await fetch(`${stack.adminUrl}/livez`)).text();
    still = taken() === before ? still + 1 : 0;
  }
  // What the kernel buffers of two connections hold, and ours.
  expect(taken()).toBeLessThan(total / 3);

  let bytes = head.length;
  for await (const piece of socket) bytes += (piece as Buffer).length;
  expect(stack.logLines().at(-1)).toMatchObject({ verdict: "complete", bytes: total });
  expect(bytes).toBeGreaterThan(total);
  expect(taken()).toBe(total);
});
