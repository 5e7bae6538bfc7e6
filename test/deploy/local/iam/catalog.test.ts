import { findUnknownNames } from "../../../../deploy/local/aws/iam/catalog.js";
import type { PolicyKind } from "../../../../deploy/local/aws/iam/parse-policy.js";
import { policy, type StatementJson } from "./sample-caller.js";

async function faults(statement: StatementJson, kind: PolicyKind = "identity"): Promise<string[]> {
  const found = await findUnknownNames(policy(kind, statement), kind);
  return found.map(({ path, message }) => `${path}: ${message}`);
}

test.each<[string | string[]]>([
  ["*"],
  ["lambda:*"],
  ["lambda:Invoke*"],
  ["LAMBDA:invokefunctionurl"],
  [["s3:GetObject", "dynamodb:GetItem", "logs:PutLogEvents", "xray:PutTraceSegments", "execute-api:Invoke"]],
])("finds nothing amiss with %j", async (Action) => {
  expect(await faults({ Action, Resource: "*" })).toEqual([]);
});

test.each<[string, string]>([
  [
    "lambda:InvokeFunctionURL2",
    '"lambda:InvokeFunctionURL2" is no action of lambda; did you mean lambda:InvokeFunctionUrl?',
  ],
  [
    "lambda:InvokFunction",
    '"lambda:InvokFunction" is no action of lambda; did you mean lambda:InvokeFunction?',
  ],
  ["lamda:InvokeFunction", '"lamda:InvokeFunction": AWS has no service lamda; did you mean lambda?'],
  ["lambda:Zzz*", '"lambda:Zzz*" is no action of lambda'],
  ["zzzzzzzzzzzzzzzz:Get", '"zzzzzzzzzzzzzzzz:Get": AWS has no service zzzzzzzzzzzzzzzz'],
])("refuses the action %s", async (Action, message) => {
  expect(await faults({ Action, Resource: "*" })).toEqual([`Statement[0].Action: ${message}`]);
  expect(await faults({ NotAction: Action, Resource: "*" })).toEqual([`Statement[0].NotAction: ${message}`]);
});

test.each([
  "aws:PrincipalTag/team",
  "AWS:principaltag/Team",
  "aws:SourceVpc",
  "lambda:FunctionUrlAuthType",
  "lambda:functionurlauthtype",
  "iam:ResourceTag/team",
  "secretsmanager:ResourceTag/team",
  "s3:prefix",
  "cognito-identity.amazonaws.com:sub",
])("knows the condition key %s", async (key) => {
  expect(await faults({ Action: "*", Resource: "*", Condition: { StringEquals: { [key]: "x" } } })).toEqual(
    [],
  );
});

test.each([
  ["aws:SourceIpp", "; did you mean aws:SourceIp?"],
  ["aws:PrincipalTags/team", "; did you mean aws:PrincipalTag/team?"],
  ["aws:PrincipalTag/", "; did you mean aws:PrincipalTag/tag-key?"],
  ["lambda:FunctionUrlAuth", "; did you mean lambda:FunctionUrlAuthType?"],
  ["secretsmanager:ResourceTag/", "; did you mean secretsmanager:ResourceTag/tag-key?"],
  ["lamda:FunctionUrlAuthType", ""],
  ["login.example.com:sub", ""],
])("refuses the condition key %s", async (key, hint) => {
  const found = await faults({ Action: "*", Resource: "*", Condition: { StringEquals: { [key]: "x" } } });
  expect(found).toEqual([`Statement[0].Condition.StringEquals.${key}: AWS has no such condition key${hint}`]);
});

test("a key that exists is no fault beside an action that it does not fit", async () => {
  const Condition = { StringEquals: { "lambda:FunctionUrlAuthType": "AWS_IAM" } };
  expect(await faults({ Action: "lambda:InvokeFunction", Resource: "*", Condition })).toEqual([]);
});

test("the claims of the providers that a trust policy names are its keys, and no other claims", async () => {
  const statement = (Federated: string, claim: string): StatementJson => ({
    Action: "sts:AssumeRoleWithWebIdentity",
    Principal: { Federated },
    Condition: { StringEquals: { [`login.example.com/x:${claim}`]: "x" } },
  });
  const arn = "arn:aws:iam::123456789012:oidc-provider/Login.example.com/x";
  expect(await faults(statement(arn, "sub"), "trust")).toEqual([]);
  expect(await faults(statement(arn, "aud"), "trust")).toEqual([]);
  expect(await faults(statement(arn, "tenant"), "trust")).toHaveLength(1);
  expect(await faults(statement(`${arn}y`, "sub"), "trust")).toHaveLength(1);
  expect(await faults(statement("accounts.google.com", "sub"), "trust")).toHaveLength(1);
});

test("a claim is no key where nobody is trusted by it", async () => {
  const Condition = { StringEquals: { "login.example.com:sub": "x" } };
  const statement = { Action: "sts:AssumeRole", Principal: "*", Condition };
  expect(await faults(statement, "trust")).toHaveLength(1);
  expect(await findUnknownNames({ statements: [plain] }, "trust")).toEqual([]);
});

const plain = { effect: "Allow", actions: ["*"], resources: [], conditions: [] } as const;

test("a policy variable must name a condition key", async () => {
  const variables = "${aws:userid}${aws:PrincipalTag/team, 'none'}${*}${?}${$}";
  expect(await faults({ Action: "*", Resource: `arn:aws:s3:::b/${variables}` })).toEqual([]);
  expect(await faults({ Action: "*", Resource: "arn:aws:s3:::b/${AWS::Region}" })).toEqual([
    "Statement[0].Resource: ${AWS::Region} is no policy variable",
  ]);
  expect(await faults({ Action: "*", NotResource: "arn:aws:s3:::b/${}" })).toEqual([
    "Statement[0].NotResource: ${} is no policy variable",
  ]);
  const Condition = { StringLike: { "aws:userid": ["${aws:userid}", "${aws:userId2, 'x'}"] } };
  expect(await faults({ Action: "*", Resource: "*", Condition })).toEqual([
    "Statement[0].Condition.StringLike.aws:userid: ${aws:userId2} is no policy variable",
  ]);
});

test("faults come in the document's order, each with its place", async () => {
  const document = policy(
    "identity",
    { Action: ["s3:GetObjekt", "s3:GetObject"], Resource: "*" },
    { Action: "lambda:*", Resource: "*" },
    {
      Effect: "Deny",
      NotAction: "iam:*",
      Resource: "*",
      Condition: { Bool: { "aws:SecureTransports": "true" } },
    },
  );
  const found = await findUnknownNames(document, "identity");
  expect(found.map(({ path }) => path)).toEqual([
    "Statement[0].Action",
    "Statement[2].Condition.Bool.aws:SecureTransports",
  ]);
});
