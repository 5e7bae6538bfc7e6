import type { Decision } from "../../../../deploy/local/aws/iam/decision.js";
import { evaluate, policiesOf, type PolicySet } from "../../../../deploy/local/aws/iam/evaluate.js";
import type { PolicyDocument, Principal } from "../../../../deploy/local/aws/model.js";
import {
  accountId,
  policy,
  roleArn,
  sampleCaller,
  sampleRole,
  silent,
  type StatementJson,
} from "./sample-caller.js";

const resource = `arn:aws:lambda:eu-west-1:${accountId}:function:reports:live`;
const call: StatementJson = { Action: "lambda:InvokeFunction", Resource: resource };
const allows = policy("identity", call);
const nothing = policy("identity", { ...call, Action: "s3:GetObject" });
const denies = policy("identity", { ...call, Effect: "Deny" });
const provider = `arn:aws:iam::${accountId}:oidc-provider/login.example.com`;
const caller = sampleCaller({ federatedProvider: provider });
const session: Principal = { kind: "session", caller };
const to = (Principal: unknown, more: object = {}): PolicyDocument =>
  policy("resource", { ...call, Principal, ...more });

const toSession = to({ AWS: caller.arn });
const toRole = to({ AWS: roleArn("analyst") });
const toAccount = to({ AWS: accountId });
const toRoot = to({ AWS: `arn:aws:iam::${accountId}:root` });
const toAll = to("*");

const decide = (policies: Partial<PolicySet>): Decision =>
  evaluate(
    { action: "lambda:InvokeFunction", resource, context: {} },
    { identity: [], principal: session, resourceAccountId: accountId, ...policies },
    silent,
  );

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
test.each<[string, Partial<PolicySet>, boolean]>([
  ["the role's policies alone", { identity: [allows] }, true],
  ["the function's policy for the role alone", { resource: toRole }, true],
  ["the function's policy for the session alone", { resource: toSession }, true],
  ["the function's policy for everyone alone", { resource: toAll }, true],
  ["the function's policy for the account alone", { resource: toAccount }, false],
  ["the function's policy for the account's root alone", { resource: toRoot }, false],
  [
    "the role's policies and the function's for the account",
    { identity: [allows], resource: toAccount },
    true,
  ],
  ["the function's policy for another role", { resource: to({ AWS: roleArn("other") }) }, false],
  ["the function's policy for another session", { resource: to({ AWS: `${caller.arn}x` }) }, false],
  ["nobody", {}, false],

  ["the role, not its boundary", { identity: [allows], boundary: nothing }, false],
  ["the role and its boundary", { identity: [allows], boundary: allows }, true],
  ["the boundary alone", { identity: [nothing], boundary: allows }, false],
  ["the function for the role, not the boundary", { resource: toRole, boundary: nothing }, false],
  ["the function for the role, and the boundary", { resource: toRole, boundary: allows }, true],
  ["the function for the role, not the session policy", { resource: toRole, session: nothing }, false],
  ["the function for the role, and the session policy", { resource: toRole, session: allows }, true],
  [
    "the function for the role and the boundary, not the session policy",
    { resource: toRole, boundary: allows, session: nothing },
    false,
  ],
  [
    "the function for the role and the session policy, not the boundary",
    { resource: toRole, boundary: nothing, session: allows },
    false,
  ],
  ["the function for the session, not the boundary", { resource: toSession, boundary: nothing }, true],
  ["the function for the session, not the session policy", { resource: toSession, session: nothing }, true],
  ["the function for everyone, not the session policy", { resource: toAll, session: nothing }, false],
  ["the function for everyone, not the boundary", { resource: toAll, boundary: nothing }, false],
  [
    "the role, the boundary, not the session policy",
    { identity: [allows], boundary: allows, session: nothing },
    false,
  ],

  ["the function for the session, but the role denies", { resource: toSession, identity: [denies] }, false],
  ["the function for the session, but the boundary denies", { resource: toSession, boundary: denies }, false],
  [
    "the function for the session, but the session policy denies",
    { resource: toSession, session: denies },
    false,
  ],
  ["the role, but the function denies the session", denyFor({ AWS: caller.arn }), false],
  ["the role, but the function denies the role", denyFor({ AWS: roleArn("analyst") }), false],
  ["the role, but the function denies the account", denyFor({ AWS: accountId }), false],
  ["the role, but the function denies everyone", denyFor("*"), false],
  ["the role, but the function denies the session's provider", denyFor({ Federated: provider }), false],
  ["the role, and the function denies another role", denyFor({ AWS: roleArn("other") }), true],
  ["the role, and the function denies another provider", denyFor({ Federated: `${provider}x` }), true],
])("in one account, allowed by %s", (_title, policies, allowed) => {
  expect(decide(policies).allowed).toBe(allowed);
});

function denyFor(principal: unknown): Partial<PolicySet> {
  return { identity: [allows], resource: to(principal, { Effect: "Deny" }) };
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
test.each<[string, Partial<PolicySet>, boolean]>([
  ["the role's policies alone", { identity: [allows] }, false],
  ["the function's policy for the role alone", { resource: toRole }, false],
  ["the function's policy for the session alone", { resource: toSession }, false],
  ["both, for the role", { identity: [allows], resource: toRole }, true],
  ["both, for the session", { identity: [allows], resource: toSession }, true],
  ["both, for the account", { identity: [allows], resource: toAccount }, true],
  ["both, for everyone", { identity: [allows], resource: toAll }, true],
  ["both, not the boundary", { identity: [allows], resource: toSession, boundary: nothing }, false],
  ["both, not the session policy", { identity: [allows], resource: toSession, session: nothing }, false],
])("from another account, allowed by %s", (_title, policies, allowed) => {
  expect(decide({ ...policies, resourceAccountId: "999999999999" }).allowed).toBe(allowed);
});

test.each<[string, Principal, unknown, boolean]>([
  [
    "a service that is named",
    { kind: "service", name: "s3.amazonaws.com" },
    { Service: "s3.amazonaws.com" },
    true,
  ],
  ["another service", { kind: "service", name: "s3.amazonaws.com" }, { Service: "sns.amazonaws.com" }, false],
  ["the anonymous, where everyone may", { kind: "anonymous" }, "*", true],
  ["the anonymous, where the account may", { kind: "anonymous" }, { AWS: accountId }, false],
])("%s: the function's policy alone decides", (_title, principal, named, allowed) => {
  const decision = decide({ principal, resource: to(named), identity: [], boundary: nothing });
  expect(decision.allowed).toBe(allowed);
  expect(decide({ principal, identity: [allows] }).allowed).toBe(false);
});

test.each<[string, Partial<PolicySet>, string]>([
  ["identity", {}, "no statement of the role's policies allows it"],
  [
    "boundary",
    { identity: [allows], boundary: nothing },
    "the role allows it, but no statement of the permissions boundary does",
  ],
  [
    "session",
    { resource: toRole, session: nothing },
    "the function's policy allows it, but no statement of the session policy does",
  ],
  [
    "resource",
    { identity: [allows], resourceAccountId: "999999999999" },
    `no statement of the function's policy allows it to ${caller.arn}`,
  ],
  [
    "resource",
    { principal: { kind: "anonymous" } },
    "no statement of the function's policy allows it to anonymous",
  ],
])("a refusal says that the %s layer lacks an Allow", (layer, policies, why) => {
  expect(decide(policies)).toMatchObject({ layer, why: `lambda:InvokeFunction on ${resource}: ${why}` });
});

test("without a known caller a function's policy gives nothing", () => {
  const request = { action: "lambda:InvokeFunction", resource, context: {} };
  expect(evaluate(request, { identity: [], resource: toAll }, silent).allowed).toBe(false);
  const foreign = { identity: [allows], resource: toAll, resourceAccountId: "999999999999" };
  expect(evaluate(request, foreign, silent)).toMatchObject({
    why: `lambda:InvokeFunction on ${resource}: no statement of the function's policy allows it to the caller`,
  });
});

test("a session brings its role's policies, boundary and session policy, and itself", () => {
  const role = sampleRole("r", { policies: [{ name: "p", document: allows }], boundary: nothing });
  const asking = sampleCaller({ role, sessionPolicy: denies });
  expect(policiesOf(asking)).toEqual({
    identity: [{ name: "p", ...allows }],
    boundary: nothing,
    session: denies,
    principal: { kind: "session", caller: asking },
  });
  expect(policiesOf(caller)).toEqual({ identity: [], principal: session });
});
