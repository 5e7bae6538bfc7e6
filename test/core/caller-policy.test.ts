// What a caller may send as `Policy`, and what IAM would read otherwise than we do.
import fc from "fast-check";
import { parsePolicyText } from "../../deploy/local/aws/iam/parse-policy.js";
import { parseCallerPolicy } from "../../server/core/caller-policy.js";
import { accepted, refused } from "../fixtures/outcome.js";

const resource = "arn:aws:s3:::reports/*";
const statement = { Effect: "Allow", Action: "s3:GetObject", Resource: resource };
const policy = (...statements: unknown[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });
const changed = (change: object): string => policy({ ...statement, ...change });
const conditioned = (Condition: unknown): string => changed({ Condition });

test("a statement may stand alone, and one text in place of a list", () => {
  const text = JSON.stringify({ Version: "2012-10-17", Id: "mine", Statement: { Sid: "a1", ...statement } });
  expect(accepted(parseCallerPolicy(text))).toEqual([
    { Effect: "Allow", Action: ["s3:GetObject"], Resource: [resource] },
  ]);
});

test("reads Not forms, lists and conditions", () => {
  const text = policy({
    Effect: "Deny",
    NotAction: ["s3:*", "*"],
    NotResource: ["*", "arn:aws:s3:::${aws:PrincipalTag/tenant}/${*}$"],
    Condition: { Bool: { "aws:SecureTransport": true }, StringLike: { "aws:userid": ["a", "*"] } },
  });
  expect(accepted(parseCallerPolicy(text))).toEqual([
    {
      Effect: "Deny",
      NotAction: ["s3:*", "*"],
      NotResource: ["*", "arn:aws:s3:::${aws:PrincipalTag/tenant}/${*}$"],
      Condition: { Bool: { "aws:SecureTransport": ["true"] }, StringLike: { "aws:userid": ["a", "*"] } },
    },
  ]);
});

const either = "Statement[0] must have either";
const noTexts = "Statement[0].Condition.Bool must hold texts or lists of texts";
test.each([
  ["nothing", "", "it must be 1 to 2048 characters, none above U+00FF"],
  ["what is no JSON", "{", "it is not JSON"],
  ["a list", "[]", "it is not a JSON object"],
  [
    "a member twice",
    `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Effect":"Allow"}]}`,
    "it has a member twice",
  ],
  [
    "a letter that STS's alphabet lacks",
    conditioned({ StringEquals: { "aws:userid": "ł" } }),
    "none above U+00FF",
  ],
  [
    "such a letter as JSON may spell it",
    conditioned({ StringEquals: { "aws:userid": "L" } }).replace('"L"', '"\\u0142"'),
    "Statement[0].Condition.StringEquals must hold texts",
  ],
  ["a control character", conditioned({ Bool: { "aws:x": "\u0007" } }), noTexts],
  ["no Version", JSON.stringify({ Statement: [statement] }), 'Version must be "2012-10-17"'],
  ["that of 2008", policy(statement).replace("2012-10-17", "2008-10-17"), 'Version must be "2012-10-17"'],
  [
    "an Id that is no text",
    JSON.stringify({ Version: "2012-10-17", Id: 1, Statement: [] }),
    "Id must be text",
  ],
  [
    "another member",
    JSON.stringify({ Version: "2012-10-17", statement: [] }),
    "it has a member other than Version",
  ],
  ["no Statement", JSON.stringify({ Version: "2012-10-17" }), "Statement[0] must be an object"],
  ["an empty list of them", policy(), "Statement must not be empty"],
  ["text as the second", policy(statement, "x"), "Statement[1] must be an object"],
  ["null", policy(null), "Statement[0] must be an object"],
  ["a Principal", changed({ Principal: "*" }), "Statement[0] has a member other than Sid, Effect"],
  ["an element in another case", changed({ action: "*" }), "Statement[0] has a member other than"],
  ["a Sid of a space", changed({ Sid: " " }), "Statement[0].Sid must be letters and digits"],
  ["a Sid that is a number", changed({ Sid: 1 }), "Statement[0].Sid must be letters and digits"],
  [
    "a Sid twice",
    policy({ Sid: "a", ...statement }, { ...statement, Sid: "a" }),
    "Statement has a Sid twice",
  ],
  ["an Effect in lower case", changed({ Effect: "allow" }), "Statement[0].Effect must be Allow or Deny"],
  ["no Action", changed({ Action: undefined }), `${either} Action or NotAction`],
  ["both forms", changed({ NotAction: "s3:*" }), `${either} Action or NotAction`],
  ["no Resource", changed({ Resource: undefined }), `${either} Resource or NotResource`],
  ["an empty list of actions", changed({ Action: [] }), "Statement[0].Action must be one action or a list"],
  ["a number among them", changed({ Action: ["s3:GetObject", 1] }), "Statement[0].Action must be one action"],
  [
    "a service with a wildcard",
    changed({ Action: "s*:GetObject" }),
    "Statement[0].Action must be one action",
  ],
  ["a long action", changed({ Action: `s3:${"a".repeat(126)}` }), "Statement[0].Action must be one action"],
  [
    "a resource that is no ARN",
    changed({ Resource: "reports" }),
    'Statement[0].Resource must be one ARN, "*" or',
  ],
  [
    "a wildcard for the service",
    changed({ Resource: "arn:aws:*:::x" }),
    "Statement[0].Resource must be one ARN",
  ],
  [
    "an empty NotResource",
    changed({ Resource: undefined, NotResource: "" }),
    "Statement[0].NotResource must be one",
  ],
  [
    "a variable for the account",
    changed({ Resource: "arn:aws:s3::${aws:PrincipalAccount}:x" }),
    "Resource must be",
  ],
  [
    "a variable that is not closed",
    changed({ Resource: `${resource}\${aws:userid` }),
    "Resource must be one ARN",
  ],
  ["a variable in a variable", changed({ Resource: `${resource}\${aws:\${*}}` }), "Resource must be one ARN"],
  ["a Condition that is text", conditioned("x"), "Statement[0].Condition must be an object"],
  ["an operator that IAM has not", conditioned({ Equals: { "aws:x": "a" } }), "is no condition operator"],
  ["an operator's name inherited", conditioned({ toString: { "aws:x": "a" } }), "is no condition operator"],
  ["an operator without keys", conditioned({ Bool: {} }), "Statement[0].Condition.Bool must not be empty"],
  ["an operator with text", conditioned({ Bool: "aws:x" }), "Statement[0].Condition.Bool must be an object"],
  [
    "a key without a service",
    conditioned({ Bool: { userid: "a" } }),
    "has a member that is no condition key",
  ],
  ["a key with a variable", conditioned({ Bool: { "aws:${aws:x}": "a" } }), "is no condition key"],
  ["a key in two cases", conditioned({ Bool: { "aws:x": "a", "aws:X": "a" } }), "has a condition key twice"],
  ["an empty list of values", conditioned({ Bool: { "aws:x": [] } }), noTexts],
  ["a number as a value", conditioned({ Bool: { "aws:x": 1 } }), noTexts],
  ["null as a value", conditioned({ Bool: { "aws:x": null } }), noTexts],
  ["a list in a list", conditioned({ Bool: { "aws:x": [["true"]] } }), noTexts],
])("refuses %s", (_, text, cause) => {
  expect(refused(parseCallerPolicy(text))).toContain(cause);
});

test.each([
  ["just short enough", 2048, true],
  ["just too long", 2049, false],
])("a policy that is %s", (_, length, taken) => {
  const text = policy(statement);
  expect(parseCallerPolicy(text + " ".repeat(length - text.length)).ok).toBe(taken);
});

test("what is refused is not quoted", () => {
  const secret = "quite-a-secret";
  for (const path of ["Sid", "Effect", "Action", "Resource", "Condition", secret]) {
    for (const value of [secret, [secret, 1], { [secret]: secret }, { Bool: { [secret]: secret } }])
      expect(refused(parseCallerPolicy(changed({ [path]: value })))).not.toContain(secret);
  }
});

test("any text is read or refused, and what is read IAM's own grammar takes", () => {
  const oddities = fc.oneof(
    fc.string(),
    fc.jsonValue(),
    fc.constantFrom("*", "$", "${*}", "", "s3:Get*", [], null),
  );
  const mostly = (...good: unknown[]) =>
    fc.oneof({ weight: 12, arbitrary: fc.constantFrom(...good) }, { weight: 1, arbitrary: oddities });
  const [actions, resources] = [
    mostly("s3:Get*", ["s3:Put?", "*"]),
    mostly("*", [resource, `${resource}\${*}`]),
  ];
  const keys = mostly("aws:userid", "s3:prefix").filter((key) => typeof key === "string");
  const conditions = fc.dictionary(
    fc.constantFrom(
      "Bool",
      "StringLike",
      "Null",
      "ForAnyValue:StringLike",
      "DateLessThanIfExists",
      "__proto__",
    ),
    fc.dictionary(keys, mostly("true", ["a", "${aws:userid}"], true), { maxKeys: 2 }),
    { maxKeys: 2 },
  );
  const elements = {
    Effect: mostly("Allow", "Deny"),
    Condition: mostly(undefined).chain((odd) => (odd === undefined ? conditions : fc.constant(odd))),
  };
  const statements = fc.oneof(
    fc.record({ ...elements, Action: actions, Resource: resources, Sid: mostly(undefined) }),
    fc.record({ ...elements, NotAction: actions, NotResource: resources, Principal: mostly(undefined) }),
  );
  let taken = 0;
  fc.assert(
    fc.property(fc.array(statements, { maxLength: 2 }), (list) => {
      const text = policy(...list);
      if (!parseCallerPolicy(text).ok) return;
      taken++;
      expect(parsePolicyText(text, "session")).toMatchObject({ ok: true });
    }),
    { numRuns: 5000 },
  );
  expect(taken).toBeGreaterThan(200);
});
