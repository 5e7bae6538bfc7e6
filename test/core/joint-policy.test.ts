// Joint policies before the local AWS's own evaluator, on a role that may do everything: what is allowed here is what the
// session policy allows.
import fc from "fast-check";
import { evaluate } from "../../deploy/local/aws/iam/evaluate.js";
import { parsePolicyText } from "../../deploy/local/aws/iam/parse-policy.js";
import type { PolicyDocument } from "../../deploy/local/aws/model.js";
import { jointPolicy } from "../../server/core/joint-policy.js";
import {
  boundAllows,
  denyOutside,
  type Conditions,
  type PolicyBounds,
  type Statement,
} from "../../server/core/policy-bounds.js";
import { cpuSeconds } from "../fixtures/cpu-seconds.js";
import { accepted, refused } from "../fixtures/outcome.js";

const end = Date.UTC(2026, 0, 1, 1) / 1000;
const iso = (seconds: number): string => new Date(seconds * 1000).toISOString();
const everything: PolicyDocument = {
  statements: [{ effect: "Allow", actions: ["*"], resources: ["*"], conditions: [] }],
};

interface Call {
  readonly action: string;
  readonly resource: string;
  readonly context: Record<string, string>;
}

/** Parsed once: the parts are asked many times. */
function judge(policy: string): (call: Call) => boolean {
  const session = accepted(parsePolicyText(policy, "session"));
  return ({ action, resource, context }) => {
    const request = { action, resource, context: { "aws:currenttime": iso(end - 60), ...context } };
    return evaluate(request, { identity: [everything], session }, () => undefined).allowed;
  };
}

const text = (Statement: readonly Statement[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement });
const statementsIn = (policy: string): Statement[] =>
  (JSON.parse(policy) as { Statement: Statement[] }).Statement;
const allow = (
  Action: Statement["Action"],
  Resource: Statement["Resource"],
  Condition?: Conditions,
): Statement => ({
  Effect: "Allow",
  Action,
  Resource,
  ...(Condition && { Condition }),
});

const actions = ["lambda:InvokeFunction", "lambda:InvokeFunctionUrl", "s3:GetObject"];
const resources = [1, 2, 3].map((at) => `arn:aws:lambda:eu-west-1:123456789012:function:f${at}`);
const conditions: Conditions[] = [
  {},
  { Bool: { "lambda:InvokedViaFunctionUrl": "true" } },
  { StringEquals: { "lambda:FunctionUrlAuthType": "AWS_IAM" } },
  {
    StringEquals: { "lambda:FunctionUrlAuthType": ["AWS_IAM"] },
    Bool: { "lambda:InvokedViaFunctionUrl": "true" },
  },
  // The configuration's own, under the gateway's keys: lists.
  { IpAddress: { "aws:SourceIp": ["203.0.113.0/24"] } },
  { DateLessThanEquals: { "aws:CurrentTime": [iso(end - 120)] } },
];

const some = <T>(values: readonly T[]) => fc.subarray([...values], { minLength: 1 });
const statements = fc.array(
  fc
    .tuple(some(actions), some(resources), fc.constantFrom(...conditions), fc.boolean())
    .map(([Action, Resource, Condition, isOne]) =>
      allow(
        isOne ? (Action[0] ?? "") : Action,
        isOne ? (Resource[0] ?? "") : Resource,
        Object.keys(Condition).length > 0 ? Condition : undefined,
      ),
    ),
  { minLength: 1, maxLength: 4 },
);
const bounds = fc.constantFrom<PolicyBounds>(
  {},
  { notAfter: end },
  { sourceIp: "203.0.113.7" },
  { notAfter: end, sourceIp: "203.0.113.7" },
);
const deny: Statement = { Effect: "Deny", Action: "lambda:*", Resource: resources[2] ?? "" };
const calls = fc.record({
  action: fc.constantFrom(...actions, "sts:AssumeRole"),
  resource: fc.constantFrom(...resources, "arn:aws:lambda:eu-west-1:123456789012:function:f4"),
  context: fc.record(
    {
      "aws:currenttime": fc.constantFrom(iso(end - 180), iso(end - 0.001), iso(end), iso(end + 60)),
      "aws:sourceip": fc.constantFrom("203.0.113.7", "203.0.113.8", "198.51.100.1"),
      "lambda:invokedviafunctionurl": fc.constantFrom("true", "false"),
      "lambda:functionurlauthtype": fc.constantFrom("AWS_IAM", "NONE"),
    },
    { requiredKeys: ["aws:currenttime"] },
  ),
});

test("the joint policy allows what one of its parts allows, and nothing else", () => {
  let allowed = 0;
  let lifted = 0;
  fc.assert(
    fc.property(
      fc.array(statements, { minLength: 1, maxLength: 4 }),
      bounds,
      fc.boolean(),
      fc.boolean(),
      fc.array(calls, { minLength: 20, maxLength: 20 }),
      (parts, bound, denies, isBoundByDeny, asked) => {
        const common = denies ? [deny] : [];
        const policies = parts.map((part) =>
          text(
            isBoundByDeny
              ? [...part, ...common, ...denyOutside(bound)]
              : boundAllows([...part, ...common], bound),
          ),
        );
        const joint = accepted(jointPolicy(policies));
        if (!isBoundByDeny && joint.includes('"Action":"*"')) lifted += 1;
        const judges = policies.map(judge);
        const judgeJoint = judge(joint);
        for (const call of asked) {
          const expected = judges.some((allows) => allows(call));
          if (expected) allowed += 1;
          expect({ call, allowed: judgeJoint(call) }).toEqual({ call, allowed: expected });
        }
      },
    ),
    { numRuns: 500 },
  );
  // Neither side of it is empty.
  expect(allowed).toBeGreaterThan(300);
  expect(lifted).toBeGreaterThan(10);
});

test("the order of the parts does not change how short it gets", () => {
  fc.assert(
    fc.property(fc.array(statements, { minLength: 2, maxLength: 4 }), (parts) => {
      const [there, back] = [parts, parts.toReversed()].map((each) => accepted(jointPolicy(each.map(text))));
      expect(there?.length).toBe(back?.length);
    }),
    { numRuns: 200 },
  );
});

const [f1 = "", f2 = ""] = resources;
const viaUrl = { Bool: { "lambda:InvokedViaFunctionUrl": "true" } };
const until = (seconds: number) => ({
  DateLessThan: { "aws:CurrentTime": iso(seconds).replace(".000Z", "Z") },
});

test.each<[string, Statement[][], Statement[]]>([
  [
    "one resource beside another",
    [[allow("s3:GetObject", "a")], [allow("s3:GetObject", "b")]],
    [allow("s3:GetObject", ["a", "b"])],
  ],
  [
    "twice the same",
    [[allow("s3:GetObject", "a")], [allow("s3:GetObject", "a")]],
    [allow("s3:GetObject", "a")],
  ],
  [
    "a condition that another part does without",
    [[allow("x:Y", f1, viaUrl)], [allow("x:Y", f1)]],
    [allow("x:Y", f1)],
  ],
  ["the same the other way round", [[allow("x:Y", f1)], [allow("x:Y", f1, viaUrl)]], [allow("x:Y", f1)]],
  [
    "a condition that only another resource does without",
    [[allow("x:Y", f1, viaUrl)], [allow("x:Y", f2)]],
    [allow("x:Y", f1, viaUrl), allow("x:Y", f2)],
  ],
  [
    "two actions on the same resources",
    [[allow(["x:Y", "x:Z"], f1)], [allow(["x:Z", "x:Y"], f2)]],
    [allow(["x:Y", "x:Z"], [f1, f2])],
  ],
  ["a Sid, which would come twice", [[{ Sid: "One", ...allow("x:Y", f1) }]], [allow("x:Y", f1)]],
  [
    "one Deny of all",
    [
      [allow("x:Y", f1), deny],
      [allow("x:Y", f2), deny],
    ],
    [allow("x:Y", [f1, f2]), deny],
  ],
  [
    "an end that one condition says shorter",
    [[allow("x:Y", f1, until(end))]],
    [allow("x:Y", f1, until(end))],
  ],
  [
    "an end that one Deny says shorter",
    [
      [allow("x:Y", f1, until(end)), allow("x:Z", f2, until(end))],
      [allow("x:Y", f2, { ...viaUrl, ...until(end) })],
    ],
    [
      allow("x:Y", f1),
      allow("x:Z", f2),
      allow("x:Y", f2, viaUrl),
      {
        Effect: "Deny",
        Action: "*",
        Resource: "*",
        Condition: { DateGreaterThanEquals: until(end).DateLessThan },
      },
    ],
  ],
])("is written as short as it can be: %s", (_, parts, expected) => {
  expect(statementsIn(accepted(jointPolicy(parts.map(text))))).toEqual(expected);
});

test("what only denies stays so", () => {
  expect(statementsIn(accepted(jointPolicy([text([deny]), text([deny])])))).toEqual([deny]);
});

test("different ends are never one", () => {
  const parts = [
    [allow("x:Y", f1, until(end)), allow("x:Z", f1, until(end)), allow("x:W", f2, until(end))],
    [allow("x:Y", f2, until(end + 1))],
  ];
  expect(accepted(jointPolicy(parts.map(text)))).not.toContain("Deny");
});

test.each<[string, Statement[], Statement[]]>([
  ["only one of them", [allow("x:Y", f1), deny], [allow("x:Y", f2)]],
  ["different resources", [allow("x:Y", f1), deny], [allow("x:Y", f2), { ...deny, Resource: f1 }]],
])("refuses parts that deny different things: %s", (_, one, other) => {
  expect(refused(jointPolicy([one, other].map(text)))).toBe("their policies deny different things");
});

test("many routes do not make it slow", async () => {
  const parts = Array.from({ length: 1000 }, (_, route) =>
    text([
      allow(
        "execute-api:Invoke",
        [...Array(7).keys()].map((method) => `${method}/route${route}/*`),
      ),
    ]),
  );
  // Hundredths of a second; each of 7,000 with each other would be several.
  expect(await cpuSeconds(() => accepted(jointPolicy(parts)))).toBeLessThan(1);
});
