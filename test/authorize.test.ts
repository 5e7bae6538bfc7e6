import { authorize } from "../server/authorize.js";
import type { Claims, Principal, Route } from "../server/core/model.js";
import { cel, template } from "./fixtures/expression.js";
import { accepted, refused } from "./fixtures/outcome.js";
import { now, principalWith } from "./fixtures/principal.js";
import { roleRuleWith } from "./fixtures/role-rule.js";
import { functionArn, matchOf, routeWith } from "./fixtures/route.js";
import { issuerWith } from "./fixtures/tokens.js";

const decide = (route: Partial<Route>, principal: Principal) =>
  authorize(
    matchOf(routeWith("ANY /reports/{id}", { name: "reports", ...route }), "proxy", { id: "7" }),
    principal,
    now,
  );

const withRule = (rule: Parameters<typeof roleRuleWith>[0], claims: Claims = {}) =>
  decide({ roles: [roleRuleWith(rule)] }, principalWith(claims));

describe("the rule", () => {
  const analyst = roleRuleWith({ when: cel('"analysts" in claims.groups', "bool") });
  const staff = roleRuleWith({ name: "staff", when: cel('claims.sub != ""', "bool") });
  const ruleFor = (roles: Route["roles"], claims: Claims) =>
    accepted(decide({ roles }, principalWith(claims))).rule;

  test("is the first whose condition holds", () => {
    expect(ruleFor([analyst, staff], { groups: ["analysts"] })).toBe("analyst");
    expect(ruleFor([staff, analyst], { groups: ["analysts"] })).toBe("staff");
    expect(ruleFor([analyst, staff], { groups: ["others"] })).toBe("staff");
  });

  test("does not match where its condition fails to evaluate", () => {
    expect(ruleFor([analyst, staff], {})).toBe("staff");
    expect(ruleFor([analyst, staff], { groups: 7 })).toBe("staff");
  });

  test("does not match on what is merely like true", () => {
    for (const claim of ["true", 1, ["x"], { a: 1 }, null]) {
      const roles = [roleRuleWith({ when: cel("claims.admin", "bool") })];
      expect(refused(decide({ roles }, principalWith({ admin: claim }))).reason).toBe("role_not_granted");
    }
  });

  test("may ask for the issuer, the route and its parameters", () => {
    const when = cel(
      'issuer == "main" && route.name == "reports" && route.params.id == claims.report',
      "bool",
    );
    expect(ruleFor([roleRuleWith({ when })], { report: "7" })).toBe("analyst");
    expect(refused(decide({ roles: [roleRuleWith({ when })] }, principalWith({ report: "8" }))).reason).toBe(
      "role_not_granted",
    );
  });

  test("refuses when none matches, and tells the operator why not of each", () => {
    const roles = [analyst, roleRuleWith({ name: "nobody", when: cel("false", "bool") })];
    const denial = refused(decide({ roles }, principalWith()));
    expect(denial.reason).toBe("role_not_granted");
    expect("cause" in denial && denial.cause).toMatch(/^analyst: .*groups.*; nobody: does not hold$/);
  });

  test("refuses where the route has no roles at all", () => {
    expect(refused(decide({ roles: [] }, principalWith())).reason).toBe("role_not_granted");
  });
});

describe("scopes", () => {
  const scopes = ["reports:read", "reports:all"];
  const having = (...own: string[]) => decide({ scopes }, principalWith({}, { scopes: new Set(own) }));

  test.each([[["reports:read"]], [["other", "reports:all"]]])("one of the route's is enough: %j", (own) => {
    expect(having(...own).ok).toBe(true);
  });

  test.each([[[]], [["reports"]], [["REPORTS:READ"]], [["reports:read reports:all"]]])(
    "none is too few: %j",
    (own) => {
      expect(refused(having(...own))).toEqual({ reason: "scope_insufficient", scopes });
    },
  );

  test("are asked before any rule is", () => {
    const roles = [roleRuleWith({ when: cel("false", "bool") })];
    expect(refused(decide({ scopes, roles }, principalWith())).reason).toBe("scope_insufficient");
  });
});

describe("session name and source identity", () => {
  test("are made of the issuer's name and sub", () => {
    const spec = accepted(decide({}, principalWith({}, { subject: "auth0|abc" })));
    expect(spec.roleSessionName).toBe("main.auth0=7Cabc");
    expect(spec.sourceIdentity).toBe("main.auth0=7Cabc");
  });

  test("keep the same sub of two issuers apart", () => {
    const ours = accepted(decide({}, principalWith()));
    const theirs = accepted(decide({}, principalWith({}, { issuer: issuerWith({ name: "partner" }) })));
    expect(ours.roleSessionName).not.toBe(theirs.roleSessionName);
  });

  test("follow the rule's expressions, the identity following the name", () => {
    const email = { email: "a+b@example.com" };
    expect(accepted(withRule({ sessionName: cel("claims.email") }, email))).toMatchObject({
      roleSessionName: "a=2Bb@example.com",
      sourceIdentity: "a=2Bb@example.com",
    });
    expect(accepted(withRule({ sourceIdentity: cel("claims.email") }, email))).toMatchObject({
      roleSessionName: "main.alice",
      sourceIdentity: "a=2Bb@example.com",
    });
  });

  test("refuse a sub that is empty", () => {
    expect(refused(decide({}, principalWith({}, { subject: "" })))).toMatchObject({
      reason: "claim_unrepresentable",
      slot: "sessionName",
    });
  });

  test("refuse what is no string, even where the expression let it pass", () => {
    expect(refused(withRule({ sessionName: cel("claims.n", "any") }, { n: 7 }))).toMatchObject({
      slot: "sessionName",
      cause: "claims.n is not a string; string(...) makes one of a number",
    });
    const tags = [{ key: "n", value: cel("claims.n", "any") }];
    for (const n of [7, [7], { a: "b" }]) {
      expect(refused(withRule({ tags }, { n }))).toMatchObject({
        slot: "tags.n",
        cause: "claims.n is neither a string nor a list of strings; string(...) makes one of a number",
      });
    }
  });

  test("null sends no source identity", () => {
    expect(accepted(withRule({ sourceIdentity: null }))).not.toHaveProperty("sourceIdentity");
  });

  test.each([
    ["sessionName", { sessionName: cel("claims.email") }],
    ["sourceIdentity", { sourceIdentity: cel("claims.email") }],
  ] as const)("refuse what has no form, and say that it was %s", (slot, rule) => {
    for (const claims of [{}, { email: "" }, { email: 7 }, { email: "a\ud800" }, { email: ["a"] }]) {
      expect(refused(withRule(rule, claims))).toMatchObject({ reason: "claim_unrepresentable", slot });
    }
  });
});

describe("tags", () => {
  const tags = [
    { key: "tenant", value: cel("claims.tenant") },
    { key: "team", value: cel("claims.team") },
  ];

  test("carry their values in the form that STS takes", () => {
    const rule = { tags, transitiveTagKeys: ["tenant"] };
    expect(accepted(withRule(rule, { tenant: "acme|eu", team: "" }))).toMatchObject({
      tags: [
        { key: "tenant", value: "acme=7Ceu" },
        { key: "team", value: "" },
      ],
      transitiveTagKeys: ["tenant"],
    });
  });

  test("refuse what has no form, with the tag's key", () => {
    for (const team of [undefined, 7, ["a", 7], null, { a: "b" }, "\ud800", ["a", "\ud800"]]) {
      const claims = { tenant: "acme", ...(team !== undefined && { team }) };
      expect(refused(withRule({ tags }, claims))).toMatchObject({
        reason: "claim_unrepresentable",
        slot: "tags.team",
      });
    }
  });
});

describe("a tag", () => {
  const tags = [{ key: "groups", value: cel("claims.groups", "strings") }];

  test("may be a list of strings", () => {
    expect(accepted(withRule({ tags }, { groups: ["analysts", "a:b"] })).tags).toEqual([
      { key: "groups", value: ":analysts:a=3Ab:" },
    ]);
  });

  test("has the 256 characters that STS takes, and not one more", () => {
    expect(withRule({ tags }, { groups: "x".repeat(256) }).ok).toBe(true);
    expect(withRule({ tags }, { groups: ["x".repeat(254)] }).ok).toBe(true);
    for (const groups of ["x".repeat(257), "|".repeat(86), ["x".repeat(255)]]) {
      expect(refused(withRule({ tags }, { groups }))).toMatchObject({
        reason: "session_too_large",
        slot: "tags.groups",
        cause: expect.stringMatching(
          /^the value of claims\.groups takes 25[78] characters; STS takes 256$/,
        ) as string,
      });
    }
  });
});

describe("a role's ARN with slots", () => {
  const pattern = "arn:aws:iam::123456789012:role/tenants/tenant-*";
  const roleArn = {
    template: template("arn:aws:iam::123456789012:role/tenants/tenant-${claims.tenant}"),
    pattern,
  };

  test("names the role of the caller's claim", () => {
    expect(accepted(withRule({ roleArn }, { tenant: "acme" })).roleArn).toBe(
      "arn:aws:iam::123456789012:role/tenants/tenant-acme",
    );
  });

  test("refuses a claim that is not there or could leave its place", () => {
    for (const claims of [
      {},
      { tenant: "a/../admin" },
      { tenant: "a:b" },
      { tenant: "" },
      { tenant: "a*" },
    ]) {
      expect(refused(withRule({ roleArn }, claims))).toMatchObject({
        reason: "claim_unrepresentable",
        slot: "roleArn",
      });
    }
  });
});

test("the spec says what the rule says, and whom it is for", () => {
  const rule = { durationSeconds: 7200, externalId: "ext-1" };
  const spec = accepted(withRule(rule));
  expect(spec).toMatchObject({
    caller: { issuer: "https://login.example.com/", subject: "alice" },
    rule: "analyst",
    roleArn: "arn:aws:iam::123456789012:role/reports-invoker",
    durationSeconds: 7200,
    externalId: "ext-1",
  });
  expect(spec.policy).toContain(functionArn);
  expect(accepted(withRule({}))).not.toHaveProperty("externalId");
});
