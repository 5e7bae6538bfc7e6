import fc from "fast-check";
import { createCallWindows } from "../server/adapters/call-windows.js";
import { Abandonment } from "../server/core/abandonment.js";
import { CallsAtOnce } from "../server/core/calls-at-once.js";
import type { Claims } from "../server/core/model.js";
import type { RateLimit } from "../server/core/rate-limit.js";
import { createLimitCalls } from "../server/limit-calls.js";
import type { CallWindows } from "../server/ports.js";
import { cel } from "./fixtures/expression.js";
import { refused } from "./fixtures/outcome.js";
import { principalWith } from "./fixtures/principal.js";
import { matchOf, routeWith } from "./fixtures/route.js";

const perCaller: RateLimit = {
  name: "per-caller",
  key: cel("claims.sub", "any"),
  window: { requests: 2, milliseconds: 10_000 },
};
const perTenant: RateLimit = {
  name: "per-tenant",
  key: cel("claims.tenant", "any"),
  window: { requests: 3, milliseconds: 60_000 },
};
const atOnceOnly: RateLimit = { name: "at-once", key: cel("claims.tenant", "any"), inFlight: 2 };

const reports = routeWith("ANY /reports/{id}", { name: "reports" });
const jobs = routeWith("POST /jobs", { name: "jobs" });

function limiting(limits: readonly RateLimit[], windows?: CallWindows) {
  const time = { now: 1_000_000 };
  const limited: string[] = [];
  const atOnce = new CallsAtOnce();
  const limitCalls = createLimitCalls({
    limits,
    windows: windows ?? createCallWindows(() => time.now),
    onLimited: (limit) => limited.push(limit),
    atOnce,
  });
  const call = (claims: Claims, routes = [reports], abandonment = new Abandonment()) =>
    limitCalls(
      routes.map((route) => matchOf(route, "proxy", { id: "7" })),
      principalWith(claims),
      abandonment,
    );
  const known = principalWith(alice);
  /** By a caller whose limits are remembered. */
  const callAt = (id: string) => limitCalls([matchOf(reports, "proxy", { id })], known, new Abandonment());
  return { time, limited, atOnce, call, callAt };
}

const alice = { sub: "alice", tenant: "acme" };
const bob = { sub: "bob", tenant: "acme" };

describe("calls in a window", () => {
  test("are let in up to the bound; the next is refused until the window ends, and counted by name", async () => {
    const { call, time, limited } = limiting([perCaller]);
    expect([await call(alice), await call(alice)]).toEqual([
      { ok: true, value: undefined },
      { ok: true, value: undefined },
    ]);
    time.now += 1_500;
    expect(refused(await call(alice))).toEqual({
      reason: "rate_exceeded",
      cause: "limit per-caller: 2 calls in 10s",
      retryAfterSeconds: 8.5,
    });
    expect(limited).toEqual(["per-caller"]);
    expect((await call(bob)).ok).toBe(true);
    time.now += 8_499;
    expect((await call(alice)).ok).toBe(false);
    time.now += 1;
    expect((await call(alice)).ok).toBe(true);
  });

  test("that one limit refuses do not count for those after it", async () => {
    const { call } = limiting([perCaller, perTenant]);
    for (let n = 0; n < 10; n++) await call(alice);
    // Two of alice's were let in: the tenant has one left.
    expect((await call(bob)).ok).toBe(true);
    expect(refused(await call(bob))).toMatchObject({ cause: "limit per-tenant: 3 calls in 1m" });
  });

  test("of a caller without the key's claim are refused", async () => {
    const { call } = limiting([perTenant]);
    expect(refused(await call({ sub: "alice" }))).toMatchObject({
      reason: "claim_unrepresentable",
      slot: "rateLimits[per-tenant].key",
    });
  });

  test.each<[string, Partial<RateLimit>]>([
    ["`when`", { when: cel('route.params.id == "7"', "bool") }],
    ["the key", { key: cel("route.params.id", "any") }],
  ])("are looked at anew where %s reads the path", async (_, more) => {
    const { callAt } = limiting([{ ...perCaller, ...more }]);
    for (const id of ["1", "2", "3", "4"]) expect((await callAt(id)).ok).toBe(true);
    const sevens = [await callAt("7"), await callAt("7"), await callAt("7")];
    expect(sevens.map(({ ok }) => ok)).toEqual([true, true, false]);
  });

  test("are waited for where they are counted elsewhere", async () => {
    const asked: string[] = [];
    const windows: CallWindows = {
      count: (key) => {
        asked.push(key);
        return Promise.resolve(asked.length > 1 ? 250 : 0);
      },
    };
    const { call } = limiting([perCaller], windows);
    expect((await call(alice)).ok).toBe(true);
    expect(refused(await call(alice))).toMatchObject({ retryAfterSeconds: 0.25 });
    expect(new Set(asked).size).toBe(1);
  });
});

describe("one call for several routes", () => {
  test("counts once for a limit of them all, and for each that has its own key", async () => {
    const byRoute = { ...perCaller, name: "by-route", key: cel("route.name", "any") };
    const { call } = limiting([perCaller, byRoute]);
    expect((await call(alice, [reports, jobs])).ok).toBe(true);
    expect((await call(alice, [reports])).ok).toBe(true);
    expect(refused(await call({ ...alice, sub: "carol" }, [reports]))).toMatchObject({
      cause: "limit by-route: 2 calls in 10s",
    });
    expect((await call(bob, [jobs])).ok).toBe(true);
  });

  test("asks the limits in the order of the configuration, whichever route has them", async () => {
    const onJobs = { ...perCaller, name: "on-jobs", routes: new Set(["jobs"]) };
    const { call } = limiting([onJobs, perTenant]);
    for (let n = 0; n < 10; n++) await call(alice, [reports, jobs]);
    // Two of alice's were let in: the tenant has one left.
    expect((await call(bob, [reports])).ok).toBe(true);
    expect((await call(bob, [reports])).ok).toBe(false);
  });

  test("is limited by a limit that any of them has", async () => {
    const onJobs = { ...perCaller, name: "on-jobs", routes: new Set(["jobs"]) };
    const { call } = limiting([onJobs]);
    for (let n = 0; n < 5; n++) expect((await call(alice, [reports])).ok).toBe(true);
    await call(alice, [reports, jobs]);
    await call(alice, [jobs]);
    expect((await call(alice, [reports, jobs])).ok).toBe(false);
  });
});

describe("calls in flight", () => {
  test("have a place each, which is free again when the call is over", async () => {
    const { call, limited, atOnce } = limiting([atOnceOnly]);
    const first = new Abandonment();
    await call(alice, [reports], first);
    await call(bob);
    expect(refused(await call(alice))).toEqual({
      reason: "rate_exceeded",
      cause: "limit at-once: 2 calls at once",
      retryAfterSeconds: 1,
    });
    expect(limited).toEqual(["at-once"]);
    first.over();
    expect((await call(alice)).ok).toBe(true);
    expect(atOnce.size).toBe(1);
  });

  test("that have no place count for no window", async () => {
    const { call } = limiting([{ ...perCaller, name: "both", inFlight: 1 }]);
    const first = new Abandonment();
    await call(alice, [reports], first);
    for (let n = 0; n < 5; n++) await call(alice);
    first.over();
    expect((await call(alice)).ok).toBe(true);
  });

  test.each<[string, CallWindows]>([
    ["refused by a window", { count: () => 1_000 }],
    ["refused by a window elsewhere", { count: () => Promise.resolve(1_000) }],
  ])("that are %s hold no place", async (_, windows) => {
    const { call, atOnce } = limiting([{ ...perCaller, inFlight: 1 }], windows);
    expect((await call(alice)).ok).toBe(false);
    expect(atOnce.size).toBe(0);
  });

  test("that are refused a second place give back the first", async () => {
    const { call, atOnce } = limiting([
      { ...atOnceOnly, name: "wide", key: cel("claims.sub", "any"), inFlight: 9 },
      { ...atOnceOnly, inFlight: 1 },
    ]);
    const first = new Abandonment();
    await call(alice, [reports], first);
    await call(bob);
    expect(atOnce.size).toBe(2);
    first.over();
    expect(atOnce.size).toBe(0);
  });

  test("whose caller left while they waited hold no place", async () => {
    let answer: (waitMs: number) => void = () => undefined;
    const waiting = new Promise<number>((resolve) => (answer = resolve));
    const { call, atOnce } = limiting([{ ...perCaller, inFlight: 1 }], { count: () => waiting });
    const gone = new Abandonment();
    const called = call(alice, [reports], gone);
    expect(atOnce.size).toBe(1);
    gone.over();
    expect(atOnce.size).toBe(0);
    answer(0);
    expect((await called).ok).toBe(true);
    expect(atOnce.size).toBe(0);
  });

  test("that were over before they got here hold no place", async () => {
    const { call, atOnce } = limiting([atOnceOnly]);
    const gone = new Abandonment();
    gone.over();
    await call(alice, [reports], gone);
    expect(atOnce.size).toBe(0);
  });

  test("that throw give their place back when they are over", async () => {
    const { call, atOnce } = limiting([{ ...perCaller, inFlight: 1 }], {
      count: () => Promise.reject(new Error("a bug")),
    });
    const failed = new Abandonment();
    await expect(call(alice, [reports], failed)).rejects.toThrow("a bug");
    failed.over();
    expect(atOnce.size).toBe(0);
  });
});

/** A call as this test follows it: `hasPlace` by what it saw, not by what is counted. */
interface Followed {
  readonly abandonment: Abandonment;
  readonly settle: PromiseResolvers | undefined;
  hasPlace: boolean;
}

interface PromiseResolvers {
  readonly resolve: (waitMs: number) => void;
  readonly reject: (error: Error) => void;
}

test("however calls begin, wait, fail, are refused, leave and end: never more than the bound, none at the end", async () => {
  const step = fc.record({
    kind: fc.constantFrom("begin", "begin", "let in", "refuse", "throw", "over"),
    which: fc.nat(),
  });
  const steps = fc.array(step, { maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(steps, fc.integer({ min: 1, max: 3 }), async (actions, inFlight) => {
      const asked: PromiseResolvers[] = [];
      const windows: CallWindows = {
        count: () => new Promise<number>((resolve, reject) => asked.push({ resolve, reject })),
      };
      const { call, atOnce } = limiting([{ ...perCaller, inFlight }], windows);
      const calls: Followed[] = [];

      const begin = () => {
        const [abandonment, before] = [new Abandonment(), asked.length];
        const called = call(alice, [reports], abandonment);
        const settle = asked.length > before ? asked.at(-1) : undefined;
        const followed = { abandonment, settle, hasPlace: settle !== undefined };
        calls.push(followed);
        called.then(
          ({ ok }) => (followed.hasPlace &&= ok),
          () => undefined,
        );
      };
      for (const { kind, which } of actions) {
        const one = calls[which % Math.max(1, calls.length)];
        if (kind === "begin") begin();
        else if (kind === "let in") one?.settle?.resolve(0);
        else if (kind === "refuse") one?.settle?.resolve(1_000);
        else if (kind === "throw") one?.settle?.reject(new Error("a bug"));
        else if (one) {
          one.abandonment.over();
          one.hasPlace = false;
        }
        await new Promise(setImmediate);
        const places = calls.filter(({ hasPlace }) => hasPlace).length;
        expect(places).toBeLessThanOrEqual(inFlight);
        expect(atOnce.size).toBe(places > 0 ? 1 : 0);
      }
      for (const { abandonment } of calls) abandonment.over();
      expect(atOnce.size).toBe(0);
    }),
  );
});
