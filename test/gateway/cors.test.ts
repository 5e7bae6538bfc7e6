// CORS that the gateway owns: a browser's preflight needs no token, and the function's own CORS fields never double it.
import { startStack, type Stack } from "../fixtures/stack.js";
import { routedTo, startUpstreamServer, type UpstreamServer } from "../fixtures/upstream-server.js";

const origin = "https://app.example.com";

let stack: Stack;
let upstream: UpstreamServer;
beforeAll(async () => {
  upstream = await startUpstreamServer((_request, response) => {
    response.writeHead(200, { "access-control-allow-origin": "*", "x-own": "1" }).end("{}");
  });
  stack = await startStack({
    adjust: (settings) => ({
      ...routedTo(upstream.origin)(settings),
      cors: { origins: [origin], credentials: true, maxAgeSeconds: 600 },
    }),
  });
});
afterAll(async () => {
  await stack.close();
  await upstream.close();
});

const preflight = (from: string): Promise<Response> =>
  fetch(`${stack.url}/hello`, {
    method: "OPTIONS",
    headers: {
      origin: from,
      "access-control-request-method": "POST",
      "access-control-request-headers": "authorization",
    },
  });

test("a preflight from a trusted origin is allowed without a token", async () => {
  const response = await preflight(origin);
  expect(response.status).toBe(204);
  expect(response.headers.get("access-control-allow-origin")).toBe(origin);
  expect(response.headers.get("access-control-allow-headers")).toBe("authorization");
  expect(response.headers.get("access-control-max-age")).toBe("600");
});

test("a preflight from another origin is allowed nothing", async () => {
  expect((await preflight("https://evil.example")).headers.has("access-control-allow-origin")).toBe(false);
});

test("an answer names the trusted origin once, whatever the function says", async () => {
  const response = await stack.fetchAs("alice", "/hello", { headers: { origin } });
  expect(response.headers.get("access-control-allow-origin")).toBe(origin);
  expect(response.headers.get("access-control-expose-headers")).toContain("x-own");
  expect(response.headers.get("vary")).toContain("Origin");
});

test("a refusal can be read by the page, too", async () => {
  const response = await fetch(`${stack.url}/hello`, { headers: { origin } });
  expect(response.status).toBe(401);
  expect(response.headers.get("access-control-allow-origin")).toBe(origin);
  expect(response.headers.get("access-control-expose-headers")).toContain("www-authenticate");
});
