// CORS that the gateway owns, route by route: a browser's preflight needs no token, the function's own CORS fields never
// double the gateway's, and where the function answers for CORS itself the gateway says nothing.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Cors } from "../../server/core/cors.js";
import type { Route } from "../../server/core/model.js";
import { rawRequest, requestText } from "../fixtures/raw-http.js";
import { startStack, type Stack } from "../fixtures/stack.js";
import { routedTo, startUpstreamServer, type UpstreamServer } from "../fixtures/upstream-server.js";

const origin = "https://app.example.com";
const cors: Cors = { origins: [origin], credentials: true, maxAgeSeconds: 600 };
const anyOrigin: Cors = { origins: ["*"], credentials: false, maxAgeSeconds: 0 };

/** hello: the one most routes have. echo: one of its own. long: the function's. */
function withCors(route: Route): Route {
  if (route.name === "long") return withoutCors(route);
  return { ...route, cors: route.name === "echo" ? anyOrigin : cors };
}

/** As `cors: null` in the configuration. */
const withoutCors = ({ cors: _ofAll, ...own }: Route): Route => own;

let stack: Stack;
let upstream: UpstreamServer;
let calls: IncomingMessage[];
let answer: (request: IncomingMessage, response: ServerResponse) => void;

beforeAll(async () => {
  upstream = await startUpstreamServer((request, response) => {
    calls.push(request);
    answer(request, response);
  });
  stack = await startStack({
    adjust: (settings) => {
      const routed = routedTo(upstream.origin)(settings);
      return { ...routed, cors, routes: routed.routes.map(withCors) };
    },
  });
});
beforeEach(() => {
  calls = [];
  answer = (_request, response) => {
    response.writeHead(200, { "access-control-allow-origin": "https://own.example", "x-own": "1" }).end("{}");
  };
});
afterAll(async () => {
  await stack.close();
  await upstream.close();
});

const preflight = (from: string, path = "/hello", method = "POST"): Promise<Response> =>
  fetch(`${stack.url}${path}`, {
    method: "OPTIONS",
    headers: {
      origin: from,
      "access-control-request-method": method,
      "access-control-request-headers": "authorization",
    },
  });

/** What an answer says about CORS, and what a cache may take it for. */
const corsFields = ({ headers }: Response) =>
  Object.fromEntries([...headers].filter(([name]) => name.startsWith("access-control-") || name === "vary"));

test("a preflight from a trusted origin is allowed without a token, and costs no call", async () => {
  const response = await preflight(origin);
  expect(response.status).toBe(204);
  expect(corsFields(response)).toEqual({
    "access-control-allow-origin": origin,
    "access-control-allow-credentials": "true",
    "access-control-allow-methods": "POST",
    "access-control-allow-headers": "authorization",
    "access-control-max-age": "600",
    vary: "Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
  });
  expect(calls).toEqual([]);
});

test("a preflight from another origin is allowed nothing", async () => {
  const response = await preflight("https://evil.example");
  expect(corsFields(response)).toEqual({
    vary: "Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
  });
});

test.each([
  ["a route of its own CORS", "/echo/x", "*"],
  ["the grant door of a route", "/grant/hello", origin],
  ["the grant door of another", "/grant/echo", "*"],
])("a preflight for %s gets that route's", async (_what, path, allowed) => {
  const response = await preflight(origin, path);
  expect([response.status, response.headers.get("access-control-allow-origin")]).toEqual([204, allowed]);
});

test.each([
  ["a path of no route", "/nothing", "GET", 404],
  ["a route name that is none", "/grant/nothing", "POST", 404],
  ["a method that the door does not take", "/grant/hello", "PUT", 405],
  ["a target that cannot be sent on", "/hello/%2e%2e/x", "GET", 400],
])("%s answers a page of a trusted origin in a way it can read", async (_what, path, method, status) => {
  const allowed = await preflight(origin, path, method);
  expect([allowed.status, allowed.headers.get("access-control-allow-methods")]).toEqual([204, method]);
  const head = [`${method} ${path} HTTP/1.1`, "Host: a", `Origin: ${origin}`, "Connection: close"];
  const token = await stack.issuer.mint("alice");
  const refused = await rawRequest(stack.url, requestText(...head, `Authorization: Bearer ${token}`));
  expect(refused.status).toBe(status);
  expect(refused.head).toMatch(new RegExp(`^access-control-allow-origin: ${origin}\r$`, "m"));
});

test("a preflight of another origin for a path of no route is allowed nothing", async () => {
  const response = await preflight("https://evil.example", "/nothing");
  expect(corsFields(response)).toEqual({
    vary: "Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
  });
});

test("an answer names the trusted origin once, whatever the function says", async () => {
  const response = await stack.fetchAs("alice", "/hello", { headers: { origin } });
  expect(corsFields(response)).toMatchObject({
    "access-control-allow-origin": origin,
    "access-control-allow-credentials": "true",
    vary: "Origin",
  });
  expect(response.headers.get("access-control-expose-headers")).toMatch(/^x-request-id, x-own(?:, |$)/);
});

test.each([
  ["another origin", { origin: "https://evil.example" }],
  ["no origin", {}],
])("an answer to %s only says that it varies", async (_what, headers) => {
  const response = await stack.fetchAs("alice", "/hello", { headers });
  expect(corsFields(response)).toEqual({ vary: "Origin" });
});

test("the function's Vary stands beside ours", async () => {
  answer = (_request, response) => response.writeHead(200, { vary: "Accept" }).end();
  const response = await stack.fetchAs("alice", "/hello", { headers: { origin } });
  expect(response.headers.get("vary")).toBe("Accept, Origin");
});

test("an answer that renews a cached one says whom it is for", async () => {
  answer = (_request, response) => response.writeHead(304, { etag: '"1"' }).end();
  const response = await stack.fetchAs("alice", "/hello", { headers: { origin, "if-none-match": '"1"' } });
  expect(response.status).toBe(304);
  expect(corsFields(response)).toMatchObject({ "access-control-allow-origin": origin, vary: "Origin" });
});

test("cookies are not exposed by name", async () => {
  answer = (_request, response) => response.writeHead(200, { "set-cookie": ["a=1", "b=2"] }).end();
  const response = await stack.fetchAs("alice", "/hello", { headers: { origin } });
  expect(response.headers.get("access-control-expose-headers")).not.toContain("cookie");
});

test.each(["/hello", "/grant/hello"])("a refusal at %s can be read by the page, too", async (path) => {
  const response = await fetch(`${stack.url}${path}`, { headers: { origin } });
  expect(response.status).toBe(401);
  expect(response.headers.get("access-control-allow-origin")).toBe(origin);
  expect(response.headers.get("vary")).toBe("Origin");
  expect(response.headers.get("access-control-expose-headers")).toContain("www-authenticate");
});

test("granted credentials are for the pages of the route that they are for", async () => {
  const response = await stack.fetchAs("alice", "/grant/hello", { method: "POST", headers: { origin } });
  expect(response.status).toBe(200);
  expect(response.headers.get("access-control-allow-origin")).toBe(origin);
  const stranger = await stack.fetchAs("alice", "/grant/hello", {
    method: "POST",
    headers: { origin: "https://evil.example" },
  });
  expect(corsFields(stranger)).toEqual({ vary: "Origin" });
});

describe("where the function answers for CORS", () => {
  test("its fields pass, and nothing of ours stands beside them", async () => {
    const response = await stack.fetchAs("alice", "/long", { headers: { origin } });
    expect(corsFields(response)).toEqual({ "access-control-allow-origin": "https://own.example" });
  });

  test("a preflight, which has no token, is refused and reaches nobody", async () => {
    const response = await preflight(origin, "/long", "GET");
    expect([response.status, corsFields(response)]).toEqual([401, {}]);
    expect(calls).toEqual([]);
  });

  test("one that somebody sends a token along with is the function's to answer", async () => {
    const headers = { origin, "access-control-request-method": "GET" };
    const response = await stack.fetchAs("alice", "/long", { method: "OPTIONS", headers });
    expect(response.status).toBe(200);
    expect(calls.map(({ method }) => method)).toEqual(["OPTIONS"]);
  });
});
