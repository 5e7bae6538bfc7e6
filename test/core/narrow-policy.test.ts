// What becomes of a caller's policy beside the session's own: the text that STS gets, or why there is none.
import { narrowPolicy } from "../../server/core/narrow-policy.js";
import { cpuSeconds } from "../fixtures/cpu-seconds.js";
import { accepted, refused } from "../fixtures/outcome.js";

const arn = (name: string): string => `arn:aws:lambda:eu-west-1:123456789012:function:${name}`;
const policy = (...Statement: object[]): string => JSON.stringify({ Version: "2012-10-17", Statement });
const end = { DateLessThan: { "aws:CurrentTime": "2026-11-22T09:00:00Z" } };

const viaUrl = { Action: "lambda:InvokeFunctionUrl", Resource: arn("hello:live") };
const send = { Action: ["sqs:SendMessage"], Resource: ["arn:aws:sqs:eu-west-1:123456789012:work"] };
const granted = policy(
  { Effect: "Allow", ...viaUrl, Condition: { StringEquals: { "lambda:FunctionUrlAuthType": "AWS_IAM" } } },
  { Sid: "queue", Effect: "Allow", ...send },
  { Effect: "Allow", Action: "s3:Get*", Resource: "arn:aws:s3:::reports/*", Condition: end },
);
const read = { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::reports/acme/*" };

const narrowed = (...asked: object[]): unknown[] => {
  const text = accepted(narrowPolicy(granted, policy(...asked)));
  return (JSON.parse(text) as { Statement: unknown[] }).Statement;
};

test("what the caller asks for stays as narrow as he asks, under the session's own condition", () => {
  expect(narrowed(read)).toEqual([{ ...read, Condition: end }]);
});

test("where the session has no condition the caller's statement stands as it is, but for its Sid", () => {
  const Condition = { Bool: { "aws:SecureTransport": "true" } };
  const asked = { Effect: "Allow", Action: send.Action[0], Resource: send.Resource[0] };
  expect(narrowed({ Sid: "mine", ...asked, Condition })).toEqual([{ ...asked, Condition }]);
  expect(narrowed({ ...asked, Condition: {} })).toEqual([asked]);
});

test("both conditions must hold", () => {
  const Condition = {
    DateLessThan: { "aws:EpochTime": "1" },
    IpAddress: { "aws:SourceIp": ["10.0.0.0/8", "::1"] },
  };
  expect(narrowed({ ...read, Condition })).toEqual([
    { ...read, Condition: { ...Condition, DateLessThan: { "aws:EpochTime": "1", ...end.DateLessThan } } },
  ]);
});

test("a condition that both have is said once, in whatever case its key is written", () => {
  const Condition = { DateLessThan: { "AWS:currenttime": ["2026-11-22T09:00:00Z"] } };
  expect(narrowed({ ...read, Condition })).toEqual([
    { ...read, Condition: { DateLessThan: { "AWS:currenttime": "2026-11-22T09:00:00Z" } } },
  ]);
});

test.each([
  ["another value", { "aws:CurrentTime": "2026-11-22T08:00:00Z" }],
  ["another value in another case", { "aws:currenttime": "2026-11-22T08:00:00Z" }],
  ["a further value", { "aws:CurrentTime": ["2026-11-22T09:00:00Z", "2026-11-22T10:00:00Z"] }],
])("a condition key of the session's with %s is refused by its name", (_, DateLessThan) => {
  expect(refused(narrowPolicy(granted, policy({ ...read, Condition: { DateLessThan } })))).toEqual({
    kind: "wider",
    cause:
      "Statement[0].Condition gives DateLessThan aws:CurrentTime other values than the session's own policy, and one statement cannot hold both",
  });
});

test("one statement on what several of ours allow becomes one for each", () => {
  const asked = { Effect: "Allow", Action: ["lambda:invokefunctionurl", "s3:GetObjectAcl"] };
  const ours = policy(
    {
      Effect: "Allow",
      Action: "lambda:*",
      Resource: "*",
      Condition: { Bool: { "aws:SecureTransport": "true" } },
    },
    { Effect: "Allow", Action: "s3:*", Resource: "*", Condition: end },
  );
  const text = accepted(narrowPolicy(ours, policy({ ...asked, Resource: [arn("a"), arn("b")] })));
  expect(JSON.parse(text)).toEqual({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: "lambda:invokefunctionurl",
        Resource: [arn("a"), arn("b")],
        Condition: { Bool: { "aws:SecureTransport": "true" } },
      },
      { Effect: "Allow", Action: "s3:GetObjectAcl", Resource: [arn("a"), arn("b")], Condition: end },
    ],
  });
});

test("what is allowed under one condition or under another stays so", () => {
  const other = { StringEquals: { "aws:PrincipalTag/team": "red" } };
  const both = [end, other].map((Condition) => ({
    Effect: "Allow",
    Action: "s3:*",
    Resource: "*",
    Condition,
  }));
  const text = accepted(narrowPolicy(policy(...both), policy(read)));
  expect(JSON.parse(text)).toMatchObject({
    Statement: [
      { ...read, Condition: end },
      { ...read, Condition: other },
    ],
  });
});

test("what is allowed without a condition needs no second statement with one", () => {
  const free = { Effect: "Allow", Action: "s3:GetObject", Resource: "*" };
  const bound = { ...free, Action: "s3:*", Condition: end };
  for (const ours of [policy(free, bound), policy(bound, free)])
    expect(accepted(narrowPolicy(ours, policy(read)))).toBe(policy(read));
  const some = accepted(
    narrowPolicy(policy(free, bound), policy({ ...read, Action: ["s3:GetObject", "s3:PutObject"] })),
  );
  expect(JSON.parse(some)).toMatchObject({
    Statement: [{ Action: "s3:GetObject" }, { Action: ["s3:GetObject", "s3:PutObject"], Condition: end }],
  });
});

test("denials of both stay whole", () => {
  const always = {
    Effect: "Deny",
    NotAction: ["s3:*", "sqs:*"],
    NotResource: "arn:aws:s3:::${aws:PrincipalTag/tenant}/*",
  };
  const theirs = { ...always, Condition: { Bool: { "aws:SecureTransport": "false" } } };
  const ours = {
    Effect: "Deny",
    Action: "*",
    Resource: "*",
    Condition: { DateGreaterThanEquals: end.DateLessThan },
  };
  const free = { Effect: "Allow", ...send };
  const text = accepted(narrowPolicy(policy(free, { Sid: "end", ...ours }), policy(theirs)));
  expect(text).toBe(policy(theirs, ours));
  expect(accepted(narrowPolicy(granted, policy(always)))).toBe(policy(always));
});

test.each([
  ["an action of nobody's", { Action: "s3:PutObject" }, "Action"],
  ["a pattern beyond the session's action", { Action: "s3:*" }, "Action"],
  ["every action", { Action: "*" }, "Action"],
  ["one action too many", { Action: ["s3:GetObject", "iam:PassRole"] }, "Action"],
  ["another bucket", { Resource: "arn:aws:s3:::payroll/1" }, "Resource"],
  ["a pattern beyond the session's resource", { Resource: "arn:aws:s3:::reports*" }, "Resource"],
  ["everything", { Resource: "*" }, "Resource"],
  ["one resource too many", { Resource: [read.Resource, arn("hello:live")] }, "Resource"],
  ["an allowed resource with another's action", { Resource: arn("hello:live") }, "Resource"],
  ["an action with all resources of another", { Action: "sqs:SendMessage" }, "Resource"],
])("refuses %s, and says where", (_, change, element) => {
  const { kind, cause } = refused(narrowPolicy(granted, policy(read, { ...read, ...change })));
  expect(kind).toBe("wider");
  expect(cause).toMatch(new RegExp(`^Statement\\[1\\]\\.${element} holds what the session may not do`));
});

test.each([
  [{ NotAction: "iam:*", Action: undefined }, "Statement[0] allows what it does not name"],
  [{ NotResource: arn("x"), Resource: undefined }, "Statement[0] allows what it does not name"],
  [{ Resource: "arn:aws:s3:::reports/${aws:PrincipalTag/x}" }, 'Statement[0].Resource has a "$"'],
  [{ Resource: "arn:aws:s3:::reports/${*}" }, 'Statement[0].Resource has a "$"'],
])("refuses %j though everything were allowed", (change, cause) => {
  const everything = policy({ Effect: "Allow", Action: "*", Resource: "*" });
  const flaw = refused(narrowPolicy(everything, policy({ ...read, ...change })));
  expect([flaw.kind, flaw.cause.slice(0, cause.length)]).toEqual(["wider", cause]);
});

test("refuses what only a part of is allowed under another condition", () => {
  const ours = [
    { Effect: "Allow", Action: "s3:*", Resource: "*", Condition: end },
    { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::reports/acme/public/*" },
  ];
  expect(refused(narrowPolicy(policy(...ours), policy(read)))).toEqual({
    kind: "wider",
    cause: "Statement[0] is in part within what the session may do under another condition: name that apart",
  });
});

test("a policy that cannot be read is malformed, not too wide", () => {
  expect(refused(narrowPolicy(granted, "{}"))).toEqual({
    kind: "malformed",
    cause: 'Version must be "2012-10-17"',
  });
});

test.each([
  ["just small enough", 0, true],
  ["just too large", 1, false],
])("beside the session's conditions it is %s", (_, more, taken) => {
  const asked = (length: number) =>
    policy({ ...read, Resource: `arn:aws:s3:::reports/${"a".repeat(length)}` });
  const least = accepted(narrowPolicy(granted, asked(0))).length;
  const outcome = narrowPolicy(granted, asked(2048 - least + more));
  if (taken) expect(accepted(outcome)).toHaveLength(2048);
  else
    expect(refused(outcome)).toEqual({
      kind: "too_large",
      cause: "with the session's own conditions it has 2049 characters; STS takes 2048",
    });
});

test("a session of many routes and a caller's long pattern cannot make it slow", async () => {
  const path = (at: number): string => `arn:aws:execute-api:eu-west-1:*:abc123/prod/GET/route${at}/*`;
  const Resource = Array.from({ length: 1000 }, (_, at) => path(at));
  const [Effect, Action] = ["Allow", "execute-api:Invoke"];
  const asked = policy({ Effect, Action, Resource: path(999).replaceAll("*", "1") + "a".repeat(1800) });
  // Some hundredths; each pattern of ours against his, letter by letter, would be ten of them.
  expect(await cpuSeconds(() => narrowPolicy(policy({ Effect, Action, Resource }), asked))).toBeLessThan(1);
});

test("nor can two long patterns under two conditions", async () => {
  const Resource = `arn:aws:s3:::b/${"a*".repeat(800)}`;
  const [Effect, Action] = ["Allow", "s3:GetObject"];
  const ours = policy(
    { Effect, Action, Resource: "arn:aws:s3:::b/*", Condition: end },
    ...Array.from({ length: 20 }, () => ({ Effect, Action, Resource: Resource + "c" })),
  );
  expect(
    await cpuSeconds(() => narrowPolicy(ours, policy({ Effect, Action, Resource: Resource + "b" }))),
  ).toBeLessThan(2);
});
