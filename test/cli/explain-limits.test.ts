// What `check` and `explain` say of rate limits.
import type { Explanation } from "../../server/cli/explanation.js";
import { alice, configuration } from "./configurations.js";
import { grantway } from "./run-grantway.js";

const perTenant = { name: "per-tenant", key: "claims.tenant", requests: 600, per: "1m", inFlight: 20 };
const freeOnly = { name: "free", key: "claims.sub", when: '"free" in claims.groups', inFlight: 2 };
const onAdmin = { name: "on-admin", key: "claims.sub", routes: ["admin"], requests: 5, per: "1s" };
const limited = { ...configuration, rateLimits: [perTenant, freeOnly, onAdmin] };

const explain = (claims: object, ...argv: string[]) =>
  grantway(["explain", "--route", "GET /reports/7", "--claims", "c.json", ...argv], {
    files: { "gateway.yaml": limited, "c.json": claims },
  });
const explanationOf = async (claims: object) =>
  JSON.parse((await explain(claims, "--json")).out) as Explanation;

describe("explain", () => {
  test("says which limits the call counts for, and under which value", async () => {
    const { limits, answer } = await explanationOf(alice);
    expect(limits).toEqual([
      {
        limit: "per-tenant",
        allows: "600 calls in 1m, 20 calls at once",
        key: "claims.tenant",
        outcome: "counts",
        value: "acme",
      },
      { limit: "free", allows: "2 calls at once", key: "claims.sub", outcome: "not for this caller" },
      { limit: "on-admin", allows: "5 calls in 1s", key: "claims.sub", outcome: "not on this route" },
    ]);
    expect(answer.granted).toBe(true);
  });

  test("prints them for a reader", async () => {
    const { out } = await explain(alice);
    expect(out).toMatch(/^Rate limits, in order$/m);
    expect(out).toMatch(/^ {2}✓ per-tenant +600 calls in 1m, 20 calls at once +claims\.tenant = "acme"$/m);
  });

  test("refuses what the gateway would, for want of the claim", async () => {
    const { limits, answer } = await explanationOf({ ...alice, tenant: 7, groups: ["analysts", "free"] });
    expect(limits?.map(({ outcome, value }) => [outcome, value])).toEqual([
      ["counts", 7],
      ["counts", "alice"],
      ["not on this route", undefined],
    ]);
    // The rule's tag wants text; the limit's key does not.
    expect(answer).toMatchObject({ granted: false, denial: { slot: "tags.tenant" } });

    const withoutTags = {
      ...limited,
      roles: [{ ...configuration.roles[1], tags: {}, transitiveTags: [], policy: [] }],
    };
    const { out, status } = await grantway(["explain", "--route", "GET /reports/7", "--claims", "c.json"], {
      files: {
        "gateway.yaml": { ...withoutTags, routes: [configuration.routes[0]], rateLimits: [perTenant] },
        "c.json": { ...alice, tenant: "" },
      },
    });
    expect(status).toBe(1);
    expect(out).toMatch(/✗ per-tenant .*claims\.tenant is empty/);
    expect(out).toContain("slot: rateLimits[per-tenant].key");
  });

  test("has nothing to say of none", async () => {
    const { out } = await grantway(["explain", "--route", "GET /reports/7", "--claims", "c.json", "--json"], {
      files: { "gateway.yaml": configuration, "c.json": alice },
    });
    expect(JSON.parse(out)).not.toHaveProperty("limits");
  });
});

test("check tells of a claim in a key that no case sets", async () => {
  const cases = {
    cases: [
      {
        name: "alice",
        claims: { sub: "alice" },
        route: "GET /reports/7",
        expect: { denial: "role_not_granted" },
      },
    ],
  };
  const ran = await grantway(["check", "gateway.yaml", "--tests", "cases.json"], {
    files: { "gateway.yaml": limited, "cases.json": cases },
  });
  expect(`${ran.out}${ran.err}`).toMatch(/rateLimits\[0\]: reads claims\.tenant, which no case sets/);
});
