import { join } from "node:path";
import { authorizeAction } from "../../../../deploy/local/aws/iam/authorize-action.js";
import { authorizeFunctionUrl } from "../../../../deploy/local/aws/iam/authorize-call.js";
import { findUnknownNames } from "../../../../deploy/local/aws/iam/catalog.js";
import type { FunctionDefinition, Outcome, Template } from "../../../../deploy/local/aws/model.js";
import { loadTemplate } from "../../../../deploy/local/aws/template/load-template.js";
import { now, sampleCaller, sampleRole } from "./sample-caller.js";

const file = join(__dirname, "../../../../deploy/aws/functions.yaml");
const account = { accountId: "123456789012", region: "eu-west-1", stackName: "grantway" };
let template: Template;
beforeAll(async () => {
  template = await loadTemplate(file, account);
});

const warnings: string[] = [];
function call(roleName: string, change: (fn: FunctionDefinition) => FunctionDefinition): Outcome<void> {
  warnings.length = 0;
  const role = template.roles.find(({ name }) => name === roleName) ?? sampleRole("none");
  const [hello] = template.functions as [FunctionDefinition];
  const principal = { kind: "session", caller: sampleCaller({ role }) } as const;
  const warn = (message: string): void => void warnings.push(message);
  return authorizeFunctionUrl(principal, change(hello), "127.0.0.1", () => now, { warn, explain: true });
}

test("a session of the stock template's analyst may call the live alias", () => {
  expect(call("grantway-analyst", (fn) => fn)).toEqual({ ok: true, value: undefined });
  expect(warnings).toEqual([]);
});

test("the same session may not call the function's bare ARN, and the explanation shows the alias", () => {
  const url = { authType: "AWS_IAM", invokeMode: "BUFFERED", urlId: "x" } as const;
  expect(call("grantway-analyst", (fn) => ({ ...fn, url })).ok).toBe(false);
  expect(warnings[0]).toContain("function:grantway-hello: no statement of the role's policies allows it");
  expect(warnings[1]).toContain("missing in the policies of role grantway-analyst");
  expect(warnings[1]).toContain("Statement[0] of invoke-function-urls: its Resource is");
});

test("the gateway's own role may call nothing", () => {
  expect(call("grantway-gateway", (fn) => fn).ok).toBe(false);
});

test.each(["PublishVersion", "GetFunctionConfiguration", "GetAlias", "UpdateAlias"])(
  "whoever releases may %s of every function of the stock template, and of no other",
  (action) => {
    const role = template.roles.find(({ name }) => name === "grantway-release") ?? sampleRole("none");
    const mayRelease = (arn: string): boolean => {
      const asked = { action: `lambda:${action}`, resources: [arn, `${arn}:live`], sourceIp: "127.0.0.1" };
      const request = { ...asked, region: "eu-west-1" };
      const report = { warn: () => undefined, explain: false };
      return authorizeAction(sampleCaller({ role }), request, () => now, report).ok;
    };
    expect(template.functions.filter(({ arn }) => !mayRelease(arn))).toEqual([]);
    expect(mayRelease("arn:aws:lambda:eu-west-1:123456789012:function:other")).toBe(false);
  },
);

test("every name in the stock template's policies is one that AWS has", async () => {
  const identity = template.roles.flatMap(({ policies }) => policies.map(({ document }) => document));
  const faults = await Promise.all([
    ...identity.map((document) => findUnknownNames(document, "identity")),
    ...template.roles.map(({ trustPolicy }) => findUnknownNames(trustPolicy, "trust")),
  ]);
  expect(identity.length).toBeGreaterThan(1);
  expect(faults.flat()).toEqual([]);
});
