import { countedLimits, describeLimit, keyValue, type RateLimit } from "../../server/core/rate-limit.js";
import { cel, variablesWith } from "../fixtures/expression.js";
import { accepted, refused } from "../fixtures/outcome.js";
import { principalWith } from "../fixtures/principal.js";
import { issuerWith } from "../fixtures/tokens.js";

const limitWith = (overrides: Partial<RateLimit> = {}): RateLimit => ({
  name: "per-tenant",
  key: cel("claims.tenant", "any"),
  window: { requests: 600, milliseconds: 60_000 },
  ...overrides,
});

const acme = { tenant: "acme" };
const counted = (limits: readonly RateLimit[], claims: object = acme, principal = principalWith()) =>
  countedLimits(limits, principal, variablesWith(claims as Record<string, unknown>));
const keyFor = (limit: RateLimit, claims: object = acme, principal = principalWith()) =>
  accepted(counted([limit], claims, principal))[0]?.key;

describe("a key", () => {
  test("is the same for the same value, and holds nothing of it", () => {
    expect(keyFor(limitWith())).toBe(keyFor(limitWith()));
    expect(keyFor(limitWith())).toMatch(/^[\w-]{43}$/);
  });

  test.each<[string, string | undefined]>([
    ["another value", keyFor(limitWith(), { tenant: "zenith" })],
    ["the number where there was text", keyFor(limitWith(), { tenant: 7 })],
    ["the text of that number", keyFor(limitWith(), { tenant: "7" })],
    ["another limit", keyFor(limitWith({ name: "other" }))],
    ["another span of time", keyFor(limitWith({ window: { requests: 600, milliseconds: 1_000 } }))],
    [
      "another issuer",
      keyFor(
        limitWith(),
        acme,
        principalWith({}, { issuer: issuerWith({ issuer: "https://other.example/" }) }),
      ),
    ],
  ])("is another for %s", (_, key) => {
    const all = [
      keyFor(limitWith()),
      keyFor(limitWith(), { tenant: 7 }),
      keyFor(limitWith(), { tenant: "7" }),
    ];
    expect(all.filter((one) => one === key).length).toBeLessThanOrEqual(1);
    expect(new Set(all).size).toBe(3);
    expect(key).not.toBe(keyFor(limitWith()));
  });

  test("is the same with other numbers, so that a change of them counts on", () => {
    expect(keyFor(limitWith({ window: { requests: 5, milliseconds: 60_000 } }))).toBe(keyFor(limitWith()));
  });

  test.each<[string, string, unknown]>([
    ["text", "claims.tenant", "acme"],
    ["a number", "claims.n", 7],
    ["the last whole number that is exact", "claims.last", 2 ** 53 - 1],
    ["a fraction", "claims.half", 0.5],
    ["true", "claims.flag", true],
  ])("may be %s", (_, source, value) => {
    const claims = { tenant: "acme", n: 7, last: 2 ** 53 - 1, half: 0.5, flag: true };
    expect(accepted(keyValue(limitWith({ key: cel(source, "any") }), variablesWith(claims)))).toBe(value);
  });

  test.each([
    ["is missing", {}, /tenant/],
    ["is empty", { tenant: "" }, /is empty/],
    ["is null", { tenant: null }, /neither text/],
    ["is a list", { tenant: ["acme"] }, /neither text/],
    ["is an object", { tenant: { id: 1 } }, /neither text/],
    ["is a number that JSON rounds, as its neighbours'", { tenant: 2 ** 53 }, /beyond 2\^53/],
    ["is such a number below zero", { tenant: -(2 ** 60) }, /beyond 2\^53/],
    ["is beyond all numbers", { tenant: Infinity }, /not finite/],
  ])("refuses the call where the claim %s", (_, claims, cause) => {
    expect(refused(counted([limitWith()], claims))).toEqual({
      reason: "claim_unrepresentable",
      slot: "rateLimits[per-tenant].key",
      cause: expect.stringMatching(cause) as string,
    });
  });
});

describe("a limit", () => {
  const names = (limits: readonly RateLimit[], claims: object = acme) =>
    accepted(counted(limits, claims)).map(({ limit }) => limit.name);

  test("counts on its routes only", () => {
    const limits = [
      limitWith({ name: "here", routes: new Set(["reports"]) }),
      limitWith({ name: "elsewhere", routes: new Set(["jobs"]) }),
      limitWith({ name: "everywhere" }),
    ];
    expect(names(limits)).toEqual(["here", "everywhere"]);
  });

  test.each([
    ["holds", { ...acme, plan: "free" }, ["per-tenant"]],
    ["does not hold", { ...acme, plan: "gold" }, []],
    ["fails, for want of a claim", acme, []],
  ])("counts the caller where `when` %s, and asks no key of another", (_, claims, expected) => {
    expect(names([limitWith({ when: cel('claims.plan == "free"', "bool") })], claims)).toEqual(expected);
  });

  test("of some routes counts nowhere else, and so not where there is no route", () => {
    const onReports = limitWith({ routes: new Set(["reports"]) });
    expect(accepted(countedLimits([onReports], principalWith(), { claims: acme, issuer: "main" }))).toEqual(
      [],
    );
  });

  test("that is for others needs no key for this caller", () => {
    expect(names([limitWith({ when: cel("false", "bool") })], {})).toEqual([]);
  });

  test.each<[Partial<RateLimit>, string]>([
    [{}, "600 calls in 1m"],
    [{ inFlight: 20 }, "600 calls in 1m, 20 calls at once"],
  ])("is told as %j: %s", (overrides, text) => {
    expect(describeLimit(limitWith(overrides))).toBe(text);
  });

  test("of calls in flight alone is told, and has a key", () => {
    const { window, ...rest } = limitWith({ inFlight: 3 });
    expect(window).toBeDefined();
    expect(describeLimit(rest)).toBe("3 calls at once");
    expect(keyFor(rest)).toMatch(/^[\w-]{43}$/);
  });
});
