import { isProbe, probeName, probePlan } from "../../server/core/role-probe.js";
import type { RoleRule } from "../../server/core/model.js";
import { cel } from "../fixtures/expression.js";
import { roleRuleWith } from "../fixtures/role-rule.js";
import { sessionSpecWith } from "../fixtures/session.js";

const specOf = (changes: Partial<RoleRule> = {}) => {
  const [probe, ...others] = probePlan([roleRuleWith(changes)]).probes;
  expect(others).toEqual([]);
  if (!probe) throw new Error("no probe");
  return probe.spec;
};

describe("a probe", () => {
  test("asks as a caller of the rule would, with constants in place of claims", () => {
    const spec = specOf({
      tags: [{ key: "tenant", value: cel("claims.tenant", "strings") }],
      transitiveTagKeys: ["tenant"],
      durationSeconds: 43_200,
      externalId: "ext-1",
    });
    expect(spec).toMatchObject({
      roleArn: "arn:aws:iam::123456789012:role/reports-invoker",
      roleSessionName: probeName,
      sourceIdentity: probeName,
      tags: [{ key: "tenant", value: probeName }],
      transitiveTagKeys: ["tenant"],
      durationSeconds: 43_200,
      externalId: "ext-1",
    });
  });

  test("gets a session that may do nothing, whatever the rule adds for callers", () => {
    const spec = specOf({ policyArns: ["arn:aws:iam::aws:policy/AdministratorAccess"] });
    expect(JSON.parse(spec.policy)).toEqual({
      Version: "2012-10-17",
      Statement: [{ Effect: "Deny", Action: "*", Resource: "*" }],
    });
    expect(spec.policyArns).toEqual([]);
  });

  test("sends no source identity where the rule sends none", () => {
    expect(specOf({ sourceIdentity: null })).not.toHaveProperty("sourceIdentity");
    expect(specOf()).not.toHaveProperty("externalId");
  });

  test("takes the values that the rule names for it, and its own for the rest", () => {
    const tags = ["tenant", "team"].map((key) => ({ key, value: cel("claims.x", "strings") }));
    const probe = { sourceIdentity: "probe@example.com", tags: { tenant: "acme" } };
    expect(specOf({ tags, probe })).toMatchObject({
      sourceIdentity: "probe@example.com",
      tags: [
        { key: "tenant", value: "acme" },
        { key: "team", value: probeName },
      ],
    });
  });

  test("is known as one, and no caller is", () => {
    expect(isProbe(specOf())).toBe(true);
    expect(
      isProbe(sessionSpecWith({ caller: { issuer: "urn:grantway:readiness", subject: probeName } })),
    ).toBe(false);
  });
});

describe("the plan", () => {
  test("has one probe for rules that ask alike, and two for one role that is asked for otherwise", () => {
    const { probes } = probePlan([
      roleRuleWith({ name: "a" }),
      roleRuleWith({ name: "b", when: cel("false", "bool") }),
      roleRuleWith({ name: "c", externalId: "ext-1" }),
    ]);
    expect(probes.map(({ rules }) => rules)).toEqual([["a", "b"], ["c"]]);
  });

  test("says which rules have none, and why", () => {
    const template = { template: { literals: ["a", "b"], slots: [cel("claims.x")] }, pattern: "a*b" };
    const { probes, unprobed } = probePlan([
      roleRuleWith({ name: "a", probe: null }),
      roleRuleWith({ name: "b", roleArn: template }),
    ]);
    expect(probes).toEqual([]);
    expect(unprobed).toEqual([
      "the role of rule a is not probed: probe is null",
      "the roles of rule b are not probed: a claim says which one it is",
    ]);
  });
});
