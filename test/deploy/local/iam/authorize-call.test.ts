import { authorizeFunctionUrl, authorizeInvoke } from "../../../../deploy/local/aws/iam/authorize-call.js";
import type { Caller, FunctionDefinition, Outcome, Principal } from "../../../../deploy/local/aws/model.js";
import {
  accountId,
  now,
  policy,
  roleArn,
  sampleCaller,
  sampleRole,
  textMatching,
  type StatementJson,
} from "./sample-caller.js";

const arn = `arn:aws:lambda:eu-west-1:${accountId}:function:hello`;
const live = `${arn}:live`;
const hello: FunctionDefinition = {
  logicalId: "HelloFunction",
  name: "hello",
  arn,
  alias: "live",
  url: { authType: "AWS_IAM", invokeMode: "BUFFERED", qualifier: "live", urlId: "x" },
  codeFolder: "/code",
  handler: "handler.handler",
  runtime: "nodejs24.x",
  timeoutSeconds: 3,
  memoryMb: 128,
  environment: {},
};

const warnings: string[] = [];
const warn = (message: string): void => void warnings.push(message);
const clock = (): number => now;
const address = "203.0.113.7";
const asSession = (caller: Caller): Principal => ({ kind: "session", caller });
const anonymous: Principal = { kind: "anonymous" };

function authorize(principal: Principal, fn = hello, explain = false): Outcome<void> {
  warnings.length = 0;
  return authorizeFunctionUrl(principal, fn, address, clock, { warn, explain });
}

function invokeDirectly(principal: Principal, qualifier?: string, fn = hello): Outcome<void> {
  warnings.length = 0;
  return authorizeInvoke(principal, fn, qualifier, address, clock, { warn });
}

const url: StatementJson = {
  Action: "lambda:InvokeFunctionUrl",
  Resource: live,
  Condition: { StringEquals: { "lambda:FunctionUrlAuthType": "AWS_IAM" } },
};
const invoke: StatementJson = {
  Action: "lambda:InvokeFunction",
  Resource: live,
  Condition: { Bool: { "lambda:InvokedViaFunctionUrl": "true" } },
};
const callerWith = (...statements: StatementJson[]): Caller =>
  sampleCaller({
    role: sampleRole("r", { policies: [{ name: "p", document: policy("identity", ...statements) }] }),
    tags: { Team: "red" },
    sourceIdentity: "alice",
  });
const caller = (...statements: StatementJson[]): Principal => asSession(callerWith(...statements));

const allowed = { ok: true, value: undefined };
const forbidden = {
  ok: false,
  error: {
    status: 403,
    type: "AccessDeniedException",
    message: textMatching(/^Forbidden\. For troubleshooting/),
  },
};

test("both permissions on the alias let a session call its URL", () => {
  expect(authorize(caller(url, invoke))).toEqual(allowed);
  expect(warnings).toEqual([]);
});

test("a session that may call the alias may not call the URL of the bare function", () => {
  const bare = { ...hello, url: { authType: "AWS_IAM", invokeMode: "BUFFERED", urlId: "x" } as const };
  expect(authorize(caller(url, invoke), bare)).toEqual(forbidden);
  expect(warnings).toEqual([
    `${callerWith(url).arn}: lambda:InvokeFunctionUrl on ${arn}: no statement of the role's policies allows it`,
  ]);
});

test("a function without a URL is a mistake of the twin's own", () => {
  const { url: removed, ...bare } = hello;
  expect(removed).toBeDefined();
  expect(() => authorize(caller(url, invoke), bare)).toThrow("has no function URL");
});

const anyCall = (Condition: object): StatementJson[] => [{ Action: "lambda:*", Resource: "*", Condition }];

test.each<[string, StatementJson[], boolean]>([
  ["both permissions", [url, invoke], true],
  ["only lambda:InvokeFunctionUrl", [url], false],
  ["only lambda:InvokeFunction", [invoke], false],
  [
    "one statement with both conditions",
    [{ ...url, Action: ["lambda:InvokeFunctionUrl", "lambda:InvokeFunction"] }],
    false,
  ],
  [
    "another auth type",
    [{ ...url, Condition: { StringEquals: { "lambda:FunctionUrlAuthType": "NONE" } } }, invoke],
    false,
  ],
  [
    "Invoke only outside the URL",
    [url, { ...invoke, Condition: { Bool: { "lambda:InvokedViaFunctionUrl": "false" } } }],
    false,
  ],
  [
    "the bare ARN",
    [
      { ...url, Resource: arn },
      { ...invoke, Resource: arn },
    ],
    false,
  ],
  ["no conditions at all", [{ Action: "lambda:*", Resource: "*" }], true],
  ["the tag of the session", anyCall({ StringEquals: { "aws:PrincipalTag/team": "red" } }), true],
  ["another tag", anyCall({ StringEquals: { "aws:PrincipalTag/team": "blue" } }), false],
  ["the source identity", anyCall({ StringEquals: { "aws:SourceIdentity": "alice" } }), true],
  ["the role's ARN", anyCall({ ArnEquals: { "aws:PrincipalArn": roleArn("r") } }), true],
  ["the session's user id", anyCall({ StringLike: { "aws:userid": "*:alice" } }), true],
  ["the region", anyCall({ StringEquals: { "aws:RequestedRegion": "eu-west-1" } }), true],
  ["the function's account", anyCall({ StringEquals: { "aws:ResourceAccount": accountId } }), true],
  [
    "another account's functions",
    anyCall({ StringEquals: { "aws:ResourceAccount": "999999999999" } }),
    false,
  ],
  [
    "sessions of this minute",
    anyCall({ DateGreaterThan: { "aws:TokenIssueTime": "2026-11-21T11:59:59Z" } }),
    true,
  ],
  ["calls of a service", anyCall({ Bool: { "aws:PrincipalIsAWSService": "true" } }), false],
  ["a key the twin does not know", anyCall({ StringNotEquals: { "aws:SourceVpc": "vpc-1" } }), false],
  ["callers from there", anyCall({ IpAddress: { "aws:SourceIp": "203.0.113.7" } }), true],
  ["callers from elsewhere", anyCall({ IpAddress: { "aws:SourceIp": "203.0.113.8" } }), false],
])("a role that allows %s: %s", (_title, statements, expected) => {
  expect(authorize(caller(...statements)).ok).toBe(expected);
});

test("a session policy with an end holds until that second and no longer", () => {
  const until = (end: string): Principal =>
    asSession({
      ...callerWith(url, invoke),
      sessionPolicy: policy("session", {
        Action: "lambda:*",
        Resource: live,
        Condition: { DateLessThan: { "aws:CurrentTime": end } },
      }),
    });
  expect(authorize(until("2026-11-21T12:00:01Z")).ok).toBe(true);
  expect(authorize(until("2026-11-21T12:00:00Z")).ok).toBe(false);
});

test("a session policy for one function closes the others", () => {
  const narrowed = asSession({
    ...callerWith({ Action: "lambda:*", Resource: "*" }),
    sessionPolicy: policy("session", url, invoke),
  });
  expect(authorize(narrowed).ok).toBe(true);
  expect(authorize(narrowed, { ...hello, arn: `${arn}2` }).ok).toBe(false);
  expect(warnings.join()).toContain("no statement of the session policy");
});

test("with --explain the missing statement is printed too", () => {
  authorize(caller(url), hello, true);
  expect(warnings).toHaveLength(2);
  expect(warnings[1]).toContain('lambda:InvokedViaFunctionUrl: "true"');
});

const permitted = (qualifier: string | undefined, ...statements: StatementJson[]): FunctionDefinition => ({
  ...hello,
  permissions: [
    { document: policy("resource", { ...url, Principal: { AWS: roleArn("nobody") } }) },
    { ...(qualifier === undefined ? {} : { qualifier }), document: policy("resource", ...statements) },
  ].reverse(),
});
const to = (Principal: unknown, statement: StatementJson): StatementJson => ({ ...statement, Principal });

test.each<[string, FunctionDefinition, boolean]>([
  [
    "for the role",
    permitted("live", to({ AWS: roleArn("r") }, url), to({ AWS: roleArn("r") }, invoke)),
    true,
  ],
  ["for the account", permitted("live", to({ AWS: accountId }, url), to({ AWS: accountId }, invoke)), false],
  [
    "for another alias",
    permitted("test", to({ AWS: roleArn("r") }, url), to({ AWS: roleArn("r") }, invoke)),
    false,
  ],
  ["for half of it", permitted("live", to({ AWS: roleArn("r") }, url)), false],
])("a session without permissions of its own and a function's policy %s: %s", (_title, fn, expected) => {
  expect(authorize(caller({ Action: "s3:*", Resource: "*" }), fn).ok).toBe(expected);
});

test("a function's policy may deny what the role allows", () => {
  const fn = permitted("live", { ...to("*", invoke), Effect: "Deny" });
  expect(authorize(caller(url, invoke), fn)).toEqual(forbidden);
});

test("a session of another account needs both", () => {
  const fn = permitted("live", to("*", url), to("*", invoke));
  const foreign = { ...fn, arn: arn.replace(accountId, "999999999999") };
  const everywhere: StatementJson = { Action: "lambda:*", Resource: "*" };
  const onAll = permitted("live", to("*", everywhere)).permissions ?? [];
  expect(authorize(caller(everywhere), { ...foreign, permissions: onAll }).ok).toBe(true);
  expect(authorize(caller({ Action: "s3:*", Resource: "*" }), { ...foreign, permissions: onAll }).ok).toBe(
    false,
  );
  expect(authorize(caller(everywhere), { ...foreign, permissions: [] }).ok).toBe(false);
});

const publicUrl: FunctionDefinition = {
  ...permitted(
    "live",
    to("*", { ...url, Condition: { StringEquals: { "lambda:FunctionUrlAuthType": "NONE" } } }),
    to("*", invoke),
  ),
  url: { authType: "NONE", invokeMode: "BUFFERED", qualifier: "live", urlId: "x" },
};

test("a URL with AuthType NONE is open to whom its function's policy names, with both permissions", () => {
  expect(authorize(anonymous, publicUrl)).toEqual(allowed);
  const [first] = publicUrl.permissions ?? [];
  const half = { statements: first?.document.statements.slice(0, 1) ?? [] };
  const halfOpen = { ...publicUrl, permissions: [{ qualifier: "live", document: half }] };
  expect(authorize(anonymous, halfOpen)).toEqual(forbidden);
  expect(warnings).toEqual([
    `anonymous: lambda:InvokeFunction on ${live}: no statement of the function's policy allows it to anonymous`,
  ]);
});

test("AuthType NONE knows no callers: a session's own permissions count for nothing", () => {
  const all = caller({ Action: "lambda:*", Resource: "*" });
  expect(authorize(all, publicUrl).ok).toBe(true);
  expect(authorize(all, { ...publicUrl, permissions: [] }).ok).toBe(false);
  const denied = asSession({
    ...callerWith(url),
    sessionPolicy: policy("session", { ...url, Effect: "Deny" }),
  });
  expect(authorize(denied, publicUrl).ok).toBe(true);
});

test("an unsigned call to a URL with AuthType AWS_IAM is refused, whatever the function's policy says", () => {
  const open = permitted("live", to("*", { Action: "lambda:*", Resource: "*" }));
  expect(authorize(anonymous, open)).toEqual(forbidden);
  expect(warnings.join()).toContain("AuthType AWS_IAM");
});

const direct: StatementJson = { Action: "lambda:InvokeFunction", Resource: live };
const notViaUrl = (value: string): StatementJson => ({
  ...direct,
  Condition: { Bool: { "lambda:InvokedViaFunctionUrl": value } },
});

test.each<[string, StatementJson[], boolean]>([
  ["lambda:InvokeFunction", [direct], true],
  ["lambda:InvokeFunction through the URL only", [invoke, url], false],
  ["direct calls only (is the key there or not: both must do)", [notViaUrl("false")], false],
  [
    "what does not come through the URL",
    [{ ...direct, Condition: { BoolIfExists: { "lambda:InvokedViaFunctionUrl": "false" } } }],
    true,
  ],
  ["everything but direct calls", [direct, { ...notViaUrl("false"), Effect: "Deny" }], false],
  ["everything but calls through the URL", [direct, { ...notViaUrl("true"), Effect: "Deny" }], true],
  [
    "calls that lack the key",
    [{ ...direct, Condition: { Null: { "lambda:InvokedViaFunctionUrl": "true" } } }],
    false,
  ],
])("Invoke by a role that allows %s: %s", (_title, statements, expected) => {
  expect(invokeDirectly(caller(...statements), "live").ok).toBe(expected);
});

test("Invoke is of the function or of the alias, as the call names it", () => {
  expect(invokeDirectly(caller(direct)).ok).toBe(false);
  expect(invokeDirectly(caller(direct), "live").ok).toBe(true);
  expect(invokeDirectly(caller({ ...direct, Resource: arn })).ok).toBe(true);
  expect(invokeDirectly(caller({ ...direct, Resource: arn }), "live").ok).toBe(false);
  const open = permitted("live", to({ AWS: roleArn("r") }, direct));
  const nothing = caller({ Action: "s3:*", Resource: "*" });
  expect(invokeDirectly(nothing, "live", open).ok).toBe(true);
  expect(invokeDirectly(nothing, undefined, open).ok).toBe(false);
});

const everything: StatementJson = { Action: "*", Resource: "*" };
const denied = { ...direct, Effect: "Deny" } as const;
const session = (changes: Partial<Caller>, ...statements: StatementJson[]): Principal =>
  asSession({ ...callerWith(...statements), ...changes });
const bounded = (boundary: StatementJson): Partial<Caller> => ({
  role: { ...callerWith(everything).role, boundary: policy("identity", boundary) },
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
test.each<[Principal, FunctionDefinition, string]>([
  [caller(url), hello, "because no identity-based policy allows the lambda:InvokeFunction action"],
  [caller(direct, denied), hello, "with an explicit deny in an identity-based policy"],
  [
    session({ sessionPolicy: policy("session", url) }, direct),
    hello,
    "because no session policy allows the lambda:InvokeFunction action",
  ],
  [
    session({ sessionPolicy: policy("session", everything, denied) }, direct),
    hello,
    "with an explicit deny in a session policy",
  ],
  [
    session(bounded(url), everything),
    hello,
    "because no permissions boundary allows the lambda:InvokeFunction action",
  ],
  [session(bounded(denied), everything), hello, "with an explicit deny in a permissions boundary"],
  [caller(direct), permitted("live", to("*", denied)), "with an explicit deny in a resource-based policy"],
  [anonymous, hello, "because no resource-based policy allows the lambda:InvokeFunction action"],
])("Invoke's refusal names the kind of policy: %#", (principal, fn, why) => {
  const who = principal.kind === "session" ? principal.caller.arn : "anonymous";
  expect(invokeDirectly(principal, "live", fn)).toEqual({
    ok: false,
    error: {
      status: 403,
      type: "AccessDeniedException",
      message: `User: ${who} is not authorized to perform: lambda:InvokeFunction on resource: ${live} ${why}`,
    },
  });
});

test("a service calls by the function's policy alone", () => {
  const service: Principal = { kind: "service", name: "s3.amazonaws.com" };
  const toS3 = to({ Service: "s3.amazonaws.com" }, { ...direct, Resource: arn });
  expect(
    invokeDirectly(service, undefined, {
      ...hello,
      permissions: permitted(undefined, toS3).permissions ?? [],
    }).ok,
  ).toBe(true);
  expect(invokeDirectly(service).ok).toBe(false);
});
