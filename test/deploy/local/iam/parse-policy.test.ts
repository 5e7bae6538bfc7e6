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

test.each<[string, unknown, string, PolicyKind?]>([
  ["no object", "x", ": must be an object"],
  ["no version", { Statement: allow }, 'Version: must be "2012-10-17"'],
  ["an old version", { Version: "2008-10-17", Statement: allow }, 'Version: must be "2012-10-17"'],
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
    "NotAction",
    document({ ...allow, NotAction: "s3:*" }),
    "Statement[0].NotAction: is not supported by the local twin",
  ],
  [
    "NotResource",
    document({ ...allow, NotResource: "*" }),
    "Statement[0].NotResource: is not supported by the local twin",
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
    "Statement[0].NotPrincipal: is not supported by the local twin",
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
])("refuses %s", (_title, value, fault, ...[kind]) => {
  expect(faults(value, kind)).toContain(fault);
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
