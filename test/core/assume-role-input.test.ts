import fc from "fast-check";
import { readAssumeRoleInput } from "../../deploy/local/aws/sts/assume-role-input.js";
import { authorize } from "../../server/authorize.js";
import { assumeRoleInput } from "../../server/core/assume-role-input.js";
import { cel, statementWith, template } from "../fixtures/expression.js";
import { now, principalWith } from "../fixtures/principal.js";
import { roleRuleWith } from "../fixtures/role-rule.js";
import { matchOf, routeWith } from "../fixtures/route.js";
import { sessionSpecWith } from "../fixtures/session.js";
import { nowSeconds } from "../fixtures/tokens.js";

const fresh = { now, isChained: false };

test("holds nothing that the spec leaves out", () => {
  const { sourceIdentity, ...bare } = sessionSpecWith();
  expect(sourceIdentity).toBeDefined();
  expect(Object.keys(assumeRoleInput(bare, fresh))).toEqual([
    ...["RoleArn", "RoleSessionName", "DurationSeconds", "Policy"],
  ]);
});

test("holds all that the spec says, and neither the caller nor the rule", () => {
  const spec = sessionSpecWith({
    tags: [{ key: "tenant", value: "acme" }],
    transitiveTagKeys: ["tenant"],
    externalId: "ext-1",
    policyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
  });
  expect(assumeRoleInput(spec, fresh)).toEqual({
    RoleArn: "arn:aws:iam::123456789012:role/reports-invoker",
    RoleSessionName: "main.alice",
    SourceIdentity: "main.alice",
    DurationSeconds: 3600,
    ExternalId: "ext-1",
    Policy: spec.policy,
    PolicyArns: [{ arn: "arn:aws:iam::aws:policy/ReadOnlyAccess" }],
    Tags: [{ Key: "tenant", Value: "acme" }],
    TransitiveTagKeys: ["tenant"],
  });
});

test.each([
  ["the rule's duration", 3600, undefined, false, 3600],
  ["the floor where the rule asks for less", 60, undefined, false, 900],
  ["what is left of the token", 3600, nowSeconds + 1800, false, 1800],
  ["what is left in whole seconds", 3600, nowSeconds + 1800.9, false, 1800],
  ["no more than the rule where the token lives longer", 3600, nowSeconds + 7200, false, 3600],
  ["the floor where less is left", 3600, nowSeconds + 899, false, 900],
  ["the floor where nothing is left", 3600, nowSeconds - 1, false, 900],
  ["twelve hours for a gateway with keys of its own", 43_200, undefined, false, 43_200],
  ["one hour for a gateway on a role", 43_200, undefined, true, 3600],
  ["less than that hour where the rule says so", 1800, undefined, true, 1800],
])("asks for %s", (_, durationSeconds, notAfter, isChained, expected) => {
  const spec = sessionSpecWith({ durationSeconds, ...(notAfter !== undefined && { notAfter }) });
  expect(assumeRoleInput(spec, { now, isChained }).DurationSeconds).toBe(expected);
});

describe("whatever the claims say, what is not refused here", () => {
  const rule = roleRuleWith({
    roleArn: {
      template: template("arn:aws:iam::123456789012:role/tenant-${claims.tenant}"),
      pattern: "arn:aws:iam::123456789012:role/tenant-*",
    },
    sessionName: cel("claims.name"),
    tags: [
      { key: "name", value: cel("claims.name", "strings") },
      { key: "groups", value: cel("claims.groups", "strings") },
    ],
    transitiveTagKeys: ["groups"],
    policy: [
      statementWith(),
      statementWith({
        Action: ["s3:ListBucket"],
        Resource: [template("arn:aws:s3:::reports")],
        Condition: { StringLike: { "s3:prefix": [template("${claims.name}/*")] } },
      }),
    ],
  });
  const match = matchOf(routeWith("ANY /reports", { roles: [rule] }), "grant");

  // STS's query protocol, as the SDK writes it.
  function parametersOf(input: ReturnType<typeof assumeRoleInput>): Map<string, string> {
    const { Tags = [], TransitiveTagKeys = [] } = input;
    const scalars = ["RoleArn", "RoleSessionName", "SourceIdentity", "DurationSeconds", "Policy"] as const;
    const tags = Tags.flatMap(({ Key, Value }, at) => [
      [`Tags.member.${at + 1}.Key`, Key ?? ""] as const,
      [`Tags.member.${at + 1}.Value`, Value ?? ""] as const,
    ]);
    const keys = TransitiveTagKeys.map((key, at) => [`TransitiveTagKeys.member.${at + 1}`, key] as const);
    const named = scalars.map((name) => [name, String(input[name])] as const);
    return new Map([["Action", "AssumeRole"], ["Version", "2011-06-15"], ...named, ...tags, ...keys]);
  }

  const hostile = fc.oneof(
    fc.string({ unit: "binary", maxLength: 300 }),
    fc.string({
      unit: fc.constantFrom("a", ":", "=", "|", "/", "*", '"', "é", "山", "\ud800"),
      maxLength: 90,
    }),
    fc.stringMatching(/^[a-z]{1,40}$/),
  );
  const tenant = fc.oneof(hostile, fc.stringMatching(/^[\w+=,.@-]{1,60}$/));

  test("STS does not find fault with either", () => {
    let taken = 0;
    fc.assert(
      fc.property(tenant, hostile, fc.array(hostile, { maxLength: 4 }), (tenantClaim, name, groups) => {
        const principal = principalWith(
          { tenant: tenantClaim, name, groups },
          { expiresAt: nowSeconds + 60 },
        );
        const spec = authorize(match, principal, now);
        if (!spec.ok) return;
        taken += 1;
        const read = readAssumeRoleInput(parametersOf(assumeRoleInput(spec.value, fresh)), []);
        expect(read).toMatchObject({ ok: true, value: { roleSessionName: spec.value.roleSessionName } });
      }),
      { numRuns: 3000 },
    );
    expect(taken).toBeGreaterThan(100);
  });
});
