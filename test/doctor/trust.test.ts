// Who may become the role of a rule, where the policies decide what is said: both sides, other accounts, Deny, NotAction,
// and which statement goes where.
import { accept, refuse } from "../../server/core/result.js";
import { examine } from "../../server/doctor/examine.js";
import type { Facts, Probe, Unseen } from "../../server/doctor/facts.js";
import type { Finding } from "../../server/doctor/finding.js";
import { identityOf } from "../../server/doctor/identity.js";
import type { Scope } from "../../server/doctor/scope.js";
import { roleArn, smallScope, statements, wellFacts, wellRole } from "./facts.js";

const gatewayRole = "arn:aws:iam::123456789012:role/gateway";
const theirs = roleArn.replace("123456789012", "210987654321");
const account = { AWS: "arn:aws:iam::123456789012:root" };
const unread = refuse<Unseen>({ kind: "denied", needs: "iam:GetRole", sentence: "no" });
const every = { Effect: "Allow", Action: "*", Resource: "*" };

const trusting = (...trust: readonly object[]): Pick<Facts, "roles"> => {
  const role = accept({ ...wellRole, trust: statements(...trust) });
  return {
    roles: new Map([
      [roleArn, role],
      [theirs, role],
    ]),
  };
};
const unreadRole = { roles: new Map([roleArn, theirs].map((arn) => [arn, unread] as const)) };
const owning = (...own: readonly object[]) => ({ ownPolicies: accept(statements(...own)) });
const deniedBySts = (...actions: readonly string[]) => {
  const probe: Probe = { outcome: "denied", actions, message: "m" };
  return { probes: new Map([["caller", probe]]) };
};

/** A rule that needs AssumeRole alone. */
const assumeOnly = smallScope({ role: { sourceIdentity: null } });
const assumeTheirs = smallScope({ role: { roleArn: theirs, sourceIdentity: null } });
/** What sessions may do is not asked here. */
const findingsOf = (bent: Partial<Facts>, scope: Scope): readonly Finding[] => {
  const policies = accept(statements(every));
  const rolePolicies = new Map([roleArn, theirs].map((arn) => [arn, policies] as const));
  return examine(scope, wellFacts({ rolePolicies, functions: new Map(), ...bent })).findings;
};
const saidOf = (bent: Partial<Facts>, scope = assumeOnly): readonly string[] =>
  findingsOf(bent, scope).map(({ id, severity, problem }) => {
    return `${severity} ${id}: ${problem.replace(/^(\S+) for \S+ /, "$1 ")}`;
  });

const allow = (Principal: unknown, Action: unknown = "sts:*") => ({ Effect: "Allow", Principal, Action });
const [inTrust, inOwn] = ["the trust policy of caller", "the policies of gateway"];
const lacking = (what: string) => `error assume_role_denied: sts:AssumeRole is not allowed by ${what}`;

describe("a Deny in a trust policy", () => {
  const deny = (Principal: unknown, more: object = {}) => ({
    ...{ Effect: "Deny", Principal, Action: "sts:AssumeRole" },
    ...more,
  });
  const denied = [`error assume_role_denied: sts:AssumeRole is denied by ${inTrust}`];
  test.each<[string, object, readonly string[]]>([
    ["of the gateway", deny({ AWS: gatewayRole }), denied],
    ["of its account", deny(account), denied],
    ["of everybody", deny("*"), denied],
    ["of another role", deny({ AWS: `${gatewayRole}2` }), []],
    ["of another action", deny("*", { Action: "sts:TagSession" }), []],
    ["on a condition: who knows", deny("*", { Condition: { Bool: { "aws:SecureTransport": "false" } } }), []],
    [
      "by NotPrincipal: who knows",
      { Effect: "Deny", NotPrincipal: { AWS: gatewayRole }, Action: "sts:*" },
      [],
    ],
  ])("%s", (_title, statement, said) => {
    const bent = trusting(allow({ AWS: gatewayRole }), statement);
    expect(saidOf(bent)).toEqual(said);
    // No statement helps against it.
    for (const finding of findingsOf(bent, assumeOnly)) expect(finding).not.toHaveProperty("paste");
  });

  test("is the finding where STS said no, and no condition is suspected", () => {
    const bent = { ...trusting(allow({ AWS: gatewayRole }), deny("*")), ...deniedBySts("sts:AssumeRole") };
    expect(saidOf(bent)).toEqual(denied);
  });
});

test("a Deny in the gateway's own policies goes before a trust policy that names it, and has no paste", () => {
  const bent = owning({ ...every, Effect: "Deny" });
  expect(saidOf(bent)).toEqual([`error assume_role_denied: sts:AssumeRole is denied by ${inOwn}`]);
  expect(findingsOf(bent, assumeOnly)[0]).not.toHaveProperty("paste");
});

test.each<[string, object]>([
  [
    "NotAction that names the gateway",
    { Effect: "Allow", Principal: { AWS: gatewayRole }, NotAction: "s3:*" },
  ],
  ["NotPrincipal", { Effect: "Allow", NotPrincipal: { AWS: `${gatewayRole}2` }, Action: "sts:*" }],
  ["a condition", { ...allow({ AWS: gatewayRole }), Condition: { StringEquals: { "sts:ExternalId": "x" } } }],
])("a trust policy with %s is taken to allow, since only IAM can tell", (_title, statement) => {
  expect(saidOf(trusting(statement), smallScope())).toEqual([]);
  const refused = { ...trusting(statement), ...deniedBySts("sts:AssumeRole") };
  expect(findingsOf(refused, smallScope()).map(({ id }) => id)).toEqual(["trust_condition_refuses"]);
});

test("a statement of the gateway's own with a condition that only function URLs have is none for STS", () => {
  const Condition = { StringEquals: { "lambda:FunctionUrlAuthType": "AWS_IAM" } };
  const bent = { ...trusting(allow(account)), ...owning({ ...every, Condition }) };
  expect(saidOf(bent)).toEqual([lacking(inOwn)]);
});

test.each<[string, object]>([
  ["NotAction for another", { Effect: "Allow", Principal: { AWS: `${gatewayRole}2` }, NotAction: "s3:*" }],
  ["NotAction for a service", { Effect: "Allow", Principal: { Service: "x" }, NotAction: "s3:*" }],
  [
    "NotPrincipal and another action",
    { Effect: "Allow", NotPrincipal: { AWS: "210987654321" }, Action: "s3:*" },
  ],
])("a trust policy with %s says nothing of the gateway", (_title, statement) => {
  expect(saidOf(trusting(statement))).toEqual([lacking(inTrust)]);
});

describe("a gateway without policies of its own", () => {
  const own = owning();
  test.each<[string, Partial<Facts>, Scope, readonly string[]]>([
    ["whom the trust policy names", { ...own, ...trusting(allow({ AWS: gatewayRole })) }, assumeOnly, []],
    ["who is among everybody", { ...own, ...trusting(allow("*")) }, assumeOnly, []],
    ["who is among every AWS principal", { ...own, ...trusting(allow({ AWS: "*" })) }, assumeOnly, []],
    ["whose account is named", { ...own, ...trusting(allow(account)) }, assumeOnly, [lacking(inOwn)]],
    [
      "whom a role of another account names",
      { ...own, ...trusting(allow({ AWS: gatewayRole })) },
      assumeTheirs,
      [lacking(inOwn)],
    ],
    [
      "whom a role of another account takes among everybody",
      { ...own, ...trusting(allow("*")) },
      assumeTheirs,
      [lacking(inOwn)],
    ],
    [
      "whom the trust policy names, and STS said no",
      { ...own, ...trusting(allow({ AWS: gatewayRole })), ...deniedBySts("sts:AssumeRole") },
      assumeOnly,
      [lacking(inOwn)],
    ],
  ])("%s", (_title, bent, scope, said) => {
    expect(saidOf(bent, scope)).toEqual(said);
  });

  test("is an error for another account's role, and a doubt where the trust policy may be enough and was not read", () => {
    expect(saidOf({ ...own, ...unreadRole }, assumeTheirs)).toEqual([lacking(inOwn)]);
    expect(saidOf({ ...own, ...unreadRole })).toEqual([
      `warning assume_role_denied: sts:AssumeRole is not allowed by ${inOwn}; ${inTrust}, which may be enough, could not be read`,
    ]);
    expect(saidOf({ ...own, ...unreadRole, ...deniedBySts("sts:AssumeRole") })).toEqual([lacking(inOwn)]);
    const sourceIdentity = findingsOf({ ...own, ...unreadRole }, smallScope()).at(0);
    expect(sourceIdentity).toMatchObject({ id: "set_source_identity_denied", severity: "error" });
  });
});

describe("what is to be pasted goes to the side that is named", () => {
  const [intoTrust, intoOwn] = [
    "the trust policy of caller, as one of its statements",
    "a policy of gateway, as one of its statements",
  ];
  const statementFor = (into: string | undefined, resource: string): object =>
    into === intoOwn
      ? { Effect: "Allow", Action: "sts:AssumeRole", Resource: resource }
      : { Effect: "Allow", Principal: { AWS: gatewayRole }, Action: "sts:AssumeRole" };
  const noOwn = owning();
  const noTrust = trusting();
  const unreadOwn = { ownPolicies: unread };
  const sts = deniedBySts("sts:AssumeRole");
  test.each<[string, Partial<Facts>, Scope, readonly string[]]>([
    ["another account's trust unseen, own missing", { ...unreadRole, ...noOwn }, assumeTheirs, [intoOwn]],
    ["the same, and STS said no", { ...unreadRole, ...noOwn, ...sts }, assumeTheirs, [intoOwn]],
    ["trust missing, own unseen", { ...noTrust, ...unreadOwn }, assumeOnly, [intoTrust]],
    ["trust missing, own allowing", noTrust, assumeOnly, [intoTrust]],
    ["trust allowing, own unseen, STS said no", { ...unreadOwn, ...sts }, assumeOnly, [intoOwn]],
    ["trust unseen, own allowing, STS said no", { ...unreadRole, ...sts }, assumeOnly, [intoTrust]],
    ["both unseen, STS said no", { ...unreadRole, ...unreadOwn, ...sts }, assumeOnly, [intoTrust]],
    ["both missing between accounts", { ...noTrust, ...noOwn }, assumeTheirs, [intoTrust, intoOwn]],
    ["the same, and STS said no", { ...noTrust, ...noOwn, ...sts }, assumeTheirs, [intoTrust, intoOwn]],
    // To trust the gateway is enough there.
    ["both missing within an account", { ...noTrust, ...noOwn }, assumeOnly, [intoTrust]],
  ])("%s", (_title, bent, scope, places) => {
    const own = scope === assumeTheirs && !bent.ownPolicies ? owning({ ...every }) : {};
    const pastes = findingsOf({ ...own, ...bent }, scope).map(({ paste }) => paste);
    expect(pastes.map((paste) => paste?.into)).toEqual(places);
    const resource = scope === assumeTheirs ? theirs : roleArn;
    for (const paste of pastes)
      expect(JSON.parse(paste?.text ?? "")).toEqual(statementFor(paste?.into, resource));
  });

  test("the source identity needs both sides, so each that lacks it is a finding", () => {
    const trust = trusting(allow("*", "sts:AssumeRole"));
    const findings = findingsOf(
      { ...trust, ...owning({ ...every, Action: "sts:AssumeRole" }) },
      smallScope(),
    );
    expect(findings.map(({ id, paste }) => [id, paste?.into])).toEqual([
      ["set_source_identity_denied", intoTrust],
      ["set_source_identity_denied", intoOwn],
    ]);
  });
});

describe("a rule's external id is asked for by what is to be pasted", () => {
  const equals = { StringEquals: { "sts:ExternalId": "x1" } };
  const person = { StringLike: { "sts:SourceIdentity": "?*" } };
  const tagged = { externalId: "x1", tags: { tenant: "claims.t" } };
  const wanted = [
    ["sts:AssumeRole", { ...equals, ...person }],
    ["sts:TagSession", { "ForAllValues:StringEquals": { "aws:TagKeys": ["tenant"] } }],
    ["sts:SetSourceIdentity", person],
  ];
  const conditionsOf = (given: readonly unknown[]) =>
    (given as readonly { Action: string; Condition?: object }[]).map(({ Action, Condition }) => [
      Action,
      Condition,
    ]);

  test("in the statement for AssumeRole, the only action that AWS gives it to", () => {
    const findings = findingsOf(trusting(), smallScope({ role: tagged }));
    expect(conditionsOf(findings.map(({ paste }) => JSON.parse(paste?.text ?? "") as unknown))).toEqual(
      wanted,
    );
    const alone = smallScope({ role: { externalId: "x1", sourceIdentity: null } });
    const [finding] = findingsOf(trusting(), alone);
    expect(JSON.parse(finding?.paste?.text ?? "")).toMatchObject({ Condition: equals });
  });

  test("in the role of a template", () => {
    const absent = refuse<Unseen>({ kind: "absent", needs: "", sentence: "" });
    const roles = new Map([[roleArn, absent]]);
    const [finding] = findingsOf({ roles }, smallScope({ role: tagged }));
    const role = JSON.parse(finding?.paste?.text ?? "") as {
      Properties: { AssumeRolePolicyDocument: { Statement: readonly unknown[] } };
    };
    expect(conditionsOf(role.Properties.AssumeRolePolicyDocument.Statement)).toEqual(wanted);
  });
});

describe("a role that has another path than the rule says", () => {
  const arn = roleArn.replace("role/", "role/team/");
  const renamed = refuse<Unseen>({ kind: "renamed", needs: "", sentence: "", arn });
  const bent = { roles: new Map([[roleArn, renamed]]), ...deniedBySts("sts:AssumeRole") };

  test("is the one finding, with the ARN that it has, and no trust policy is blamed", () => {
    const report = examine(smallScope(), wellFacts(bent));
    expect(report).toMatchObject({
      findings: [
        {
          id: "role_unknown",
          problem: `there is no role ${roleArn}: the one of that name is ${arn}`,
          paste: { into: "roles[0] caller", format: "yaml", text: `roleArn: ${arn}` },
        },
      ],
      blind: [],
    });
    expect(report.findings).toHaveLength(1);
  });

  test("has nothing to paste where a claim chooses the role", () => {
    const scope = smallScope();
    const template = { template: { literals: [], slots: [] }, pattern: "" };
    const rules = scope.rules.map((checked) => ({
      ...checked,
      rule: { ...checked.rule, roleArn: template },
    }));
    const [finding] = findingsOf(bent, { ...scope, rules });
    expect(finding?.id).toBe("role_unknown");
    expect(finding).not.toHaveProperty("paste");
  });
});

test("where STS said no, the gateway's own policies are asked for", () => {
  const report = examine(smallScope(), wellFacts({ ownPolicies: unread, ...deniedBySts("sts:AssumeRole") }));
  expect(report.blind).toEqual([
    { where: ["the gateway's own role"], sentence: "could not see: needs iam:GetRole" },
  ]);
});

test.each([
  ["arn:aws:sts::123456789012:assumed-role/gateway/task", true],
  [gatewayRole, true],
  ["arn:aws:sts::123456789012:federated-user/ci", true],
  ["arn:aws:iam::123456789012:user/ci", false],
  ["arn:aws:iam::123456789012:root", false],
])("whether %s has a session's credentials: %s", (arn, isChained) => {
  expect(identityOf(arn).isChained).toBe(isChained);
});
