import { authorizeApiCall, mayApiInvoke } from "../../../../deploy/local/aws/iam/authorize-api.js";
import type { Caller, FunctionDefinition } from "../../../../deploy/local/aws/model.js";
import { accountId, now, policy, sampleCaller, sampleRole, type StatementJson } from "./sample-caller.js";

const stageArn = `arn:aws:execute-api:eu-west-1:${accountId}:abc123/prod`;
const warnings: string[] = [];
const warn = (message: string): void => void warnings.push(message);
const clock = (): number => now;

const allow = (Resource: string | string[], more: object = {}): StatementJson => ({
  Action: "execute-api:Invoke",
  Resource,
  ...more,
});
const callerWith = (statements: readonly StatementJson[], session?: readonly StatementJson[]): Caller =>
  sampleCaller({
    role: sampleRole("r", { policies: [{ name: "p", document: policy("identity", ...statements) }] }),
    ...(session === undefined ? {} : { sessionPolicy: policy("session", ...session) }),
  });

function ask(caller: Caller, path = "/reports", method = "GET", explain = false): string {
  warnings.length = 0;
  const call = { stageArn, method, path, sourceIp: "203.0.113.7" };
  const outcome = authorizeApiCall(caller, call, clock, { warn, explain });
  return outcome.ok ? "allowed" : outcome.error.message;
}

test.each<[resource: string, method: string, path: string]>([
  [`${stageArn}/GET/reports`, "GET", "/reports"],
  [`${stageArn}/GET/`, "GET", "/"],
  [`${stageArn}/*/reports`, "POST", "/reports"],
  [`${stageArn}/*`, "DELETE", "/a/b/c"],
  [`${stageArn}/GET/reports/*`, "GET", "/reports/2026/11"],
  [`${stageArn.replace("/prod", "/*")}/GET/reports`, "GET", "/reports"],
])("%s allows %s %s", (resource, method, path) => {
  expect(ask(callerWith([allow(resource)]), path, method)).toBe("allowed");
});

test.each<[title: string, resource: string, method: string, path: string]>([
  ["another method", `${stageArn}/POST/reports`, "GET", "/reports"],
  ["another path", `${stageArn}/GET/report`, "GET", "/reports"],
  ["a path below", `${stageArn}/GET/reports`, "GET", "/reports/1"],
  ["a slash too many", `${stageArn}/GET/reports`, "GET", "/reports/"],
  ["another stage", `${stageArn.replace("prod", "beta")}/*`, "GET", "/reports"],
  ["another API", `${stageArn.replace("abc123", "abc124")}/*`, "GET", "/reports"],
  ["another account", `${stageArn.replace(accountId, "210987654321")}/*`, "GET", "/reports"],
  ["another region", `${stageArn.replace("eu-west-1", "eu-west-2")}/*`, "GET", "/reports"],
  ["the method in small letters", `${stageArn}/get/reports`, "GET", "/reports"],
  ["a path allowed as it is sent only", `${stageArn}/GET/a%2Fb`, "GET", "/a%2Fb"],
  ["a path allowed decoded only", `${stageArn}/GET/a/b`, "GET", "/a%2Fb"],
])("%s is refused", (_title, resource, method, path) => {
  expect(ask(callerWith([allow(resource)]), path, method)).toMatch(/^User: .* is not authorized to perform/);
});

test("a path is allowed where both its spellings are", () => {
  expect(ask(callerWith([allow([`${stageArn}/GET/a%2Fb`, `${stageArn}/GET/a/b`])]), "/a%2Fb")).toBe(
    "allowed",
  );
});

const user =
  "User: arn:aws:sts::123456789012:assumed-role/r/alice is not authorized to perform: execute-api:Invoke";
const masked = "arn:aws:execute-api:eu-west-1:********9012:abc123/prod/GET/reports";
const other = allow(`${stageArn}/POST/reports`);
const full = allow(`${stageArn}/*`);

test("who is not allowed reads it in API Gateway's words, the account masked", () => {
  expect(ask(callerWith([other]))).toBe(`${user} on resource: ${masked}`);
});

test("a session policy that does not allow it is named, and so is an explicit deny", () => {
  expect(ask(callerWith([full], [allow(`${stageArn}/POST/*`)]))).toBe(
    `${user} on resource: ${masked} because no session policy allows the execute-api:Invoke action`,
  );
  expect(ask(callerWith([full, { ...full, Effect: "Deny" }]))).toBe(
    `${user} on resource: ${masked} with an explicit deny in an identity-based policy`,
  );
});

test("conditions hold for the address, the time and the tags of the session, and for nothing AWS does not give", () => {
  const when = (Condition: object): string => ask(callerWith([{ ...full, Condition }]));
  expect(when({ IpAddress: { "aws:SourceIp": "203.0.113.0/24" } })).toBe("allowed");
  expect(when({ IpAddress: { "aws:SourceIp": "10.0.0.0/8" } })).not.toBe("allowed");
  expect(when({ DateLessThan: { "aws:CurrentTime": "2026-11-21T12:00:01Z" } })).toBe("allowed");
  expect(when({ DateLessThan: { "aws:CurrentTime": "2026-11-21T12:00:00Z" } })).not.toBe("allowed");
  expect(when({ StringEquals: { "aws:SourceVpc": "vpc-1" } })).not.toBe("allowed");
});

test("with --explain the terminal shows the statement that was missing", () => {
  ask(callerWith([other]), "/reports", "GET", true);
  expect(warnings.join("\n")).toContain(`Resource: ${stageArn}/GET/reports`);
});

describe("API Gateway and the function behind it", () => {
  const arn = `arn:aws:lambda:eu-west-1:${accountId}:function:hello`;
  const fnWith = (...statements: StatementJson[]): FunctionDefinition => ({
    ...{ logicalId: "Hello", name: "hello", arn, alias: "live", codeFolder: "/code", handler: "a.b" },
    ...{ runtime: "nodejs24.x", timeoutSeconds: 3, memoryMb: 128, environment: {} },
    permissions: [{ qualifier: "live", document: policy("resource", ...statements) }],
  });
  const service = { Service: "apigateway.amazonaws.com" };
  const permission = (source?: string, more: object = {}): StatementJson => ({
    Principal: service,
    Action: "lambda:InvokeFunction",
    Resource: `${arn}:live`,
    ...(source === undefined ? {} : { Condition: { ArnLike: { "aws:SourceArn": source } } }),
    ...more,
  });
  const may = (fn: FunctionDefinition, qualifier = "live", method = "ANY"): boolean => {
    const named = qualifier === "" ? undefined : qualifier;
    const call = { fn, qualifier: named, stageArn, methods: ["GET", method], resourcePath: "/show/{proxy+}" };
    return mayApiInvoke(call, clock, { warn });
  };

  test.each([
    undefined,
    `${stageArn}/*/show/*`,
    `${stageArn}/*`,
    `${stageArn.replace("/prod", "/*")}/*/show/*`,
    `arn:aws:execute-api:eu-west-1:${accountId}:abc123/*`,
  ])("may call it with a permission for %s", (source) => {
    expect(may(fnWith(permission(source)))).toBe(true);
  });

  test.each<[title: string, statement: StatementJson]>([
    ["another API", permission(`${stageArn.replace("abc123", "abc124")}/*`)],
    ["another stage", permission(`${stageArn.replace("prod", "beta")}/*`)],
    ["another path", permission(`${stageArn}/*/shows/*`)],
    ["one method of ANY", permission(`${stageArn}/GET/show/*`)],
    ["another service", permission(undefined, { Principal: { Service: "sns.amazonaws.com" } })],
    ["everybody of AWS", permission(undefined, { Principal: { AWS: "*" } })],
    [
      "a URL's calls",
      permission(undefined, { Condition: { Bool: { "lambda:InvokedViaFunctionUrl": "true" } } }),
    ],
    ["a URL's action", permission(undefined, { Action: "lambda:InvokeFunctionUrl" })],
  ])("may not with a permission for %s", (_title, statement) => {
    expect(may(fnWith(statement))).toBe(false);
  });

  test("may with a permission for the method itself, and not by another qualifier", () => {
    expect(may(fnWith(permission(`${stageArn}/GET/show/*`)), "live", "GET")).toBe(true);
    expect([may(fnWith(permission()), ""), may(fnWith(permission()), "test")]).toEqual([false, false]);
  });
});
