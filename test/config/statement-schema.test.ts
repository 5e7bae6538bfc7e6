import { faultsIn, minimal, role, without } from "./documents.js";

const statement = { Effect: "Allow", Action: "s3:GetObject", Resource: "*" };
const withRole = (keys: object) => ({ ...minimal, roles: [{ ...role, ...keys }] });
const withStatement = (keys: object) => ({
  ...minimal,
  roles: [{ ...role, policy: [{ ...statement, ...keys }] }],
});

describe("refuses", () => {
  test.each<[string, unknown, string, string]>([
    [
      "a condition on what the gateway sets",
      withStatement({ Condition: { DateLessThan: { "AWS:CurrentTime": "2030-01-01T00:00:00Z" } } }),
      'roles[0].policy[0].Condition.DateLessThan["AWS:CurrentTime"]',
      "is set by the gateway",
    ],
    [
      "a misspelt operator",
      withStatement({ Condition: { Stringequals: {} } }),
      "roles[0].policy[0].Condition.Stringequals",
      "condition operators",
    ],
    ["a NotAction", withStatement({ NotAction: "*" }), "roles[0].policy[0].NotAction", "not a known key"],
    ["a Principal", withStatement({ Principal: "*" }), "roles[0].policy[0].Principal", "not a known key"],
    [
      "no Resource",
      withRole({ policy: [without(statement, "Resource")] }),
      "roles[0].policy[0].Resource",
      "is missing",
    ],
    ["a lower-case effect", withStatement({ Effect: "allow" }), "roles[0].policy[0].Effect", "Allow, Deny"],
    [
      "a slot in an action",
      withStatement({ Action: "s3:${claims.a}" }),
      "roles[0].policy[0].Action",
      "slots are for",
    ],
    [
      "a bad action in a list",
      withStatement({ Action: ["s3:Get*", "s3"] }),
      "roles[0].policy[0].Action[1]",
      "must be an action",
    ],
    [
      "a slot that gives a number",
      withStatement({ Resource: "${1}" }),
      "roles[0].policy[0].Resource",
      "string is needed",
    ],
    [
      "an open slot",
      withStatement({ Resource: ["a${claims.b"] }),
      "roles[0].policy[0].Resource[0]",
      "without its }",
    ],
    [
      "a policy variable",
      withStatement({ Resource: "${aws:username}" }),
      "roles[0].policy[0].Resource",
      "not supported",
    ],
    ["text past U+00FF", withStatement({ Resource: "é\u0100" }), "roles[0].policy[0].Resource", "U+00FF"],
    [
      "a slot in a condition key",
      withStatement({ Condition: { StringEquals: { "${claims.a}": "x" } } }),
      'roles[0].policy[0].Condition.StringEquals["${claims.a}"]',
      "takes no slot",
    ],
    [
      "a condition operator with a space",
      withStatement({ Condition: { "String Equals": {} } }),
      'roles[0].policy[0].Condition["String Equals"]',
      "condition operators",
    ],
  ])("%s", (_name, document, path, message) => {
    expect(faultsIn(document)[path]).toContain(message);
  });
});

test.each([
  "StringEquals",
  "StringNotEqualsIgnoreCaseIfExists",
  "ForAnyValue:StringLike",
  "ArnNotLike",
  "NumericGreaterThanEquals",
  "DateLessThanEquals",
  "BoolIfExists",
  "NotIpAddress",
  "Null",
])("accepts the condition operator %s", (operator) => {
  expect(faultsIn(withStatement({ Condition: { [operator]: { "aws:CurrentTime": "x" } } }))).toEqual({});
});

test("accepts a date condition on another key than the one that the gateway sets", () => {
  const Condition = { DateLessThan: { "aws:TokenIssueTime": "2030-01-01T00:00:00Z" } };
  expect(faultsIn(withStatement({ Condition }))).toEqual({});
});
