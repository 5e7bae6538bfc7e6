import {
  expandPattern,
  literalText,
  matchAction,
  matchArn,
  matchResourceNarrowly,
  matchTokens,
} from "../../../../deploy/local/aws/iam/match.js";

const expand = (pattern: string, context = {}): ReturnType<typeof expandPattern> =>
  expandPattern(pattern, "lambda:InvokeFunction", context);
const tokens = (pattern: string, context = {}): NonNullable<ReturnType<typeof expandPattern>> => {
  const expanded = expand(pattern, context);
  if (expanded === undefined) throw new Error(`${pattern} has an open variable`);
  return expanded;
};

const fn = "arn:aws:lambda:eu-west-1:123456789012:function:reports:live";

test.each([
  ["*", true],
  [fn, true],
  ["arn:aws:lambda:*:*:function:reports:live", true],
  ["arn:aws:lambda:eu-west-1:123456789012:function:rep?rts:*", true],
  ["arn:aws:lambda:eu-west-1:123456789012:function:*", true],
  ["arn:aws:lambda:eu-west-1:123456789012:function:reports*", true],
  ["arn:aws:lambda:eu-west-1:123456789012:*", true],
  ["arn:aws:lambda:eu-west-1:123456789012:function:reports", false],
  ["arn:aws:lambda:eu-west-1:123456789012:function:*:dev", false],
  ["arn:aws:lambda:eu-west-1:123456789012:function:r*live", false],
  ["arn:aws:lambda:eu-west-1:*:live", false],
  ["arn:aws:lambda:*", false],
  ["arn:aws:lambda:eu-west-1:123456789012:function:Reports:live", false],
  ["arn:aws:lambda:eu-west-2:123456789012:function:reports:live", false],
])("as a resource of an Allow, %s reaches reports:live: %s", (pattern, expected) => {
  expect(matchResourceNarrowly(tokens(pattern), fn)).toBe(expected);
});

test("in a Deny, a wildcard reaches over colons", () => {
  expect(matchTokens(tokens("arn:aws:lambda:*live"), fn)).toBe(true);
});

test.each([
  ["lambda:InvokeFunction", true],
  ["LAMBDA:invokefunction", true],
  ["lambda:Invoke*", true],
  ["lambda:InvokeFunctio?", true],
  ["*", true],
  ["lambda:InvokeFunctionUrl", false],
  ["lambda:Invoke", false],
  ["lambda:?nvoke", false],
])("the action %s covers lambda:InvokeFunction: %s", (pattern, expected) => {
  expect(matchAction(pattern, "lambda:InvokeFunction")).toBe(expected);
});

test("a variable's value is text, never a pattern", () => {
  const context = { "aws:principaltag/team": "*" };
  expect(matchTokens(tokens("x/${aws:PrincipalTag/team}", context), "x/anything")).toBe(false);
  expect(matchTokens(tokens("x/${aws:PrincipalTag/team}", context), "x/*")).toBe(true);
});

test("a colon in a variable's value makes no new segment", () => {
  const context = { "aws:principaltag/path": "function:reports:live" };
  const pattern = "arn:aws:lambda:eu-west-1:123456789012:${aws:PrincipalTag/path}";
  expect(matchResourceNarrowly(tokens(pattern, context), fn)).toBe(false);
});

test("${*}, ${?} and ${$} are the characters themselves", () => {
  expect(matchTokens(tokens("${*}${?}${$}"), "*?$")).toBe(true);
  expect(matchTokens(tokens("${*}"), "a")).toBe(false);
});

test.each([
  "${aws:PrincipalTag/none}",
  "${aws:PrincipalTag/none,'no space'}",
  '${aws:PrincipalTag/none, "other quotes"}',
  "${aws:PrincipalTag/none, 'a*'}",
  "${aws:PrincipalTag/none, 'a?'}",
  "${aws:PrincipalTag/none, 'it''s'}",
  "${made:Up, 'fallback'}",
  "${aws:TagKeys, 'fallback'}",
  "${made:Up}",
  "${",
  "a${b",
  "${}",
])("a pattern with %s means nothing", (pattern) => {
  expect(expand(pattern, { "aws:principaltag/x": "y", "aws:tagkeys": ["a", "b"] })).toBeUndefined();
});

test.each([
  ["${aws:PrincipalTag/x, 'none'}", "y"],
  ["${aws:PrincipalTag/none, 'none'}", "none"],
  ["${aws:PrincipalTag/none, ''}", ""],
  ["${aws:username, 'no user, but a role'}", "no user, but a role"],
])("the variable %s stands for %j", (variable, value) => {
  expect(literalText(tokens(variable, { "aws:principaltag/x": "y" }))).toBe(value);
});

test("a default is text: its colon makes no new segment", () => {
  const pattern = "arn:aws:lambda:eu-west-1:123456789012:${aws:username, 'function:reports:live'}";
  expect(matchResourceNarrowly(tokens(pattern), fn)).toBe(false);
});

test("many wildcards against a long text take no noticeable time", () => {
  expect(matchTokens(tokens(`${"*a".repeat(500)}b`), "a".repeat(2000))).toBe(false);
});

test.each([
  ["arn:aws:iam::123456789012:role/analyst", true],
  ["arn:aws:iam::*:role/*", true],
  ["arn:*:role/analyst", undefined],
  ["arn:aws:iam::123456789012:user/analyst", false],
  ["arn:aws:iam::12345678901?:role/ana*", true],
])("Arn operators: %s -> %s", (pattern, expected) => {
  expect(matchArn(tokens(pattern), "arn:aws:iam::123456789012:role/analyst")).toBe(expected);
});

test("Arn operators: a text of fewer than six parts is no ARN, and what stands behind the fifth colon is one part", () => {
  expect(matchArn(tokens("arn:aws:iam::123456789012:role/x"), "arn:aws:iam")).toBe(false);
  expect(matchArn(tokens("arn:aws:lambda:*:*:function:reports*"), fn)).toBe(true);
  expect(matchArn(tokens("arn:aws:lambda:*:*:f*live"), fn)).toBe(true);
  expect(matchArn(tokens("arn:aws:lambda:*:*:function:reports"), fn)).toBe(false);
});
