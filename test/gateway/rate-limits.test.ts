// Limits of calls end to end, at all three doors: who is refused, with what, and that a place in flight is given back
// however a call ends.
import { setTimeout } from "node:timers/promises";
import type { RateLimit } from "../../server/core/rate-limit.js";
import { cel } from "../fixtures/expression.js";
import { startOtlpCollector } from "../fixtures/otlp-collector.js";
import { startStack, withoutProbes, type Stack, type StackOptions } from "../fixtures/stack.js";
import { formOf, postForm } from "../fixtures/sts-caller.js";

const hour = 3_600_000;
const perUser: RateLimit = {
  name: "per-user",
  key: cel("claims.sub", "any"),
  window: { requests: 3, milliseconds: hour },
};
const oneAtOnce: RateLimit = { name: "one-at-once", key: cel("claims.sub", "any"), inFlight: 1 };

const limitedBy =
  (...rateLimits: readonly RateLimit[]): NonNullable<StackOptions["adjust"]> =>
  (settings) => ({ ...withoutProbes(settings), rateLimits });

async function withStack(
  options: StackOptions | readonly RateLimit[],
  body: (stack: Stack) => Promise<void>,
): Promise<void> {
  const stack = await startStack("length" in options ? { adjust: limitedBy(...options) } : options);
  try {
    await body(stack);
  } finally {
    await stack.close();
  }
}

const statuses = async (stack: Stack, user: string, paths: readonly string[]): Promise<number[]> => {
  const all: number[] = [];
  for (const path of paths) {
    const response = await stack.fetchAs(user, path);
    await response.arrayBuffer();
    all.push(response.status);
  }
  return all;
};

const metricsOf = async ({ adminUrl }: Pick<Stack, "adminUrl">): Promise<string> =>
  (await fetch(`${adminUrl}/metrics`)).text();

test("a caller over his limit gets 429 with Retry-After, and his key stands nowhere in it; others go on", () =>
  withStack([perUser], async (stack) => {
    expect(await statuses(stack, "alice", ["/hello", "/hello", "/hello"])).toEqual([200, 200, 200]);
    const refused = await stack.fetchAs("alice", "/hello");
    expect(refused.status).toBe(429);
    const retryAfter = Number(refused.headers.get("retry-after"));
    expect(retryAfter).toBeGreaterThan(3_500);
    expect(retryAfter).toBeLessThanOrEqual(3_600);
    const text = await refused.text();
    expect(JSON.parse(text)).toMatchObject({ type: "urn:grantway:problem:rate_exceeded" });
    expect(text).not.toMatch(/alice|per-user/);
    expect(await statuses(stack, "carol", ["/hello"])).toEqual([200]);
    expect(stack.logLines()).toContainEqual(
      expect.objectContaining({
        reason: "rate_exceeded",
        cause: "limit per-user: 3 calls in 1h",
        status: 429,
      }),
    );
    expect(await metricsOf(stack)).toContain('grantway_rate_limited_total{limit="per-user"} 1');
  }));

test("the three doors count alike, and a refused call does not ask STS", () =>
  withStack([perUser], async (stack) => {
    const token = await stack.issuer.mint("alice");
    expect(await statuses(stack, "alice", ["/hello", "/grant/hello"])).toEqual([200, 200]);
    expect((await postForm(`${stack.url}/sts`, formOf(token))).status).toBe(200);
    expect(await statuses(stack, "alice", ["/hello", "/grant/echo"])).toEqual([429, 429]);
    const atSts = await postForm(`${stack.url}/sts`, formOf(token));
    expect([atSts.status, atSts.code]).toEqual([400, "Throttling"]);
    // One for the proxy door, one for hello granted, one for all routes.
    expect(stack.sessionLines()).toHaveLength(3);
  }));

test("a session for several routes counts for a limit of any of them, at /sts", () =>
  withStack(
    [{ ...perUser, routes: new Set(["echo"]), window: { requests: 1, milliseconds: hour } }],
    async (stack) => {
      const token = await stack.issuer.mint("alice");
      const ask = async (path: string) => (await postForm(`${stack.url}/sts${path}`, formOf(token))).status;
      expect([await ask("/hello"), await ask("/hello")]).toEqual([200, 200]);
      expect([await ask(""), await ask("")]).toEqual([200, 400]);
      expect(await ask("/echo")).toBe(400);
      expect(await statuses(stack, "alice", ["/hello", "/echo/x"])).toEqual([200, 429]);
    },
  ));

test("calls that are refused before they are authorised count for nothing, nor do preflights", () =>
  withStack([perUser], async (stack) => {
    for (let n = 0; n < 5; n++) {
      expect(
        (await fetch(`${stack.url}/hello`, { headers: { authorization: "Bearer e30.e30.e30" } })).status,
      ).toBe(401);
      await fetch(`${stack.url}/hello`, { method: "OPTIONS", headers: { origin: "https://x.example" } });
    }
    expect(await statuses(stack, "alice", ["/hello", "/hello", "/hello", "/hello"])).toEqual([
      200, 200, 200, 429,
    ]);
  }));

test("a claim that is missing refuses the call, with the limit's name for the operator", () =>
  withStack([{ ...perUser, key: cel("claims.nowhere", "any") }], async (stack) => {
    const refused = await stack.fetchAs("alice", "/hello");
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({ type: "urn:grantway:problem:claim_unrepresentable" });
    expect(stack.logLines()).toContainEqual(expect.objectContaining({ slot: "rateLimits[per-user].key" }));
  }));

test("a trace has a step for the limits, and OTLP's metrics count who was refused", async () => {
  const collector = await startOtlpCollector();
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = collector.endpoint;
  try {
    await withStack([{ ...perUser, window: { requests: 1, milliseconds: hour } }], async (stack) => {
      expect(await statuses(stack, "alice", ["/hello", "/hello"])).toEqual([200, 429]);
    });
  } finally {
    delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT;
  }
  const steps = collector.spans.filter(({ name }) => name === "limit calls");
  expect(steps.map(({ attributes }) => attributes["error.type"])).toEqual([undefined, "rate_exceeded"]);
  const limited = collector.metrics.find(({ name }) => name === "grantway.rate_limited");
  expect(limited?.points).toEqual([{ "grantway.limit": "per-user" }]);
  await collector.close();
});

describe("a place in flight", () => {
  const untilFree = async (stack: Stack, user: string): Promise<void> => {
    while ((await statuses(stack, user, ["/hello"]))[0] !== 200) await setTimeout(10);
  };
  const begin = async (stack: Stack, signal?: AbortSignal) => {
    const response = await stack.fetchAs("alice", "/long?seconds=60", { ...(signal && { signal }) });
    const reader = response.body?.getReader();
    await reader?.read();
    return reader;
  };

  test("is taken for as long as the answer streams, and free once its caller has left", () =>
    withStack([oneAtOnce], async (stack) => {
      const leaving = new AbortController();
      await begin(stack, leaving.signal);
      const refused = await stack.fetchAs("alice", "/hello");
      expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "1"]);
      expect(await statuses(stack, "carol", ["/hello"])).toEqual([200]);
      leaving.abort();
      await untilFree(stack, "alice");
      expect(await metricsOf(stack)).toMatch(/grantway_rate_limited_total\{limit="one-at-once"\} \d/);
    }));

  test("is free once its caller has left, though STS has not answered yet", async () => {
    let answer: () => void = () => undefined;
    const slow = new Promise<void>((resolve) => (answer = resolve));
    let isAsked = false;
    const fault = () => {
      isAsked = true;
      return { slow };
    };
    await withStack({ adjust: limitedBy(oneAtOnce), fault }, async (stack) => {
      const leaving = new AbortController();
      const left = stack.fetchAs("alice", "/hello", { signal: leaving.signal }).catch(() => "left");
      while (!isAsked) await setTimeout(10);
      expect(await statuses(stack, "alice", ["/hello"])).toEqual([429]);
      leaving.abort();
      expect(await left).toBe("left");
      while (!stack.logLines().some(({ reason }) => reason === "client_gone")) await setTimeout(10);
      const next = statuses(stack, "alice", ["/hello"]);
      answer();
      expect(await next).toEqual([200]);
    });
  });

  test("is free again after each answer, refusal and failure", () =>
    withStack({ adjust: limitedBy(oneAtOnce), fault: () => undefined }, async (stack) => {
      const paths = ["/hello", "/grant/hello", "/echo/x", "/hello?x=%zz", "/nowhere", "/hello"];
      expect(await statuses(stack, "alice", paths)).not.toContain(429);
      const token = await stack.issuer.mint("alice");
      for (let n = 0; n < 3; n++)
        expect((await postForm(`${stack.url}/sts`, formOf(token))).status).toBe(200);
    }));

  test("is free again where STS fails", () =>
    withStack({ adjust: limitedBy(oneAtOnce), fault: () => "deny" }, async (stack) => {
      expect(await statuses(stack, "alice", ["/hello", "/hello", "/grant/hello"])).toEqual([403, 403, 403]);
    }));
});
