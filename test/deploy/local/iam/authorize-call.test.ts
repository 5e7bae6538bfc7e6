import { join } from "node:path";
import { authorizeFunctionUrl } from "../../../../deploy/local/aws/iam/authorize-call.js";
import type { Caller, FunctionDefinition } from "../../../../deploy/local/aws/model.js";
import { loadTemplate } from "../../../../deploy/local/aws/template/load-template.js";
import { now, policy, sampleCaller, sampleRole, textMatching, type StatementJson } from "./sample-caller.js";

const template = loadTemplate(join(__dirname, "../../../../deploy/aws/functions.yaml"), {
  accountId: "123456789012",
  region: "eu-west-1",
  stackName: "grantway",
});
const [hello] = template.functions as [FunctionDefinition];
const live = `${hello.arn}:live`;
const analyst = template.roles.find(({ name }) => name === "grantway-analyst");

const warnings: string[] = [];
function authorize(caller: Caller, fn: FunctionDefinition = hello): ReturnType<typeof authorizeFunctionUrl> {
  warnings.length = 0;
  return authorizeFunctionUrl(
    caller,
    fn,
    "203.0.113.7",
    () => now,
    (message) => void warnings.push(message),
  );
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
const caller = (...statements: StatementJson[]): Caller =>
  sampleCaller({
    role: sampleRole("r", { policies: [{ name: "p", document: policy("identity", ...statements) }] }),
    tags: { Team: "red" },
    sourceIdentity: "alice",
  });

test("a session of the stock template's analyst may call the live alias", () => {
  expect(authorize(sampleCaller({ role: analyst ?? sampleRole("none") }))).toEqual({
    ok: true,
    value: undefined,
  });
  expect(warnings).toEqual([]);
});

test("the same session may not call the function's bare ARN", () => {
  const { qualifier, ...bareUrl } = hello.url ?? { authType: "AWS_IAM", invokeMode: "BUFFERED", urlId: "x" };
  expect(qualifier).toBe("live");
  const outcome = authorize(sampleCaller({ role: analyst ?? sampleRole("none") }), {
    ...hello,
    url: bareUrl,
  });
  expect(outcome).toEqual({
    ok: false,
    error: {
      status: 403,
      type: "AccessDeniedException",
      message: textMatching(/^Forbidden\. For troubleshooting/),
    },
  });
  expect(warnings.join()).toContain(`lambda:InvokeFunctionUrl on ${hello.arn}: no statement`);
});

test("the gateway's own role may call nothing", () => {
  const gateway = template.roles.find(({ name }) => name === "grantway-gateway");
  expect(authorize(sampleCaller({ role: gateway ?? sampleRole("none") })).ok).toBe(false);
});

test("a function without a URL is a mistake of the twin's own", () => {
  const { url: removed, ...bare } = hello;
  expect(removed).toBeDefined();
  expect(() => authorize(caller(url, invoke), bare)).toThrow("has no function URL");
});

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
      { ...url, Resource: hello.arn },
      { ...invoke, Resource: hello.arn },
    ],
    false,
  ],
  ["no conditions at all", [{ Action: "lambda:*", Resource: "*" }], true],
  [
    "the tag of the session",
    [{ Action: "lambda:*", Resource: "*", Condition: { StringEquals: { "aws:PrincipalTag/team": "red" } } }],
    true,
  ],
  [
    "another tag",
    [{ Action: "lambda:*", Resource: "*", Condition: { StringEquals: { "aws:PrincipalTag/team": "blue" } } }],
    false,
  ],
  [
    "the source identity",
    [{ Action: "lambda:*", Resource: "*", Condition: { StringEquals: { "aws:SourceIdentity": "alice" } } }],
    true,
  ],
  [
    "the role's ARN",
    [
      {
        Action: "lambda:*",
        Resource: "*",
        Condition: { ArnEquals: { "aws:PrincipalArn": "arn:aws:iam::123456789012:role/r" } },
      },
    ],
    true,
  ],
  [
    "the session's user id",
    [{ Action: "lambda:*", Resource: "*", Condition: { StringLike: { "aws:userid": "*:alice" } } }],
    true,
  ],
  [
    "the region",
    [
      {
        Action: "lambda:*",
        Resource: "*",
        Condition: { StringEquals: { "aws:RequestedRegion": "eu-west-1" } },
      },
    ],
    true,
  ],
  [
    "a key the twin does not know",
    [{ Action: "lambda:*", Resource: "*", Condition: { StringNotEquals: { "aws:SourceVpc": "vpc-1" } } }],
    false,
  ],
])("a role that allows %s: %s", (_title, statements, allowed) => {
  expect(authorize(caller(...statements)).ok).toBe(allowed);
});

test("a session policy with an end holds until that second and no longer", () => {
  const until = (end: string): Caller => ({
    ...caller(url, invoke),
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
  const narrowed = {
    ...caller({ Action: "lambda:*", Resource: "*" }),
    sessionPolicy: policy("session", url, invoke),
  };
  expect(authorize(narrowed).ok).toBe(true);
  expect(authorize(narrowed, template.functions[1]).ok).toBe(false);
  expect(warnings.join()).toContain("no statement of the session policy");
});

test.each([
  ["203.0.113.7", true],
  ["203.0.113.8", false],
])("a permission for callers at %s: allowed is %s", (address, allowed) => {
  const fromThere = { IpAddress: { "aws:SourceIp": address } };
  const statements = [url, invoke].map((statement) => ({
    ...statement,
    Condition: { ...(statement.Condition as object), ...fromThere },
  }));
  expect(authorize(caller(...statements)).ok).toBe(allowed);
});
