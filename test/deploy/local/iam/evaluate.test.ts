import fc from "fast-check";
import type { Decision } from "../../../../deploy/local/aws/iam/decision.js";
import { evaluate, evaluateTrust, type PolicySet } from "../../../../deploy/local/aws/iam/evaluate.js";
import type { PolicyDocument, PolicyStatement, Principal } from "../../../../deploy/local/aws/model.js";
import {
  policy,
  roleArn,
  sampleCaller,
  sampleRole,
  silent,
  textMatching,
  type StatementJson,
} from "./sample-caller.js";

const resource = "arn:aws:lambda:eu-west-1:123456789012:function:reports:live";
const request = { action: "lambda:InvokeFunction", resource, context: { "aws:securetransport": "true" } };
const allow: StatementJson = { Action: "lambda:InvokeFunction", Resource: resource };
const deny: StatementJson = { ...allow, Effect: "Deny", Sid: "Never" };
const unknownKey = { Condition: { StringEquals: { "aws:SourceVpc": "vpc-1" } } };
const openVariable = { Resource: "arn:aws:lambda:*:*:function:${aws:PrincipalTag/none}" };

const never = { Effect: "Deny" } as const;
const denyAll = { ...never, Resource: "*" };
const exceptOn = { Action: "lambda:InvokeFunction" };
const openException = { NotResource: openVariable.Resource };

const decide = (identity: StatementJson[], session?: StatementJson[]): Decision =>
  evaluate(
    request,
    {
      identity: [policy("identity", ...identity)],
      ...(session === undefined ? {} : { session: policy("session", ...session) }),
    },
    silent,
  );

const other: StatementJson = { Action: "s3:GetObject", Resource: "*" };

test.each<[string, StatementJson[], StatementJson[] | undefined, boolean]>([
  ["the role allows", [allow], undefined, true],
  ["the role allows something else", [other], undefined, false],
  ["both allow", [allow], [allow], true],
  ["only the session policy allows", [other], [allow], false],
  ["only the role allows", [allow], [other], false],
  ["the role denies as well", [allow, deny], undefined, false],
  ["the session policy denies as well", [allow], [allow, deny], false],
  ["an Allow hangs on an unknown key", [{ ...allow, ...unknownKey }], undefined, false],
  ["a Deny hangs on an unknown key", [allow, { ...deny, ...unknownKey }], undefined, false],
  ["an Allow has an open variable", [{ ...allow, ...openVariable }], undefined, false],
  ["a Deny has an open variable", [allow, { ...deny, ...openVariable }], undefined, false],
  [
    "a Deny does not hold",
    [allow, { ...deny, Condition: { Bool: { "aws:SecureTransport": "false" } } }],
    undefined,
    true,
  ],
  [
    "a Deny has an unknown key beside a condition that does not hold",
    [allow, { ...deny, Condition: { Bool: { "aws:SecureTransport": "false" }, ...unknownKey.Condition } }],
    undefined,
    true,
  ],
  ["a Deny is on another resource", [allow, { ...deny, Resource: `${resource}r` }], undefined, true],
  ["all but another action is allowed", [{ NotAction: "s3:*", Resource: resource }], undefined, true],
  ["all but this action is allowed", [{ NotAction: "lambda:Invoke*", Resource: resource }], undefined, false],
  ["all but this action is denied", [allow, { ...denyAll, NotAction: "LAMBDA:*" }], undefined, true],
  ["all but another action is denied", [allow, { ...denyAll, NotAction: "sts:*" }], undefined, false],
  ["all but another resource is allowed", [{ ...exceptOn, NotResource: `${resource}r` }], undefined, true],
  ["all but this resource is allowed", [{ ...exceptOn, NotResource: resource }], undefined, false],
  [
    "all but this resource is denied",
    [allow, { ...exceptOn, ...never, NotResource: resource }],
    undefined,
    true,
  ],
  [
    "all but another resource is denied",
    [allow, { ...exceptOn, ...never, NotResource: `${resource}r` }],
    undefined,
    false,
  ],
  [
    "what is excepted from an Allow reaches over colons",
    [{ ...exceptOn, NotResource: "arn:aws:lambda:*:*:f*live" }],
    undefined,
    false,
  ],
  [
    "what is excepted from a Deny does not reach over colons",
    [allow, { ...exceptOn, ...never, NotResource: "arn:aws:lambda:*:*:f*live" }],
    undefined,
    false,
  ],
  ["an exception from an Allow has an open variable", [{ ...exceptOn, ...openException }], undefined, false],
  [
    "an exception from a Deny has an open variable",
    [allow, { ...exceptOn, ...never, ...openException }],
    undefined,
    false,
  ],
  [
    "an exception with an open variable is covered by another",
    [{ ...exceptOn, NotResource: [openException.NotResource, resource] }],
    undefined,
    false,
  ],
  [
    "a Deny's wildcard reaches over colons",
    [allow, { ...deny, Resource: "arn:aws:lambda:*:*:f*live" }],
    undefined,
    false,
  ],
])("%s", (_title, identity, session, allowed) => {
  expect(decide(identity, session).allowed).toBe(allowed);
});

test("a refusal names what was missing", () => {
  expect(decide([other])).toMatchObject({
    why: `lambda:InvokeFunction on ${resource}: no statement of the role's policies allows it`,
  });
  expect(decide([allow], [other])).toMatchObject({
    why: textMatching(/no statement of the session policy/),
  });
  expect(decide([allow, deny])).toMatchObject({
    why: textMatching(/explicit deny in statement Never/),
  });
});

const flag = fc.option(fc.constant(true as const), { nil: undefined });
const statement: fc.Arbitrary<PolicyStatement> = fc
  .record({
    effect: fc.constantFrom("Allow" as const, "Deny" as const),
    actions: fc.array(fc.constantFrom("*", "lambda:*", "lambda:InvokeFunction", "s3:GetObject"), {
      minLength: 1,
    }),
    resources: fc.array(
      fc.constantFrom("*", resource, `${resource}x`, "arn:aws:lambda:*:*:function:${aws:userid}"),
    ),
    conditions: fc.array(
      fc.record({
        operator: fc.constantFrom("Bool", "Null", "StringNotEquals", "Unheard", "ForAllValues:StringEquals"),
        key: fc.constantFrom("aws:SecureTransport", "aws:username", "aws:SourceVpc"),
        values: fc.array(fc.constantFrom("true", "false"), { minLength: 1 }),
      }),
      { maxLength: 2 },
    ),
    exceptActions: flag,
    exceptResources: flag,
    principals: fc.record({
      aws: fc.subarray(["*", roleArn("analyst"), sampleCaller().arn, "123456789012"]),
      service: fc.constant([]),
      federated: fc.constant([]),
    }),
  })
  .map(({ exceptActions, exceptResources, ...rest }) => ({
    ...rest,
    ...(exceptActions && { exceptActions }),
    ...(exceptResources && { exceptResources }),
  }));
const document: fc.Arbitrary<PolicyDocument> = fc.record({
  statements: fc.array(statement, { maxLength: 4 }),
});

const runs = { numRuns: 1000 };
const judge = (policies: PolicySet): boolean => evaluate(request, policies, silent).allowed;
const added = ({ statements }: PolicyDocument, more: PolicyStatement): PolicyDocument => ({
  statements: [...statements, more],
});

test("no session policy gives more than the role has", () => {
  fc.assert(
    fc.property(
      document,
      document,
      (identity, session) => judge({ identity: [identity] }) || !judge({ identity: [identity], session }),
    ),
    runs,
  );
});

test("adding any statement to a session policy never turns a deny of the role into an allow", () => {
  fc.assert(
    fc.property(document, document, statement, (identity, session, more) => {
      const role = judge({ identity: [identity] });
      return role || !judge({ identity: [identity], session: added(session, more) });
    }),
    runs,
  );
});

const layers = fc.constantFrom(
  "identity" as const,
  "boundary" as const,
  "session" as const,
  "resource" as const,
);
const sets: fc.Arbitrary<PolicySet> = fc.record(
  {
    identity: fc.array(document, { maxLength: 2 }),
    boundary: document,
    session: document,
    resource: document,
    principal: fc.constantFrom<Principal>(
      { kind: "session", caller: sampleCaller() },
      { kind: "anonymous" },
      { kind: "service", name: "s3.amazonaws.com" },
    ),
    resourceAccountId: fc.constantFrom("123456789012", "999999999999"),
  },
  { requiredKeys: ["identity", "principal"] },
);

test("a Deny added anywhere never turns a refusal into an allow", () => {
  fc.assert(
    fc.property(sets, layers, statement, (policies, layer, more) => {
      const deny = { ...more, effect: "Deny" as const };
      const stricter =
        layer === "identity"
          ? { ...policies, identity: [...policies.identity, { statements: [deny] }] }
          : { ...policies, [layer]: added(policies[layer] ?? { statements: [] }, deny) };
      // A boundary or session policy that is new limits by being there, never gives.
      return judge(policies) || !judge(stricter);
    }),
    runs,
  );
});

test("a boundary and a session policy only narrow, whatever the function's policy gives", () => {
  fc.assert(
    fc.property(sets, document, (policies, limit) => {
      const { boundary, session, ...open } = policies;
      const limited = [
        { ...open, boundary: limit, ...(session && { session }) },
        { ...open, session: limit, ...(boundary && { boundary }) },
      ];
      const without = [
        { ...open, ...(session && { session }) },
        { ...open, ...(boundary && { boundary }) },
      ];
      return limited.every((set, at) => !judge(set) || judge(without[at] ?? open));
    }),
    runs,
  );
});

test("NotAction allows exactly what Action does not, where nothing else is asked", () => {
  const plain = { effect: "Allow", resources: ["*"], conditions: [] } as const;
  const patterns = fc.array(
    fc.constantFrom("*", "lambda:*", "LAMBDA:invokefunction", "lambda:Invoke?unction", "s3:*", "sts:Get*"),
    { minLength: 1, maxLength: 3 },
  );
  fc.assert(
    fc.property(patterns, (actions) => {
      const listed = judge({ identity: [{ statements: [{ ...plain, actions }] }] });
      const excepted = judge({ identity: [{ statements: [{ ...plain, actions, exceptActions: true }] }] });
      return listed !== excepted;
    }),
    runs,
  );
});

const caller = sampleCaller({ role: sampleRole("gateway") });
const principal = { kind: "session", caller } as const;
const trust = (...statements: StatementJson[]): boolean =>
  evaluateTrust(policy("trust", ...statements), { action: "sts:AssumeRole", principal, context: {} }, silent)
    .allowed;

test.each([
  [{ AWS: roleArn("gateway") }, true],
  [{ AWS: "arn:aws:sts::123456789012:assumed-role/gateway/alice" }, true],
  [{ AWS: "arn:aws:iam::123456789012:root" }, true],
  [{ AWS: ["123456789012"] }, true],
  [{ AWS: "*" }, true],
  ["*", true],
  [{ AWS: roleArn("other") }, false],
  [{ AWS: "arn:aws:sts::123456789012:assumed-role/gateway/bob" }, false],
  [{ AWS: "arn:aws:iam::999999999999:root" }, false],
  [{ Service: "ecs-tasks.amazonaws.com" }, false],
  [{ Federated: "arn:aws:iam::123456789012:oidc-provider/login.example.com" }, false],
])("a trust policy for %j trusts a session of the role gateway: %s", (Principal, expected) => {
  expect(trust({ Principal, Action: "sts:AssumeRole" })).toBe(expected);
});

test("a trust policy's Deny wins, and another action's Allow is not enough", () => {
  const open = { Principal: "*", Action: "sts:AssumeRole" };
  expect(trust(open, { ...open, Effect: "Deny" })).toBe(false);
  expect(trust(open, { ...open, Effect: "Deny", Action: "sts:TagSession" })).toBe(true);
  expect(trust({ ...open, Action: "sts:TagSession" })).toBe(false);
});

const provider = "arn:aws:iam::123456789012:oidc-provider/login.example.com";
const federated: Principal = { kind: "federated", providerArn: provider };
const service: Principal = { kind: "service", name: "ecs-tasks.amazonaws.com" };
const anonymous: Principal = { kind: "anonymous" };

test.each<[string, Principal, unknown, boolean]>([
  ["a provider that is named", federated, { Federated: provider }, true],
  ["another provider", federated, { Federated: `${provider}/x` }, false],
  ["a provider, by a star", federated, "*", false],
  ["a service that is named", service, { Service: "ecs-tasks.amazonaws.com" }, true],
  ["a service, by a star", service, "*", false],
  ["another service", service, { Service: "ec2.amazonaws.com" }, false],
  ["the anonymous, by a star", anonymous, "*", true],
  ["the anonymous, by an account", anonymous, { AWS: "123456789012" }, false],
])("a trust policy and %s", (_title, asking, Principal, expected) => {
  const document = policy("trust", { Principal, Action: "sts:AssumeRoleWithWebIdentity" });
  const asked = { action: "sts:AssumeRoleWithWebIdentity", principal: asking, context: {} };
  const decision = evaluateTrust(document, asked, silent);
  expect(decision.allowed).toBe(expected);
});

test.each<[string, Principal]>([
  ["a provider", federated],
  ["a service", service],
  ["the anonymous", anonymous],
  ["a session", principal],
])("a Deny for everyone in a trust policy is for %s too", (_title, asking) => {
  const Action = "sts:AssumeRole";
  const everybody = {
    AWS: [roleArn("gateway"), "*"],
    Federated: provider,
    Service: "ecs-tasks.amazonaws.com",
  };
  const open = { Principal: everybody, Action };
  const asked = { action: Action, principal: asking, context: {} };
  expect(evaluateTrust(policy("trust", open), asked, silent).allowed).toBe(true);
  const closed = policy("trust", open, { Effect: "Deny", Sid: "Closed", Principal: "*", Action });
  expect(evaluateTrust(closed, asked, silent)).toMatchObject({
    why: "sts:AssumeRole: explicit deny in statement Closed in the trust policy",
  });
});

test("NotAction in a trust policy excepts an action", () => {
  const Principal = { AWS: roleArn("gateway") };
  const open = { Principal, Action: ["sts:AssumeRole", "sts:TagSession"] };
  const allBut = { Effect: "Deny", Sid: "Rest", Principal, NotAction: "sts:AssumeRole" } as const;
  const document = policy("trust", open, allBut);
  const decide = (action: string): Decision =>
    evaluateTrust(document, { action, principal, context: {} }, silent);
  expect(decide("sts:AssumeRole").allowed).toBe(true);
  expect(decide("sts:TagSession")).toMatchObject({
    why: "sts:TagSession: explicit deny in statement Rest in the trust policy",
  });
});

test.each<[Principal, string]>([
  [federated, provider],
  [service, "ecs-tasks.amazonaws.com"],
  [anonymous, "anonymous"],
])("a refusal names who asked: %j", (asking, name) => {
  const asked = { action: "sts:AssumeRole", principal: asking, context: {} };
  expect(evaluateTrust({ statements: [] }, asked, silent)).toMatchObject({
    why: `sts:AssumeRole: no statement of the trust policy allows it to ${name}`,
  });
});

test("a statement that names nobody is about nobody", () => {
  const nobody = { effect: "Allow", actions: ["*"], resources: [], conditions: [] } as const;
  const asked = { action: "sts:AssumeRole", principal, context: {} };
  const everyone = policy("trust", { Principal: "*", Action: "sts:AssumeRole" });
  expect(evaluateTrust({ statements: [nobody] }, asked, silent).allowed).toBe(false);
  const denied = { statements: [...everyone.statements, { ...nobody, effect: "Deny" as const }] };
  expect(evaluateTrust(denied, asked, silent).allowed).toBe(true);
});
