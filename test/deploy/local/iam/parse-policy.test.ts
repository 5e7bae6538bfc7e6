import {
  parsePolicy,
  parsePolicyText,
  type PolicyKind,
} from "../../../../deploy/local/aws/iam/parse-policy.js";
import { policyJson, roleArn, textMatching } from "./sample-caller.js";

const allow = { Effect: "Allow", Action: "lambda:InvokeFunction", Resource: "*" };
const trust = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { AWS: roleArn("gateway") } };
const document = (statement: unknown): unknown => ({ Version: "2012-10-17", Statement: statement });

function faults(value: unknown, kind: PolicyKind = "identity"): string[] {
  const parsed = parsePolicy(value, kind);
  return parsed.ok ? [] : parsed.denial.map(({ path, message }) => `${path}: ${message}`);
}

test("one-or-many becomes a list, and JSON's scalars become condition values", () => {
  const parsed = parsePolicy(
    document({ ...allow, Sid: "One", Condition: { Bool: { "lambda:InvokedViaFunctionUrl": true } } }),
    "session",
  );
  expect(parsed).toEqual({
    ok: true,
    value: {
      statements: [
        {
          sid: "One",
          effect: "Allow",
          actions: ["lambda:InvokeFunction"],
          resources: ["*"],
          conditions: [{ operator: "Bool", key: "lambda:InvokedViaFunctionUrl", values: ["true"] }],
        },
      ],
    },
  });
});

const badVersion = 'Version: must be "2012-10-17" (or "2008-10-17", which has no policy variables)';

test.each<[string, unknown, string, PolicyKind?]>([
  ["no object", "x", ": must be an object"],
  ["no version", { Statement: allow }, badVersion],
  ["an unknown version", { Version: "2012-10-18", Statement: allow }, badVersion],
  [
    "an unknown element",
    { ...policyJson(), Statement: allow, Note: "x" },
    "Note: is not an element of this policy",
  ],
  ["no statement", { Version: "2012-10-17" }, "Statement[0]: must be an object"],
  ["an empty statement list", document([]), "Statement: must not be empty"],
  [
    "a lower-case effect",
    document({ ...allow, Effect: "allow" }),
    'Statement[0].Effect: must be "Allow" or "Deny"',
  ],
  [
    "no action",
    document({ ...allow, Action: undefined }),
    "Statement[0].Action: must be a string or a list of strings",
  ],
  ["an empty action list", document({ ...allow, Action: [] }), "Statement[0].Action: must not be empty"],
  [
    "an action without service",
    document({ ...allow, Action: "Invoke" }),
    'Statement[0].Action: "Invoke" is not an action such as lambda:InvokeFunction',
  ],
  [
    "a variable in an action",
    document({ ...allow, Action: "lambda:${x}" }),
    'Statement[0].Action: "lambda:${x}" is not an action such as lambda:InvokeFunction',
  ],
  [
    "Action and NotAction",
    document({ ...allow, NotAction: "s3:*" }),
    "Statement[0]: has both Action and NotAction",
  ],
  [
    "Resource and NotResource",
    document({ ...allow, NotResource: "*" }),
    "Statement[0]: has both Resource and NotResource",
  ],
  [
    "a NotAction that is none",
    document({ Effect: "Allow", Resource: "*", NotAction: "s3" }),
    'Statement[0].NotAction: "s3" is not an action such as lambda:InvokeFunction',
  ],
  [
    "a NotResource that is none",
    document({ Effect: "Deny", Action: "*", NotResource: "bucket" }),
    'Statement[0].NotResource: "bucket" is neither an ARN nor "*"',
  ],
  [
    "another service's NotAction in a trust policy",
    document({ Effect: "Deny", Principal: "*", NotAction: "s3:GetObject" }),
    'Statement[0].NotAction: "s3:GetObject" is not an action of a trust policy: sts:AssumeRole, sts:AssumeRoleWithSAML, sts:AssumeRoleWithWebIdentity, sts:TagSession, sts:SetSourceIdentity',
    "trust",
  ],
  [
    "NotResource in a trust policy",
    document({ ...trust, NotResource: "*" }),
    "Statement[0].NotResource: is not an element of this policy",
    "trust",
  ],
  [
    "a variable before the resource's fifth colon",
    document({ ...allow, Resource: "arn:aws:lambda:${aws:RequestedRegion}:123456789012:function:f" }),
    'Statement[0].Resource: "arn:aws:lambda:${aws:RequestedRegion}:123456789012:function:f" has a policy variable before its fifth colon',
  ],
  [
    "a condition operator in the wrong case",
    document({ ...allow, Condition: { stringEquals: { "aws:userid": "x" } } }),
    "Statement[0].Condition.stringEquals: is not a condition operator",
  ],
  [
    "Null with IfExists",
    document({ ...allow, Condition: { NullIfExists: { "aws:userid": "true" } } }),
    "Statement[0].Condition.NullIfExists: is not a condition operator",
  ],
  [
    "a function's policy without a principal",
    document(allow),
    "Statement[0].Principal: must be an object",
    "resource",
  ],
  [
    "a function's policy without a resource",
    document({ Effect: "Allow", Action: "lambda:InvokeFunction", Principal: "*" }),
    "Statement[0].Resource: must be a string or a list of strings",
    "resource",
  ],
  [
    "a Sid with a space in a function's policy",
    document({ ...allow, Principal: "*", Sid: "a b" }),
    "Statement[0].Sid: must be letters and digits",
    "resource",
  ],
  [
    "a resource that is no ARN",
    document({ ...allow, Resource: "reports" }),
    'Statement[0].Resource: "reports" is neither an ARN nor "*"',
  ],
  [
    "a wildcard for the service",
    document({ ...allow, Resource: "arn:aws:*" }),
    'Statement[0].Resource: "arn:aws:*" is neither an ARN nor "*"',
  ],
  [
    "no resource",
    document({ ...allow, Resource: undefined }),
    "Statement[0].Resource: must be a string or a list of strings",
  ],
  [
    "a principal in an identity policy",
    document({ ...allow, Principal: "*" }),
    "Statement[0].Principal: is not an element of this policy",
  ],
  [
    "a principal in a session policy",
    document({ ...allow, Principal: "*" }),
    "Statement[0].Principal: is not an element of this policy",
    "session",
  ],
  ["a bad Sid", document({ ...allow, Sid: "a b" }), "Statement[0].Sid: must be letters and digits"],
  [
    "a Sid twice",
    document([
      { ...allow, Sid: "A" },
      { ...allow, Sid: "A" },
    ]),
    "Statement: has the same Sid twice",
  ],
  [
    "a condition that is no object",
    document({ ...allow, Condition: ["x"] }),
    "Statement[0].Condition: must be an object",
  ],
  [
    "an operator without keys",
    document({ ...allow, Condition: { Bool: {} } }),
    "Statement[0].Condition.Bool: must not be empty",
  ],
  [
    "an operator whose keys are no object",
    document({ ...allow, Condition: { Bool: "true" } }),
    "Statement[0].Condition.Bool: must be an object",
  ],
  [
    "a principal that is neither an object nor a star",
    document({ ...trust, Principal: "123456789012" }),
    "Statement[0].Principal: must be an object",
    "trust",
  ],
  [
    "a condition key without service",
    document({ ...allow, Condition: { Bool: { x: "true" } } }),
    "Statement[0].Condition.Bool.x: is not a condition key",
  ],
  [
    "a condition key in two spellings",
    document({ ...allow, Condition: { Bool: { "aws:X": "true", "aws:x": "true" } } }),
    "Statement[0].Condition.Bool: has the same key twice",
  ],
  [
    "a condition without values",
    document({ ...allow, Condition: { Bool: { "aws:X": [] } } }),
    "Statement[0].Condition.Bool.aws:X: must not be empty",
  ],
  [
    "an object for a condition value",
    document({ ...allow, Condition: { Bool: { "aws:X": {} } } }),
    "Statement[0].Condition.Bool.aws:X: must be a string or a list of strings",
  ],
  [
    "a resource in a trust policy",
    document({ ...trust, Resource: "*" }),
    "Statement[0].Resource: is not an element of this policy",
    "trust",
  ],
  [
    "NotPrincipal",
    document({ ...trust, NotPrincipal: "*" }),
    "Statement[0].NotPrincipal: is not supported by the local twin: use a condition on aws:PrincipalArn",
    "trust",
  ],
  [
    "no principal",
    document({ ...trust, Principal: {} }),
    "Statement[0].Principal: must name a principal",
    "trust",
  ],
  [
    "a principal with a wildcard",
    document({ ...trust, Principal: { AWS: roleArn("*") } }),
    `Statement[0].Principal.AWS: "${roleArn("*")}" is not a principal`,
    "trust",
  ],
  [
    "a principal of no known kind",
    document({ ...trust, Principal: { CanonicalUser: "x" } }),
    "Statement[0].Principal.CanonicalUser: is not an element of this policy",
    "trust",
  ],
  [
    "a service that is none",
    document({ ...trust, Principal: { Service: "ecs" } }),
    'Statement[0].Principal.Service: "ecs" is not a principal',
    "trust",
  ],
  [
    "another service's action in a trust policy",
    document({ ...trust, Action: "s3:GetObject" }),
    'Statement[0].Action: "s3:GetObject" is not an action of a trust policy: sts:AssumeRole, sts:AssumeRoleWithSAML, sts:AssumeRoleWithWebIdentity, sts:TagSession, sts:SetSourceIdentity',
    "trust",
  ],
  [
    "a resource of another partition",
    document({ ...allow, Resource: "arn:aws-cn:s3:::reports" }),
    'Statement[0].Resource: "arn:aws-cn:s3:::reports" is neither an ARN nor "*"',
  ],
  ["an Id that is no text", { ...policyJson(), Statement: allow, Id: 1 }, "Id: must be a string"],
  [
    "an Allow for all but some actions in a trust policy",
    document({ Effect: "Allow", Principal: "*", NotAction: "sts:TagSession" }),
    "Statement[0].NotAction: is for a Deny only in a trust policy: an Allow names its actions",
    "trust",
  ],
])("refuses %s", (_title, value, fault, ...[kind]) => {
  expect(faults(value, kind)).toContain(fault);
});

const account = "123456789012";

test.each<[string, string, boolean]>([
  ["AWS", account, true],
  ["AWS", `arn:aws:iam::${account}:root`, true],
  ["AWS", `arn:aws:iam::${account}:role/path/to/gateway`, true],
  ["AWS", `arn:aws:iam::${account}:user/alice`, true],
  ["AWS", `arn:aws:sts::${account}:assumed-role/gateway/alice@example.com`, true],
  ["AWS", `arn:aws:sts::${account}:federated-user/alice`, true],
  ["AWS", `arn:aws:iam::${account}:group/admins`, false],
  ["AWS", `arn:aws:iam::${account}:policy/p`, false],
  ["AWS", `arn:aws:iam::${account}:assumed-role/gateway/alice`, false],
  ["AWS", `arn:aws:sts::${account}:assumed-role/gateway`, false],
  ["AWS", `arn:aws:sts::${account}:role/gateway`, false],
  ["AWS", `arn:aws:iam::${account}:role/\${aws:PrincipalTag/role}`, false],
  ["AWS", `arn:aws:iam::${account}:role/*/gateway`, false],
  ["AWS", `arn:aws:iam::${account}:role/a b`, false],
  ["AWS", `arn:aws-cn:iam::${account}:root`, false],
  ["Federated", `arn:aws:iam::${account}:oidc-provider/login.example.com/a`, true],
  ["Federated", `arn:aws:iam::${account}:saml-provider/corp`, true],
  ["Federated", "cognito-identity.amazonaws.com", true],
  ["Federated", `arn:aws:iam::${account}:role/gateway`, false],
  ["Federated", `arn:aws:iam::${account}:oidc-provider/*`, false],
  ["Federated", "https://login.example.com", false],
])("as principal %s %s is taken: %s", (kind, name, taken) => {
  const found = faults(document({ ...trust, Principal: { [kind]: name } }), "trust");
  expect(found).toEqual(
    taken ? [] : [`Statement[0].Principal.${kind}: ${JSON.stringify(name)} is not a principal`],
  );
});

test("tells all faults at once", () => {
  expect(
    faults(
      document([
        { ...allow, Effect: "x", Resource: "y" },
        { ...allow, Action: 1 },
      ]),
    ),
  ).toHaveLength(3);
});

test.each([
  ["not JSON", "{", "is not JSON"],
  ["YAML", "Version: 2012-10-17", "is not JSON"],
  [
    "a key twice",
    '{"Version":"2012-10-17","Version":"2012-10-17","Statement":[]}',
    "Map keys must be unique",
  ],
  [
    "an effect twice",
    `{"Version":"2012-10-17","Statement":{"Effect":"Deny","Effect":"Allow","Action":"*","Resource":"*"}}`,
    "Map keys must be unique",
  ],
])("refuses text that is %s", (_title, text, message) => {
  expect(parsePolicyText(text, "session")).toMatchObject({
    ok: false,
    denial: [{ message: textMatching(new RegExp(message)) }],
  });
});

test("takes text with insignificant space", () => {
  const text = JSON.stringify(document(allow), null, "\t");
  expect(parsePolicyText(text, "session").ok).toBe(true);
});

const parsed = (statement: unknown, kind: PolicyKind, Version = "2012-10-17"): unknown => {
  const result = parsePolicy({ Version, Statement: statement }, kind);
  return result.ok ? result.value.statements[0] : result.denial;
};

test("the Not forms are kept as exceptions", () => {
  const statement = { Effect: "Deny", NotAction: ["iam:*", "sts:*"], NotResource: "*" };
  expect(parsed(statement, "identity")).toEqual({
    effect: "Deny",
    actions: ["iam:*", "sts:*"],
    exceptActions: true,
    resources: ["*"],
    exceptResources: true,
    conditions: [],
  });
  expect(parsed({ Effect: "Deny", Principal: "*", NotAction: "sts:AssumeRole" }, "trust")).toMatchObject({
    actions: ["sts:AssumeRole"],
    exceptActions: true,
    resources: [],
  });
});

test("a function's policy has principals and resources, and Lambda's own statement ids", () => {
  const statement = { ...allow, Sid: "Url_invoke-1", Principal: { Service: "s3.amazonaws.com" } };
  expect(parsed(statement, "resource")).toEqual({
    sid: "Url_invoke-1",
    effect: "Allow",
    actions: ["lambda:InvokeFunction"],
    resources: ["*"],
    conditions: [],
    principals: { aws: [], service: ["s3.amazonaws.com"], federated: [] },
  });
});

test("a trust policy's action is taken in any case", () => {
  expect(parsed({ ...trust, Action: "STS:assumerole" }, "trust")).toMatchObject({
    actions: ["STS:assumerole"],
  });
});

test("in the old version a policy variable is plain text", () => {
  const statement = {
    ...allow,
    Resource: "arn:aws:s3:::b/${aws:userid}",
    Condition: { StringLike: { "aws:userid": "${aws:userid}*" } },
  };
  expect(parsed(statement, "identity", "2008-10-17")).toMatchObject({
    resources: ["arn:aws:s3:::b/${$}{aws:userid}"],
    conditions: [{ values: ["${$}{aws:userid}*"] }],
  });
});

test("a condition's number becomes text", () => {
  const Condition = { NumericLessThan: { "aws:PrincipalTag/floor": [5, 7.5] } };
  expect(parsed({ ...allow, Condition }, "identity")).toMatchObject({
    conditions: [{ values: ["5", "7.5"] }],
  });
});

test("a condition may want an empty text, an action may not be one", () => {
  const Condition = { StringEquals: { "aws:PrincipalTag/floor": "" } };
  expect(parsed({ ...allow, Condition }, "identity")).toMatchObject({ conditions: [{ values: [""] }] });
  expect(faults(document({ ...allow, Action: "" }))).toContain(
    "Statement[0].Action: must be a string or a list of strings",
  );
});
