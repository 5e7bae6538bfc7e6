// When others fail: an outage is a 503 with Retry-After, never a 401, and nothing hangs.
import { createServer, type RequestListener } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { StsFault } from "../../deploy/local/aws/sts/create-sts.js";
import { startStack, type Stack, type StackOptions } from "../fixtures/stack.js";

const withStack = async (options: StackOptions, body: (stack: Stack) => Promise<void>): Promise<void> => {
  const stack = await startStack(options);
  try {
    await body(stack);
  } finally {
    await stack.close();
  }
};

/** The local settings with the issuer's keys at `jwksUri`. */
const keysAt =
  (jwksUri: string): NonNullable<StackOptions["adjust"]> =>
  (settings) => ({ ...settings, issuers: settings.issuers.map((issuer) => ({ ...issuer, jwksUri })) });

const expectUnavailable = async (response: Response, code: string): Promise<void> => {
  expect(response.status).toBe(503);
  expect(Number(response.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
  expect(response.headers.get("www-authenticate")).toBeNull();
  expect(await response.json()).toMatchObject({ type: `urn:grantway:problem:${code}` });
};

test("an issuer that is down", () =>
  withStack({ adjust: keysAt("http://127.0.0.1:1/jwks") }, async (stack) => {
    await expectUnavailable(await stack.fetchAs("alice", "/hello"), "keys_unavailable");
    const ready = await fetch(`${stack.adminUrl}/readyz`);
    expect(ready.status).toBe(503);
    expect(JSON.stringify(await ready.json())).toContain("no keys of issuer local");
  }));

test.each<[string, RequestListener]>([
  ["HTML", (_request, response) => void response.setHeader("content-type", "text/html").end("<p>hi</p>")],
  ["a redirect", (_request, response) => void response.writeHead(302, { location: "/" }).end()],
  ["an error", (_request, response) => void response.writeHead(500).end("{}")],
])("an issuer that answers %s", async (_what, listener) => {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await withStack({ adjust: keysAt(`http://127.0.0.1:${port}/jwks`) }, async (stack) => {
    await expectUnavailable(await stack.fetchAs("alice", "/hello"), "keys_unavailable");
  });
  server.close();
});

test.each<[StsFault, number, string]>([
  ["throttle", 503, "sts_throttled"],
  ["deny", 403, "session_refused"],
])("STS that answers %s", async (fault, status, code) => {
  await withStack({ fault: () => fault }, async (stack) => {
    const response = await stack.fetchAs("alice", "/hello");
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ type: `urn:grantway:problem:${code}` });
    const metrics = await (await fetch(`${stack.adminUrl}/metrics`)).text();
    expect(metrics).toContain(`grantway_assume_role_total{outcome="${code}"} 1`);
  });
});

test("STS that is slow is waited for", async () => {
  let goOn: () => void = () => undefined;
  const slow = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  let asked: () => void = () => undefined;
  const isAsked = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const fault = (): StsFault => {
    asked();
    return { slow };
  };
  await withStack({ fault }, async (stack) => {
    const call = stack.fetchAs("alice", "/hello");
    await isAsked;
    goOn();
    expect((await call).status).toBe(200);
  });
});

test("STS that drops connections is an outage, and one that comes back is used again", async () => {
  let fault: StsFault | undefined = "drop";
  await withStack({ fault: () => fault }, async (stack) => {
    await expectUnavailable(await stack.fetchAs("alice", "/hello"), "sts_unavailable");
    fault = undefined;
    expect((await stack.fetchAs("carol", "/hello")).status).toBe(200);
  });
});

test("STS that hangs is given up, and a caller with a live session notices nothing", async () => {
  let fault: StsFault | undefined;
  await withStack({ fault: () => fault }, async (stack) => {
    expect((await stack.fetchAs("alice", "/hello")).status).toBe(200);
    fault = { slow: new Promise(() => undefined) };
    const [alice, carol] = await Promise.all([
      stack.fetchAs("alice", "/hello"),
      stack.fetchAs("carol", "/hello"),
    ]);
    expect(alice.status).toBe(200);
    await expectUnavailable(carol, "sts_unavailable");
  });
}, 20_000);

test("a function URL nobody listens on", () =>
  withStack(
    {
      adjust: (settings) => ({
        ...settings,
        routes: settings.routes.map((route) => ({
          ...route,
          target: { ...route.target, origin: "http://127.0.0.1:1" },
        })),
      }),
    },
    async (stack) => {
      const response = await stack.fetchAs("alice", "/hello");
      expect(response.status).toBe(502);
      expect(await response.json()).toMatchObject({ type: "urn:grantway:problem:upstream_unreachable" });
    },
  ));
