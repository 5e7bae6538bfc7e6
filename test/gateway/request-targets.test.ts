// Request targets, odd ones above all, through the whole product to a strict function URL: AWS's own signer agrees with
// what was signed, and the function gets what the caller wrote.
import { once } from "node:events";
import { Agent, request, type IncomingMessage } from "node:http";
import type { APIGatewayProxyEventV2WithIAMAuthorizer } from "aws-lambda";
import fc from "fast-check";
import { parseRequestTarget } from "../../server/core/request-target.js";
import { isBeyondAwsSigner, manyPairs, rawTarget, spellings } from "../fixtures/raw-targets.js";
import { startStack, type Stack } from "../fixtures/stack.js";
import { startUpstreamServer, type UpstreamServer } from "../fixtures/upstream-server.js";

type Event = APIGatewayProxyEventV2WithIAMAuthorizer;

/** One connection, used again and again. */
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
let stack: Stack;
/** Behind /long: takes anything, where the local AWS cannot. */
let upstream: UpstreamServer;
let bearer: string;
beforeAll(async () => {
  upstream = await startUpstreamServer(({ url }, response) => response.end(JSON.stringify({ rawPath: url })));
  const { origin } = upstream;
  stack = await startStack({
    adjust: (settings) => ({
      ...settings,
      routes: settings.routes.map((route) =>
        route.name === "long" ? { ...route, target: { ...route.target, origin } } : route,
      ),
    }),
  });
  bearer = `Bearer ${await stack.issuer.mint("alice")}`;
});
afterAll(async () => {
  agent.destroy();
  await stack.close();
  await upstream.close();
});

/** Sends the target as it is: no URL parser touches it. */
async function call(path: string, method = "GET", body = "") {
  const headers = {
    authorization: bearer,
    "content-type": "text/plain",
    "content-length": Buffer.byteLength(body),
  };
  const sent = request(stack.url, { agent, method, path, headers }).end(body);
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  let text = "";
  for await (const chunk of response.setEncoding("utf8")) text += chunk as string;
  return { status: response.statusCode, event: JSON.parse(text) as Event };
}

// The routes of the local configuration take everything below /echo.
const below = "/echo/x";

test.each(spellings.filter(([, raw]) => !isBeyondAwsSigner(raw)))(
  "%s: %s",
  async (_what, raw, path, query) => {
    const { status, event } = await call(below + raw);
    expect(status).toBe(200);
    expect([event.rawPath, event.rawQueryString]).toEqual([below + path, query]);
  },
);

test("names of JavaScript's own are sent as they are, beyond what AWS's signer can hold", async () => {
  const query = "?__proto__=1&constructor=2&__proto__=3";
  expect(await call(`/long${query}`)).toEqual({ status: 200, event: { rawPath: `/long${query}` } });
});

test("1,200 pairs arrive, in their order", async () => {
  const { status, event } = await call(`${below}?${manyPairs(1200)}`);
  expect([status, event.rawQueryString]).toEqual([200, manyPairs(1200)]);
});

test.each([
  ["an empty segment", "/a//b"],
  ["a dot segment", "/a/%2E%2e/b"],
  ["bare brackets in the path", "/a[0]"],
  ["a nameless value", "/?=1"],
  ["bad UTF-8", "/%E9"],
])("%s is refused, and not mended", async (_what, raw) => {
  expect((await call(below + raw)).status).toBe(400);
});

test("any target, method and body arrive as they were sent", async () => {
  const method = fc.constantFrom("GET", "POST", "PUT", "PATCH", "DELETE");
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(rawTarget, method, fc.string({ unit: "grapheme" }), async (raw, verb, text) => {
      fc.pre(!isBeyondAwsSigner(raw));
      const target = parseRequestTarget(below + raw);
      const body = verb === "GET" ? "" : text.toWellFormed();
      const { status, event } = await call(below + raw, verb, body);
      expect(status).toBe(target.ok ? 200 : 400);
      if (!target.ok) return;
      taken += 1;
      const [path, query = ""] = target.value.wire.split(/\?(.*)/s, 2);
      expect([event.rawPath, event.rawQueryString, event.requestContext.http.method]).toEqual([
        path,
        query,
        verb,
      ]);
      const written = raw.slice(raw.includes("?") ? raw.indexOf("?") : raw.length);
      expect([...new URLSearchParams(query)]).toEqual([...new URLSearchParams(written)]);
      expect(event.body ?? "").toBe(body);
    }),
    { numRuns: 300 },
  );
  expect(taken).toBeGreaterThan(150);
}, 60_000);
