import { evaluateCondition } from "../../../../deploy/local/aws/iam/conditions.js";
import type { Truth } from "../../../../deploy/local/aws/iam/operators.js";
import { silent } from "./sample-caller.js";

const context = {
  "aws:principaltag/team": "Red",
  "aws:principaltag/size": "10",
  "aws:principaltag/empty": "",
  "aws:principalarn": "arn:aws:iam::123456789012:role/analyst",
  "aws:currenttime": "2026-11-21T12:00:00.000Z",
  "aws:epochtime": "1795262400",
  "aws:securetransport": "true",
  "aws:tagkeys": ["team", "tenant"],
};

function truth(operator: string, key: string, ...values: readonly string[]): Truth {
  return evaluateCondition({ operator, key, values }, { action: "sts:AssumeRole", context }, silent);
}

const team = "aws:PrincipalTag/team";
const absent = "aws:PrincipalTag/none";

test.each<[string, string, string[], Truth]>([
  ["StringEquals", team, ["Red"], true],
  ["StringEquals", "AWS:principaltag/TEAM", ["Red"], true],
  ["StringEquals", team, ["red"], false],
  ["StringEquals", team, ["R*"], false],
  ["StringEquals", team, ["Blue", "Red"], true],
  ["StringEquals", "aws:PrincipalTag/empty", [""], true],
  ["StringNotEquals", team, ["Blue", "Red"], false],
  ["StringNotEquals", team, ["Blue"], true],
  ["StringEqualsIgnoreCase", team, ["rED"], true],
  ["StringNotEqualsIgnoreCase", team, ["rED"], false],
  ["StringLike", team, ["R?d"], true],
  ["StringLike", team, ["r*"], false],
  ["StringLike", "aws:PrincipalTag/empty", ["?*"], false],
  ["StringNotLike", team, ["R*"], false],
  ["StringEquals", team, ["${aws:PrincipalTag/team}"], true],
  ["StringEquals", team, ["${aws:PrincipalTag/none}"], "unknown"],
  ["StringNotEquals", team, ["${aws:PrincipalTag/none}"], "unknown"],
  ["StringEqualsIfExists", team, ["Red"], true],
  ["StringEqualsIfExists", team, ["Blue"], false],
  ["ArnEquals", "aws:PrincipalArn", ["arn:aws:iam::*:role/analyst"], true],
  ["ArnLike", "aws:PrincipalArn", ["arn:aws:iam::123456789012:role/*"], true],
  ["ArnLike", "aws:PrincipalArn", ["analyst"], "unknown"],
  ["ArnNotLike", "aws:PrincipalArn", ["arn:aws:iam::123456789012:role/*"], false],
  ["ArnNotEquals", "aws:PrincipalArn", ["arn:aws:iam::123456789012:role/x"], true],
  ["Bool", "aws:SecureTransport", ["true"], true],
  ["Bool", "aws:SecureTransport", ["TRUE"], true],
  ["Bool", "aws:SecureTransport", ["false"], false],
  ["Bool", "aws:SecureTransport", ["yes"], "unknown"],
  ["NumericEquals", "aws:PrincipalTag/size", ["10.0"], true],
  ["NumericNotEquals", "aws:PrincipalTag/size", ["10"], false],
  ["BinaryEquals", team, ["UmVk"], "unknown"],
  ["ForAllValues:StringEquals", team, ["Red"], true],
  ["ForAnyValue:StringEquals", team, ["Blue"], false],
  ["ForAllValues:StringEquals", "aws:PrincipalTag/empty", ["x"], "unknown"],
  ["ForAllValues:StringEquals", "aws:PrincipalTag/empty", [""], true],
  ["ForAnyValue:StringEquals", "aws:PrincipalTag/empty", ["x"], false],
  ["StringEquals", team, ["${aws:PrincipalTag/none, 'Red'}"], true],
  ["StringEquals", team, ["${aws:PrincipalTag/none, 'red'}"], false],
  ["NumericLessThan", "aws:PrincipalTag/size", ["10"], false],
  ["NumericLessThanEquals", "aws:PrincipalTag/size", ["10"], true],
  ["NumericGreaterThan", "aws:PrincipalTag/size", ["9.5"], true],
  ["NumericGreaterThanEquals", "aws:PrincipalTag/size", ["11"], false],
  ["NumericEquals", team, ["10"], "unknown"],
  ["NumericEquals", "aws:PrincipalTag/size", ["ten"], "unknown"],
  ["DateLessThan", "aws:CurrentTime", ["2026-11-21T12:00:01Z"], true],
  ["DateLessThan", "aws:CurrentTime", ["2026-11-21T12:00:00Z"], false],
  ["DateLessThan", "aws:CurrentTime", ["1795262401"], true],
  ["DateLessThan", "aws:CurrentTime", ["soon"], "unknown"],
  // A year to ISO 8601, seconds to a reader of epochs.
  ["DateGreaterThan", "aws:CurrentTime", ["2027"], "unknown"],
  ["DateGreaterThan", "aws:CurrentTime", ["99999999"], "unknown"],
  ["DateGreaterThan", "aws:CurrentTime", ["100000000"], true],
  ["DateGreaterThan", "aws:CurrentTime", ["2026-11-21"], true],
  ["DateEquals", "aws:EpochTime", ["2026-11-21T13:00:00+01:00"], true],
  ["DateNotEquals", "aws:EpochTime", ["2026-11-21T12:00:00Z"], false],
])("%s %s %j is %s", (operator, key, values, expected) => {
  expect(truth(operator, key, ...values)).toBe(expected);
});

test.each<[string, string | undefined, string[], Truth]>([
  ["IpAddress", "203.0.113.7", ["203.0.113.7"], true],
  ["IpAddress", "203.0.113.7", ["203.0.113.8"], false],
  ["IpAddress", "203.0.113.7", ["10.0.0.0/8", "203.0.113.0/29"], true],
  ["IpAddress", "203.0.113.8", ["203.0.113.0/29"], false],
  ["IpAddress", "2001:db8::7", ["2001:0db8:0::/64"], true],
  ["IpAddress", "2001:db8::7", ["2001:db8::8"], false],
  ["IpAddress", "203.0.113.7", ["::/0"], false],
  ["IpAddress", "203.0.113.7", ["203.0.113.0/33"], "unknown"],
  ["IpAddress", "203.0.113.7", ["203.0.113.0/8/8"], "unknown"],
  ["IpAddress", "203.0.113.7", ["203.0.113.0/x"], "unknown"],
  ["IpAddress", "203.0.113.7", ["here"], "unknown"],
  ["IpAddress", "unknown", ["203.0.113.7"], "unknown"],
  ["IpAddress", undefined, ["0.0.0.0/0"], false],
  ["NotIpAddress", "203.0.113.7", ["203.0.113.7"], false],
  ["NotIpAddress", "203.0.113.7", ["203.0.113.8"], true],
  ["NotIpAddress", undefined, ["203.0.113.7"], true],
])("%s of a call to a function URL from %s: %j is %s", (operator, address, values, expected) => {
  const request = {
    action: "lambda:InvokeFunction",
    context: address === undefined ? {} : { "aws:sourceip": address },
  };
  expect(evaluateCondition({ operator, key: "aws:SourceIp", values }, request, silent)).toBe(expected);
});

test.each<[string, string[], Truth]>([
  ["StringEquals", ["x"], false],
  ["StringLike", ["*"], false],
  ["StringNotEquals", ["x"], true],
  ["StringEqualsIfExists", ["x"], true],
  ["StringNotEqualsIfExists", ["x"], true],
  ["ForAllValues:StringEquals", ["x"], true],
  ["ForAnyValue:StringEquals", ["x"], false],
  ["ForAnyValue:StringNotEquals", ["x"], false],
  ["ForAnyValue:StringEqualsIfExists", ["x"], "unknown"],
  ["ForAnyValue:StringNotEqualsIfExists", ["x"], "unknown"],
  ["ForAllValues:StringEqualsIfExists", ["x"], true],
  ["ForAllValues:StringNotEquals", ["x"], true],
  ["BinaryEquals", ["eA=="], false],
  ["BinaryEqualsIfExists", ["eA=="], true],
  ["BoolIfExists", ["false"], true],
  ["NumericLessThanIfExists", ["1"], true],
  ["DateLessThan", ["2026-11-21"], false],
  ["ArnLike", ["arn:aws:iam::123456789012:role/x"], false],
  ["ArnNotLike", ["arn:aws:iam::123456789012:role/x"], true],
  ["Bool", ["false"], false],
  ["Null", ["true"], true],
  ["Null", ["false"], false],
])("a key that the request does not have: %s %j is %s", (operator, values, expected) => {
  expect(truth(operator, absent, ...values)).toBe(expected);
});

test.each<[string, string[], Truth]>([
  ["ForAllValues:StringEquals", ["team", "tenant", "more"], true],
  ["ForAllValues:StringEquals", ["team"], false],
  ["ForAllValues:StringLike", ["te*"], true],
  ["ForAnyValue:StringEquals", ["tenant"], true],
  ["ForAnyValue:StringEquals", ["none"], false],
  ["ForAllValues:StringNotEquals", ["none"], true],
  ["ForAllValues:StringNotEquals", ["team"], false],
  ["StringEquals", ["team", "tenant"], "unknown"],
  ["StringNotEquals", ["none"], "unknown"],
  ["Null", ["false"], true],
])("a key with several values: %s %j is %s", (operator, values, expected) => {
  expect(truth(operator, "aws:TagKeys", ...values)).toBe(expected);
});

test.each([
  ["BinaryNotEquals", team],
  ["stringEquals", team],
  ["NullIfExists", team],
  ["ForAllValues:Null", team],
  ["StringEqualsifexists", team],
  ["BoolNotEquals", "aws:SecureTransport"],
  ["NumericNotLessThan", "aws:PrincipalTag/size"],
  ["ForSomeValues:StringEquals", team],
  ["StringEquals", "aws:SourceIp"],
  ["StringNotEqualsIfExists", "aws:SourceIp"],
  ["ForAllValues:StringEquals", "aws:PrincipalTags/team"],
  ["Null", "aws:MultiFactorAuthPresent"],
  ["StringEquals", "lambda:FunctionUrlAuthType"],
])("%s on %s is unknown, and says so", (operator, key) => {
  const warnings: string[] = [];
  const warn = (message: string): unknown => warnings.push(message);
  const condition = { operator, key, values: ["true"] };
  expect(evaluateCondition(condition, { action: "sts:AssumeRole", context }, warn)).toBe("unknown");
  expect(warnings.join()).toContain(warnings.join().includes("operator") ? operator : key);
  expect(warnings).toHaveLength(1);
});

test.each([[["true", "false"]], [["maybe"]]])("Null with %j is unknown", (values) => {
  expect(truth("Null", team, ...values)).toBe("unknown");
});
