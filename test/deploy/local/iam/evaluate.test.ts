import fc from "fast-check";
import { evaluate, evaluateTrust, type Decision } from "../../../../deploy/local/aws/iam/evaluate.js";
import type { PolicyDocument, PolicyStatement } from "../../../../deploy/local/aws/model.js";
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

const statement: fc.Arbitrary<PolicyStatement> = fc.record({
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
});
const document: fc.Arbitrary<PolicyDocument> = fc.record({
  statements: fc.array(statement, { maxLength: 4 }),
});

test("no session policy gives more than the role has", () => {
  fc.assert(
    fc.property(document, document, (identity, session) => {
      const withSession = evaluate(request, { identity: [identity], session }, silent);
      const without = evaluate(request, { identity: [identity] }, silent);
      return without.allowed || !withSession.allowed;
    }),
    { numRuns: 1000 },
  );
});

test("an Allow added to a session policy never turns a deny of the role into an allow", () => {
  fc.assert(
    fc.property(document, document, statement, (identity, session, more) => {
      const wider = { statements: [...session.statements, { ...more, effect: "Allow" as const }] };
      const role = evaluate(request, { identity: [identity] }, silent);
      return role.allowed || !evaluate(request, { identity: [identity], session: wider }, silent).allowed;
    }),
    { numRuns: 1000 },
  );
});

test("a Deny added anywhere never turns a refusal into an allow", () => {
  fc.assert(
    fc.property(document, document, statement, (identity, session, more) => {
      const stricter = { statements: [...identity.statements, { ...more, effect: "Deny" as const }] };
      const before = evaluate(request, { identity: [identity], session }, silent);
      return before.allowed || !evaluate(request, { identity: [stricter], session }, silent).allowed;
    }),
    { numRuns: 1000 },
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
