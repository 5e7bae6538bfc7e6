// Function URLs rename some fields of a function's answer; a route may have its own names back, and no answer breaks.
import { rawRequest, requestText } from "../fixtures/raw-http.js";
import { startStack, type Stack } from "../fixtures/stack.js";
import { routedTo, startUpstreamServer, type UpstreamServer } from "../fixtures/upstream-server.js";

let stack: Stack;
let upstream: UpstreamServer;
let bearer: string;
beforeAll(async () => {
  // As AWS sends a streaming function's 401 that named a length, wrongly.
  upstream = await startUpstreamServer((_request, response) => {
    response.writeHead(401, {
      "x-amzn-Remapped-WWW-Authenticate": 'Basic realm="files"',
      "x-amzn-remapped-content-length": "1",
      "x-amzn-remapped-connection": "close",
    });
    response.write("whole");
    response.end(" answer");
  });
  stack = await startStack({
    adjust: (settings) => {
      const routed = routedTo(upstream.origin)(settings);
      const restoring = (name: string) => ({ restoreRemappedHeaders: name === "hello" });
      return { ...routed, routes: routed.routes.map((route) => ({ ...route, ...restoring(route.name) })) };
    },
  });
  bearer = `Authorization: Bearer ${await stack.issuer.mint("alice")}`;
});
afterAll(async () => {
  await stack.close();
  await upstream.close();
});

const get = (path: string) =>
  rawRequest(stack.url, requestText(`GET ${path} HTTP/1.1`, "Host: a", bearer, "Connection: close"));

test("a route that asks for it has the function's own field back", async () => {
  const { status, head } = await get("/hello");
  expect(status).toBe(401);
  expect(head).toContain('\r\nWWW-Authenticate: Basic realm="files"\r\n');
});

test("but never a length or a connection of another transfer: the answer is whole", async () => {
  const { head, body } = await get("/hello");
  expect(head).toContain("\r\nx-amzn-remapped-content-length: 1\r\n");
  expect(head).not.toMatch(/\r\ncontent-length:/i);
  expect(body).toContain("whole");
  expect(body).toContain(" answer");
});

test("any other route passes the fields as AWS names them", async () => {
  const { head } = await get("/long");
  expect(head).toContain("\r\nx-amzn-Remapped-WWW-Authenticate: ");
  expect(head).not.toMatch(/\r\nwww-authenticate:/i);
});
