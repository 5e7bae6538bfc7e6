import fc from "fast-check";
import { authorize, createAuthorize } from "../server/authorize.js";
import type { Door, TokenPrincipal } from "../server/core/model.js";
import { cel, statementWith, template } from "./fixtures/expression.js";
import { accepted, refused } from "./fixtures/outcome.js";
import { now, principalWith } from "./fixtures/principal.js";
import { roleRuleWith } from "./fixtures/role-rule.js";
import { matchOf, routeWith } from "./fixtures/route.js";
import { issuerWith, nowSeconds } from "./fixtures/tokens.js";

const decide = (
  door: Door,
  principal: TokenPrincipal,
  rule: Parameters<typeof roleRuleWith>[0] = {},
  clientAddress?: string,
) =>
  authorize(
    matchOf(routeWith("ANY /reports", { roles: [roleRuleWith(rule)] }), door),
    principal,
    now,
    clientAddress,
  );

const expiringIn = (seconds: number) =>
  principalWith({ tenant: "acme" }, { expiresAt: nowSeconds + seconds });

describe("the rule's own statements", () => {
  const policy = [statementWith()];

  test("are in what is granted and not in what the gateway signs with", () => {
    const granted = accepted(decide("grant", expiringIn(86_400), { policy }));
    const proxied = accepted(decide("proxy", expiringIn(86_400), { policy }));
    expect(granted.policy).toContain("arn:aws:s3:::reports/acme/*");
    expect(proxied.policy).not.toContain("s3");
  });

  test("refuse a grant whose claims they cannot hold, and no proxied call", () => {
    const nobody = principalWith({ tenant: "*" });
    expect(refused(decide("grant", nobody, { policy }))).toMatchObject({
      reason: "claim_unrepresentable",
      slot: "policy[0].Resource",
    });
    expect(decide("proxy", nobody, { policy }).ok).toBe(true);
  });

  test("refuse a grant that is larger than STS takes", () => {
    const long = Array.from({ length: 30 }, () => statementWith());
    expect(refused(decide("grant", expiringIn(86_400), { policy: long })).reason).toBe("session_too_large");
  });
});

describe("the end of a grant", () => {
  // A session of an hour, minted within the next 300 seconds, ends 3,900 seconds from now at the latest.
  test.each([
    ["the token outlives any session", 3_900, 3600, undefined],
    ["the token ends a second before the latest session", 3_899, 3600, nowSeconds + 3_899],
    ["the token ends before STS's floor", 60, 3600, nowSeconds + 60],
    ["the rule asks for less than STS's floor", 1_199, 300, nowSeconds + 1_199],
    ["the token outlives the floor", 1_200, 300, undefined],
    ["the token ends between two seconds", 60.9, 3600, nowSeconds + 60],
  ])("where %s", (_, lifeSeconds, durationSeconds, notAfter) => {
    const spec = accepted(decide("grant", expiringIn(lifeSeconds), { durationSeconds }));
    expect(spec.notAfter).toBe(notAfter);
    expect(spec.policy.includes("DateLessThan")).toBe(notAfter !== undefined);
  });

  test("is written into every Allow of the policy", () => {
    const { policy } = accepted(decide("grant", expiringIn(60), { policy: [statementWith()] }));
    expect(policy.match(/"DateLessThan":\{"aws:CurrentTime":"2026-01-01T00:01:00Z"\}/g)).toHaveLength(3);
  });

  test("is none for a proxied call: the gateway keeps that session and checks the token each time", () => {
    const spec = accepted(decide("proxy", expiringIn(60)));
    expect(spec).not.toHaveProperty("notAfter");
    expect(spec.policy).not.toContain("DateLessThan");
  });

  test("lets a renewed token share the session of the one before", () => {
    expect(decide("grant", expiringIn(7_200))).toEqual(decide("grant", expiringIn(9_000)));
  });
});

describe("managed policies", () => {
  const policyArns = ["arn:aws:iam::aws:policy/ReadOnlyAccess"];

  test("are in what is granted and not in what the gateway signs with", () => {
    expect(accepted(decide("grant", expiringIn(86_400), { policyArns })).policyArns).toEqual(policyArns);
    expect(accepted(decide("proxy", expiringIn(86_400), { policyArns })).policyArns).toEqual([]);
  });

  test("end with the token, by a Deny that binds them too", () => {
    const { policy } = accepted(decide("grant", expiringIn(60), { policyArns }));
    expect(policy).toContain('"Effect":"Deny","Action":"*","Resource":"*"');
    expect(policy).toContain('"DateGreaterThanEquals":{"aws:CurrentTime":"2026-01-01T00:01:00Z"}');
  });
});

describe("bindSourceIp", () => {
  const bound = { bindSourceIp: true };
  const someone = expiringIn(86_400);

  test.each(["203.0.113.7", "2001:db8::7"])("binds what is granted to the caller's address %s", (address) => {
    const { policy } = accepted(decide("grant", someone, bound, address));
    expect(policy.split(`"IpAddress":{"aws:SourceIp":"${address}"}`)).toHaveLength(3);
  });

  test("makes another session for another address", () => {
    const specs = ["203.0.113.7", "203.0.113.8"].map((address) => decide("grant", someone, bound, address));
    expect(specs[0]).not.toEqual(specs[1]);
  });

  test.each([undefined, "unknown", "", "_hidden", "203.0.113.7:80", "203.0.113.0/24", "fe80::1%eth0"])(
    "refuses a grant whose caller's address is %j",
    (address) => {
      expect(refused(decide("grant", someone, bound, address))).toMatchObject({
        reason: "claim_unrepresentable",
        slot: "bindSourceIp",
      });
    },
  );

  test("is nothing to a proxied call, nor to a rule without it", () => {
    expect(decide("proxy", someone, bound, "unknown")).toEqual(decide("proxy", someone));
    expect(decide("grant", someone, {}, "203.0.113.7")).toEqual(decide("grant", someone));
  });
});

test("two callers never have one spec, whatever a rule names their sessions", () => {
  const shared = { sessionName: cel('"the-same"'), sourceIdentity: null };
  const callers = fc.tuple(
    fc.constantFrom("https://a.example/", "https://b.example/"),
    fc.string({ minLength: 1 }),
  );
  const specOf = ([issuer, subject]: readonly [string, string], rule: typeof shared | object) => {
    const result = decide("proxy", principalWith({}, { issuer: issuerWith({ issuer }), subject }), rule);
    return result.ok ? JSON.stringify(result.value) : undefined;
  };
  fc.assert(
    fc.property(callers, callers, fc.constantFrom(shared, {}), (a, b, rule) => {
      fc.pre(a[0] !== b[0] || a[1] !== b[1]);
      const spec = specOf(a, rule);
      expect(spec).toBeDefined();
      expect(spec).not.toBe(specOf(b, rule));
    }),
  );
});

describe("createAuthorize", () => {
  const match = (door: Door) => matchOf(routeWith("ANY /reports", { roles: [roleRuleWith()] }), door);

  test("gives the proxy door the very same spec again, whatever the time and the address", () => {
    const decideOnce = createAuthorize();
    const [principal, proxy] = [expiringIn(60), match("proxy")];
    const first = accepted(decideOnce(proxy, principal, now, "203.0.113.7"));
    expect(accepted(decideOnce(proxy, principal, now + 3_600_000, "203.0.113.8"))).toBe(first);
    expect(first).toEqual(accepted(authorize(proxy, principal, now)));
  });

  test("decides each grant anew, since the time counts there", () => {
    const decideOnce = createAuthorize();
    const [principal, grant] = [expiringIn(5_000), match("grant")];
    expect(accepted(decideOnce(grant, principal, now)).notAfter).toBeUndefined();
    expect(accepted(decideOnce(grant, principal, now + 2_000_000)).notAfter).toBe(principal.expiresAt);
  });

  test("remembers a refusal, and for its own caller only", () => {
    const rule = roleRuleWith({ when: cel('claims.tenant == "acme"', "bool") });
    const proxy = matchOf(routeWith("ANY /reports", { roles: [rule] }), "proxy");
    const decideOnce = createAuthorize();
    const [acme, globex] = ["acme", "globex"].map((tenant) => principalWith({ tenant })) as [
      TokenPrincipal,
      TokenPrincipal,
    ];
    for (const time of [now, now + 1]) {
      expect(decideOnce(proxy, acme, time).ok).toBe(true);
      expect(refused(decideOnce(proxy, globex, time)).reason).toBe("role_not_granted");
    }
  });

  test.each([
    ["the session name", { sessionName: cel("route.params.id") }],
    ["the source identity", { sourceIdentity: cel("route.params.id") }],
    ["a tag", { tags: [{ key: "id", value: cel("route.params.id", "strings") }] }],
    ["the condition", { when: cel('route.params.id == "one"', "bool") }],
    [
      "the role",
      {
        roleArn: {
          template: template("arn:aws:iam::123456789012:role/r-${route.params.id}"),
          pattern: "arn:aws:iam::123456789012:role/r-*",
        },
      },
    ],
  ])("never carries a decision from one path to another where %s reads it", (_, rule) => {
    const route = routeWith("ANY /reports/{id}", { roles: [roleRuleWith(rule)] });
    const decideOnce = createAuthorize();
    const principal = principalWith();
    for (const id of ["one", "two", "one"]) {
      const proxy = { ...matchOf(route, "proxy"), params: { id } };
      expect(decideOnce(proxy, principal, now)).toEqual(authorize(proxy, principal, now));
    }
  });
});
