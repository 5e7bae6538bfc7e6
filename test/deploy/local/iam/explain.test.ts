import type { Decision, Refused } from "../../../../deploy/local/aws/iam/decision.js";
import { evaluate, evaluateTrust, policiesOf } from "../../../../deploy/local/aws/iam/evaluate.js";
import { explain, reportDenial } from "../../../../deploy/local/aws/iam/explain.js";
import type { Caller, PolicyDocument, Principal } from "../../../../deploy/local/aws/model.js";
import {
  accountId,
  policy,
  roleArn,
  sampleCaller,
  sampleRole,
  silent,
  type StatementJson,
} from "./sample-caller.js";

const resource = `arn:aws:lambda:eu-west-1:${accountId}:function:hello:live`;
const urlContext = { "lambda:functionurlauthtype": "AWS_IAM", "aws:principaltag/tenant": "globex" };
const url = { action: "lambda:InvokeFunctionUrl", resource, context: urlContext };
const allow: StatementJson = { Action: url.action, Resource: resource };

const caller = (statements: StatementJson[], changes: Partial<Caller> = {}): Caller => {
  const policies = [{ name: "invoke", document: policy("identity", ...statements) }];
  return sampleCaller({
    role: sampleRole("analyst", { policies, place: "Resources.AnalystRole" }),
    ...changes,
  });
};

function refusal(decision: Decision): Refused {
  if (decision.allowed) throw new Error("was allowed");
  return decision;
}

const explained = (asking: Caller, request: typeof url = url): string[] =>
  explain(refusal(evaluate(request, policiesOf(asking), silent))).split("\n");

test("one line is printed always, and the explanation where it is asked for", () => {
  const refused = refusal(evaluate(url, policiesOf(caller([{ Action: "s3:*", Resource: "*" }])), silent));
  const printed: string[] = [];
  const warn = (line: string): unknown => printed.push(line);
  reportDenial("alice", refused, { warn });
  const line = `alice: lambda:InvokeFunctionUrl on ${resource}: no statement of the role's policies allows it`;
  expect(printed).toEqual([line]);
  reportDenial("alice", refused, { warn, explain: false });
  reportDenial("alice", refused, { warn, explain: true });
  expect(printed).toEqual([line, line, line, explain(refused)]);
});

test("the missing statement stands ready, with the condition key of its action", () => {
  expect(explained(caller([{ Action: "s3:*", Resource: "*" }]))).toEqual([
    "  missing in the policies of role analyst (Resources.AnalystRole):",
    "    - Effect: Allow",
    "      Action: lambda:InvokeFunctionUrl",
    `      Resource: ${resource}`,
    "      Condition:",
    "        StringEquals:",
    "          lambda:FunctionUrlAuthType: AWS_IAM",
  ]);
  const invoke = {
    action: "lambda:InvokeFunction",
    resource,
    context: { "lambda:invokedviafunctionurl": "true" },
  };
  expect(explained(caller([allow]), invoke as unknown as typeof url).slice(4)).toEqual([
    "      Condition:",
    "        Bool:",
    '          lambda:InvokedViaFunctionUrl: "true"',
  ]);
  const direct = { ...invoke, context: { "lambda:invokedviafunctionurl": "false" } };
  expect(explained(caller([allow]), direct as unknown as typeof url)).toHaveLength(4);
});

const nearly = (...statements: StatementJson[]): string[] => {
  const lines = explained(caller(statements));
  const at = lines.indexOf("  nearly:");
  return at < 0 ? [] : lines.slice(at + 1).map((line) => line.trim());
};
const when = (Condition: object): StatementJson => ({ ...allow, Condition });

test.each<[string, StatementJson, string]>([
  [
    "another value",
    when({ StringEquals: { "aws:PrincipalTag/tenant": ["acme", "initech"] } }),
    'Statement[0] of invoke: condition StringEquals aws:PrincipalTag/tenant wants "acme" or "initech", the request has "globex"',
  ],
  [
    "no value",
    { ...when({ StringEquals: { "aws:PrincipalTag/team": "red" } }), Sid: "Red" },
    'Red of invoke: condition StringEquals aws:PrincipalTag/team wants "red", the request does not have it',
  ],
  [
    "another action's key",
    when({ Bool: { "lambda:InvokedViaFunctionUrl": "true" } }),
    'Statement[0] of invoke: condition Bool lambda:InvokedViaFunctionUrl wants "true", the request does not have it (a key of lambda:InvokeFunction)',
  ],
  [
    "a key that the twin does not know",
    when({ StringEquals: { "aws:SourceVpc": "vpc-1" } }),
    'Statement[0] of invoke: condition StringEquals aws:SourceVpc wants "vpc-1", which the local twin cannot tell for lambda:InvokeFunctionUrl',
  ],
  [
    "another service's key",
    when({ StringEquals: { "sts:ExternalId": "x" } }),
    'Statement[0] of invoke: condition StringEquals sts:ExternalId wants "x", which the local twin cannot tell for lambda:InvokeFunctionUrl (a key of sts:AssumeRole)',
  ],
  [
    "the function for its alias",
    { ...allow, Resource: resource.replace(":live", ""), Sid: "" },
    `Statement[0] of invoke: its Resource is "${resource.replace(":live", "")}"`,
  ],
  [
    "an exception",
    { Action: url.action, NotResource: resource },
    `Statement[0] of invoke: its NotResource is "${resource}"`,
  ],
])("a statement that nearly allowed it: %s", (_title, statement, line) => {
  expect(nearly(statement)).toEqual([line]);
});

test("every condition that fails is told", () => {
  const Condition = { StringEquals: { "aws:PrincipalTag/tenant": "acme", "aws:PrincipalTag/team": "red" } };
  expect(nearly(when(Condition))).toHaveLength(2);
});

test.each<[string, StatementJson]>([
  ["another action", { ...allow, Action: "lambda:InvokeFunction" }],
  ["a Deny of something else", { ...allow, Effect: "Deny", Resource: `${resource}r` }],
  [
    "another resource and another condition",
    { ...when({ StringEquals: { "aws:PrincipalTag/tenant": "acme" } }), Resource: `${resource}r` },
  ],
])("a statement about %s is not near", (_title, statement) => {
  expect(nearly(statement)).toEqual([]);
});

test("the statement that denied is named, and why it applies", () => {
  const tenant = { StringEquals: { "aws:PrincipalTag/tenant": "globex" } };
  const deny = { ...allow, Effect: "Deny", Sid: "NotGlobex", Condition: tenant } as const;
  expect(explained(caller([allow, deny]))).toEqual([
    "  denied by NotGlobex of invoke, in the policies of role analyst (Resources.AnalystRole)",
    '    condition StringEquals aws:PrincipalTag/tenant wants "globex", the request has "globex"',
  ]);
});

test.each<[string, Partial<Caller>, string]>([
  [
    "a session policy",
    { sessionPolicy: policy("session", { Action: "s3:*", Resource: "*" }) },
    "missing in the session policy (Policy and PolicyArns of AssumeRole):",
  ],
  [
    "a session policy's Deny",
    { sessionPolicy: policy("session", allow, { ...allow, Effect: "Deny" }) },
    "denied by Statement[1], in the session policy (Policy and PolicyArns of AssumeRole)",
  ],
])("%s is named as what it is", (_title, changes, line) => {
  expect(explained(caller([allow], changes))[0]?.trim()).toBe(line);
});

test("a boundary is named with its role, and a role without a place by its name", () => {
  const policies = [{ name: "invoke", document: policy("identity", allow) }];
  const boundary = policy("identity", { Action: "s3:*", Resource: "*" });
  const role = sampleRole("analyst", { policies, boundary });
  expect(explained(sampleCaller({ role }))[0]).toBe("  missing in the permissions boundary of role analyst:");
});

test("without a known caller it is the role's policies", () => {
  const refused = refusal(evaluate(url, { identity: [] }, silent));
  expect(explain(refused).split("\n")[0]).toBe("  missing in the policies of the role:");
});

const provider = `arn:aws:iam::${accountId}:oidc-provider/login.example.com`;

test.each<[Principal, string[]]>([
  [{ kind: "anonymous" }, ['Principal: "*"']],
  [{ kind: "service", name: "s3.amazonaws.com" }, ["Principal:", "Service: s3.amazonaws.com"]],
  [{ kind: "federated", providerArn: provider }, ["Principal:", `Federated: ${provider}`]],
])("a function's policy that lacks a statement is named, with the principal: %#", (principal, element) => {
  const refused = refusal(evaluate(url, { identity: [], principal }, silent));
  const lines = explain(refused)
    .split("\n")
    .map((line) => line.trim());
  expect(lines.slice(0, 2 + element.length)).toEqual([
    "missing in the function's policy (AWS::Lambda::Permission):",
    "- Effect: Allow",
    ...element,
  ]);
});

const explainTrust = (
  trust: PolicyDocument,
  context: object,
  principal: Principal,
  action: string,
): string[] => {
  const role = { name: "analyst", place: "Resources.AnalystRole" };
  const request = { action, principal, context: context as Record<string, string>, role };
  return explain(refusal(evaluateTrust(trust, request, silent))).split("\n");
};

test("a trust policy is named with its role, its missing statement with the external id", () => {
  const gateway = sampleCaller({ role: sampleRole("gateway") });
  const trust = policy("trust", { Principal: { AWS: roleArn("other") }, Action: "sts:AssumeRole" });
  const context = { "sts:externalid": "x1" };
  expect(explainTrust(trust, context, { kind: "session", caller: gateway }, "sts:AssumeRole")).toEqual([
    "  missing in the trust policy of role analyst (Resources.AnalystRole):",
    "    - Effect: Allow",
    "      Principal:",
    `        AWS: ${roleArn("gateway")}`,
    "      Action: sts:AssumeRole",
    "      Condition:",
    "        StringEquals:",
    "          sts:ExternalId: x1",
    "  nearly:",
    `    Statement[0]: its Principal is "${roleArn("other")}"`,
  ]);
});

test("a token's audience and subject stand in the statement that a trust policy lacks", () => {
  const action = "sts:AssumeRoleWithWebIdentity";
  const context = {
    "aws:principaltag/a.b:sub": "no claim",
    "aws:tagkeys": ["team", "floor"],
    "login.example.com:amr": ["pwd"],
    "login.example.com:aud": "app",
    "login.example.com:sub": "alice",
  };
  const trust = policy("trust", {
    Principal: { Federated: provider },
    Action: action,
    Condition: { "ForAllValues:StringEquals": { "aws:TagKeys": "team" } },
  });
  const lines = explainTrust(trust, context, { kind: "federated", providerArn: provider }, action);
  expect(lines.slice(5)).toEqual([
    "      Condition:",
    "        StringEquals:",
    "          login.example.com:aud: app",
    "          login.example.com:sub: alice",
    "  nearly:",
    '    Statement[0]: condition ForAllValues:StringEquals aws:TagKeys wants "team", the request has "team", "floor"',
  ]);
});
