import { compileSessionPolicy, maxPolicyLength, type PolicyInput } from "../../server/core/compile-policy.js";
import type { Claims } from "../../server/core/model.js";
import { statementWith, template, variablesWith } from "../fixtures/expression.js";
import { accepted, refused } from "../fixtures/outcome.js";
import { functionArn, routeWith } from "../fixtures/route.js";

interface Policy {
  readonly Version: string;
  readonly Statement: readonly Record<string, unknown>[];
}

const compile = (overrides: Partial<PolicyInput> = {}, claims: Claims = { tenant: "acme" }) =>
  compileSessionPolicy({
    route: routeWith("$default"),
    statements: [],
    policyArns: [],
    variables: variablesWith(claims),
    ...overrides,
  });

const policyOf = (overrides?: Partial<PolicyInput>, claims?: Claims) =>
  JSON.parse(accepted(compile(overrides, claims))) as Policy;

const targetStatements = [
  {
    Effect: "Allow",
    Action: "lambda:InvokeFunctionUrl",
    Resource: functionArn,
    Condition: { StringEquals: { "lambda:FunctionUrlAuthType": "AWS_IAM" } },
  },
  {
    Effect: "Allow",
    Action: "lambda:InvokeFunction",
    Resource: functionArn,
    Condition: { Bool: { "lambda:InvokedViaFunctionUrl": "true" } },
  },
];

const conditioned = statementWith({
  Resource: [template("*")],
  Condition: { StringEquals: { "s3:prefix": [template("${claims.tenant}")] } },
});

describe("the policy of a function URL", () => {
  test("is two statements: the URL, and the function through its URL only", () => {
    expect(policyOf()).toEqual({ Version: "2012-10-17", Statement: targetStatements });
  });

  test("is followed by the rule's own statements, in their order, with every slot filled", () => {
    const deny = statementWith({
      Sid: "NoDrafts",
      Effect: "Deny",
      Resource: [template("arn:aws:s3:::drafts")],
    });
    const { Statement } = policyOf({ statements: [statementWith(), deny, conditioned] });
    expect(Statement.slice(0, 2)).toEqual(targetStatements);
    expect(Statement.slice(2)).toEqual([
      { Effect: "Allow", Action: ["s3:GetObject"], Resource: ["arn:aws:s3:::reports/acme/*"] },
      { Sid: "NoDrafts", Effect: "Deny", Action: ["s3:GetObject"], Resource: ["arn:aws:s3:::drafts"] },
      {
        Effect: "Allow",
        Action: ["s3:GetObject"],
        Resource: ["*"],
        Condition: { StringEquals: { "s3:prefix": ["acme"] } },
      },
    ]);
  });
});

describe("notAfter", () => {
  const end = { "aws:CurrentTime": "2026-01-01T00:10:00Z" };
  const notAfter = Date.UTC(2026, 0, 1, 0, 10) / 1000;

  test("ends every Allow and no Deny, and leaves the other conditions standing", () => {
    const deny = statementWith({ Effect: "Deny" });
    const { Statement } = policyOf({ statements: [statementWith(), deny, conditioned], notAfter });
    expect(Statement.map(({ Condition }) => Condition)).toEqual([
      { ...targetStatements[0]?.Condition, DateLessThan: end },
      { ...targetStatements[1]?.Condition, DateLessThan: end },
      { DateLessThan: end },
      undefined,
      { StringEquals: { "s3:prefix": ["acme"] }, DateLessThan: end },
    ]);
  });

  test("stands beside a DateLessThan on another key", () => {
    const dated = statementWith({
      Condition: { DateLessThan: { "aws:TokenIssueTime": [template("2027-01-01")] } },
    });
    expect(policyOf({ statements: [dated], notAfter }).Statement[2]?.Condition).toEqual({
      DateLessThan: { "aws:TokenIssueTime": ["2027-01-01"], ...end },
    });
  });
});

describe("the 2,048 characters that STS takes", () => {
  const lengthOf = (claims: Claims) => accepted(compile({ statements: [conditioned] }, claims)).length;
  const room = maxPolicyLength - lengthOf({ tenant: "x" }) + 1;

  test("are enough when just filled", () => {
    expect(lengthOf({ tenant: "x".repeat(room) })).toBe(2048);
  });

  test("are not exceeded by one", () => {
    const result = compile({ statements: [conditioned] }, { tenant: "x".repeat(room + 1) });
    expect(refused(result)).toMatchObject({
      reason: "session_too_large",
      slot: "policy",
      cause: "the session policy has 2049 characters; STS takes 2048",
    });
  });

  test("count what JSON writes, escapes included", () => {
    const result = compile({ statements: [conditioned] }, { tenant: `"${"x".repeat(room - 1)}` });
    expect(refused(result).reason).toBe("session_too_large");
  });
});
