// The compiled policies before the local AWS's own evaluator, on a role that may do everything: what is allowed here
// is what the session policy allows.
import fc from "fast-check";
import { evaluate } from "../../deploy/local/aws/iam/evaluate.js";
import { parsePolicyText } from "../../deploy/local/aws/iam/parse-policy.js";
import type { PolicyDocument } from "../../deploy/local/aws/model.js";
import { compileSessionPolicy, type PolicyInput } from "../../server/core/compile-policy.js";
import type { Claims } from "../../server/core/model.js";
import { statementWith, template, variablesWith } from "../fixtures/expression.js";
import { accepted } from "../fixtures/outcome.js";
import { functionArn, routeWith } from "../fixtures/route.js";

const parsed = (text: string): PolicyDocument => accepted(parsePolicyText(text, "session"));
const allowing = (...actions: string[]): PolicyDocument => ({
  statements: [{ effect: "Allow", actions, resources: ["*"], conditions: [] }],
});
const everything = allowing("*");

const end = Date.UTC(2026, 0, 1, 1) / 1000;
const at = (epochSeconds: number) => new Date(epochSeconds * 1000).toISOString();

interface Call {
  readonly action: string;
  readonly resource: string;
  readonly context?: Record<string, string>;
}

/** `managed`: what the policies behind `policyArns` allow, which stand beside the compiled one. */
function allows(policy: string, call: Call, managed?: PolicyDocument): boolean {
  const session = { statements: [...parsed(policy).statements, ...(managed?.statements ?? [])] };
  const context = { "aws:currenttime": at(end - 1), ...call.context };
  return evaluate({ ...call, context }, { identity: [everything], session }, () => undefined).allowed;
}

const compile = (overrides: Partial<PolicyInput> = {}, claims: Claims = {}) =>
  compileSessionPolicy({
    route: routeWith("$default"),
    statements: [],
    policyArns: [],
    variables: variablesWith(claims),
    ...overrides,
  });

const viaUrl = (context: Record<string, string> = {}): Call => ({
  action: "lambda:InvokeFunction",
  resource: functionArn,
  context: { "lambda:invokedviafunctionurl": "true", ...context },
});
const url = (context: Record<string, string> = {}): Call => ({
  action: "lambda:InvokeFunctionUrl",
  resource: functionArn,
  context: { "lambda:functionurlauthtype": "AWS_IAM", ...context },
});

const otherCalls: [string, Call][] = [
  ["the function round its URL", { action: "lambda:InvokeFunction", resource: functionArn }],
  ["another alias", { ...viaUrl(), resource: functionArn.replace(":live", ":test") }],
  ["the unqualified function", { ...viaUrl(), resource: functionArn.replace(":live", "") }],
  ["another function", { ...url(), resource: functionArn.replace("reports", "payroll") }],
  ["a URL without IAM", url({ "lambda:functionurlauthtype": "NONE" })],
  ["another action", { action: "lambda:DeleteFunction", resource: functionArn }],
  ["a further role", { action: "sts:AssumeRole", resource: "arn:aws:iam::123456789012:role/admin" }],
  ["a bucket", { action: "s3:GetObject", resource: "arn:aws:s3:::reports/acme/1" }],
];

describe("a session for a function URL", () => {
  const policy = accepted(compile());

  test("may call it, which takes two permissions", () => {
    expect([allows(policy, url()), allows(policy, viaUrl())]).toEqual([true, true]);
  });

  test.each(otherCalls)("may not call %s", (_, call) => {
    expect(allows(policy, call)).toBe(false);
  });
});

describe("the bounds of a grant", () => {
  const statements = [statementWith({ Resource: [template("arn:aws:s3:::reports/*")] })];
  const bucket = { action: "s3:GetObject", resource: "arn:aws:s3:::reports/1" };

  test.each([
    ["a second before the end", end - 1, true],
    ["a millisecond before the end", end - 0.001, true],
    ["at the end", end, false],
    ["a day later", end + 86_400, false],
  ])("%s", (_, time, allowed) => {
    const policy = accepted(compile({ statements, notAfter: end }));
    const context = { "aws:currenttime": at(time) };
    for (const call of [url(context), viaUrl(context), { ...bucket, context }]) {
      expect(allows(policy, call)).toBe(allowed);
    }
  });

  test.each([
    ["the caller's own", "203.0.113.7", true],
    ["another", "203.0.113.8", false],
    ["none that is known", undefined, false],
  ])("from the address: %s", (_, address, allowed) => {
    const policy = accepted(compile({ sourceIp: "203.0.113.7" }));
    const context: Record<string, string> = address === undefined ? {} : { "aws:sourceip": address };
    expect([allows(policy, url(context)), allows(policy, viaUrl(context))]).toEqual([allowed, allowed]);
  });
});

describe("with managed policies beside it", () => {
  const policyArns = ["arn:aws:iam::123456789012:policy/more"];
  const managed = allowing("s3:GetObject", "lambda:*");
  const bounded = accepted(compile({ policyArns, notAfter: end, sourceIp: "203.0.113.7" }));
  const here = { "aws:sourceip": "203.0.113.7" };

  test("a session may do what either allows, and no more", () => {
    const policy = accepted(compile({ policyArns }));
    const bucket = { action: "s3:GetObject", resource: "arn:aws:s3:::reports/1" };
    expect(allows(policy, bucket)).toBe(false);
    expect(allows(policy, bucket, managed)).toBe(true);
    expect(allows(policy, url(), allowing("s3:GetObject"))).toBe(true);
    expect(allows(policy, { ...bucket, action: "s3:PutObject" }, managed)).toBe(false);
  });

  test.each([
    ["just before the end", end - 1, true],
    ["at the end", end, false],
    ["a day later", end + 86_400, false],
  ])("the token's end binds all of them: %s", (_, time, allowed) => {
    const context = { ...here, "aws:currenttime": at(time) };
    expect(allows(bounded, url(context))).toBe(allowed);
    const beyond = { action: "lambda:InvokeFunction", resource: `${functionArn}2`, context };
    expect(allows(bounded, beyond, managed)).toBe(allowed);
    const bucket = { action: "s3:GetObject", resource: "arn:aws:s3:::reports/1", context };
    const unbound = accepted(compile({ policyArns, notAfter: end }));
    expect(allows(unbound, bucket, managed)).toBe(allowed);
  });

  test.each([["203.0.113.8"], [undefined]])("the caller's address binds all of them, not %s", (address) => {
    const context: Record<string, string> = address === undefined ? {} : { "aws:sourceip": address };
    const beyond = { action: "lambda:InvokeFunction", resource: `${functionArn}2`, context };
    expect([allows(bounded, url(context)), allows(bounded, beyond, managed)]).toEqual([false, false]);
    expect(allows(bounded, { ...beyond, context: here }, managed)).toBe(true);
  });

  test("their ARNs count in the 2,048 characters", () => {
    const arn = "arn:aws:iam::123456789012:policy/more";
    const statements = (length: number) => [
      statementWith({ Resource: [template(`arn:aws:s3:::${"x".repeat(length)}`)] }),
    ];
    const room =
      2048 - accepted(compile({ statements: statements(1), policyArns: [arn] })).length - arn.length;
    expect(compile({ statements: statements(1 + room), policyArns: [arn] }).ok).toBe(true);
    const result = compile({ statements: statements(2 + room), policyArns: [arn] });
    expect(result).toMatchObject({
      denial: {
        reason: "session_too_large",
        slot: "policy",
        cause: "the session policy with its policyArns has 2049 characters; STS takes 2048",
      },
    });
  });
});

describe("no claim, however hostile,", () => {
  const hostile = fc.oneof(
    fc.string({ unit: "binary", maxLength: 20 }),
    fc.string({
      unit: fc.constantFrom("a", "acme", "/", ":", "*", "?", "${", "}", '"', "\\", "]", ",", '"},{'),
      maxLength: 6,
    }),
    fc.stringMatching(/^[a-z]{1,8}$/),
  );
  const statements = [
    statementWith({ Resource: [template("arn:aws:s3:::reports/${claims.tenant}/*")] }),
    statementWith({
      Action: ["s3:ListBucket"],
      Resource: [template("arn:aws:s3:::reports")],
      // A key that the evaluator knows and that a claim can be compared with.
      Condition: { StringLike: { "aws:PrincipalTag/home": [template("${claims.home}/*")] } },
    }),
  ];

  test("opens a call beside its own tenant's", () => {
    let taken = 0;
    fc.assert(
      fc.property(hostile, hostile, hostile, (tenant, home, other) => {
        const compiled = compile({ statements, notAfter: end }, { tenant, home });
        if (!compiled.ok) return;
        taken += 1;
        const policy = compiled.value;
        const object = (name: string) => ({
          action: "s3:GetObject",
          resource: `arn:aws:s3:::reports/${name}/1`,
        });
        const list = (prefix: string) => ({
          ...{ action: "s3:ListBucket", resource: "arn:aws:s3:::reports" },
          context: { "aws:principaltag/home": prefix },
        });
        expect(allows(policy, object(tenant))).toBe(true);
        expect(allows(policy, list(`${home}/x`))).toBe(true);
        for (const name of ["victim", `${tenant}x`, `x${tenant}`, "", other]) {
          if (name === tenant || name.startsWith(`${tenant}/`)) continue;
          expect(allows(policy, object(name))).toBe(false);
        }
        for (const name of ["victim", `x${home}`, `${home}x`, ""]) {
          if (!name.startsWith(`${home}/`)) expect(allows(policy, list(`${name}/x`))).toBe(false);
        }
        expect(allows(policy, { ...object(tenant), action: "s3:PutObject" })).toBe(false);
        expect(allows(policy, { ...object(tenant), context: { "aws:currenttime": at(end) } })).toBe(false);
        for (const [what, call] of otherCalls)
          if (what !== "a bucket") expect(allows(policy, call)).toBe(false);
        expect([allows(policy, url()), allows(policy, viaUrl())]).toEqual([true, true]);
      }),
      { numRuns: 2000 },
    );
    expect(taken).toBeGreaterThan(200);
  });
});
