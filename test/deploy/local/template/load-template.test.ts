import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FunctionDefinition, Template } from "../../../../deploy/local/aws/model.js";
import { loadTemplate, type TemplateSettings } from "../../../../deploy/local/aws/template/load-template.js";
import { textMatching } from "../iam/sample-caller.js";

const stack: TemplateSettings = { accountId: "123456789012", region: "eu-west-1", stackName: "grantway" };
const stock = join(__dirname, "../../../../deploy/aws/functions.yaml");

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "template-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function load(resources: string, settings: Partial<TemplateSettings> = {}, sections = ""): Template {
  const file = join(folder, "template.yaml");
  writeFileSync(file, `Transform: AWS::Serverless-2016-10-31\n${sections}\nResources:\n${resources}`);
  return loadTemplate(file, { ...stack, ...settings });
}

const fn = (properties = "", logicalId = "Fn"): string => `
  ${logicalId}:
    Type: AWS::Serverless::Function
    Properties: { CodeUri: src/, Handler: app.handler, Runtime: nodejs24.x${properties} }
`;
const first = (template: Template): FunctionDefinition => {
  const [fn] = template.functions as [FunctionDefinition];
  return fn;
};

test("the stock template loads: functions with URLs on the alias, and both roles", () => {
  const template = loadTemplate(stock, stack);
  expect(
    template.functions.map(({ name, timeoutSeconds, url }) => [name, timeoutSeconds, url?.invokeMode]),
  ).toEqual([
    ["grantway-hello", 10, "BUFFERED"],
    ["grantway-long", 900, "RESPONSE_STREAM"],
    ["grantway-echo", 10, "BUFFERED"],
  ]);
  expect(template.functions.every(({ alias, url }) => alias === "live" && url?.qualifier === "live")).toBe(
    true,
  );
  expect(template.roles.map(({ arn }) => arn)).toEqual([
    "arn:aws:iam::123456789012:role/grantway-analyst",
    "arn:aws:iam::123456789012:role/grantway-gateway",
  ]);
});

test("a function carries what its properties, Globals and build settings say", () => {
  expect(first(loadTemplate(stock, stack))).toEqual({
    logicalId: "HelloFunction",
    name: "grantway-hello",
    arn: "arn:aws:lambda:eu-west-1:123456789012:function:grantway-hello",
    alias: "live",
    url: {
      authType: "AWS_IAM",
      invokeMode: "BUFFERED",
      qualifier: "live",
      urlId: textMatching(/^[a-z0-9]{32}$/),
    },
    codeFolder: join(__dirname, "../../../../handlers/hello"),
    handler: "handler.handler",
    runtime: "nodejs24.x",
    timeoutSeconds: 10,
    memoryMb: 256,
    environment: {},
    build: { entryPoints: ["handler.ts"], format: "esm", outExtension: ".mjs", target: "es2022" },
  });
});

test("a policy apart from the role is attached to it, its references resolved", () => {
  const gateway = loadTemplate(stock, stack).roles[1];
  expect(gateway?.roleId).toMatch(/^AROA[A-Z0-9]{17}$/);
  expect(gateway?.policies).toEqual([
    {
      name: "lend-roles",
      document: {
        statements: [
          {
            effect: "Allow",
            actions: ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
            resources: ["arn:aws:iam::123456789012:role/grantway-analyst"],
            conditions: [],
          },
        ],
      },
    },
  ]);
});

test("identifiers that AWS makes up are the same at every start", () => {
  expect(loadTemplate(stock, stack)).toEqual(loadTemplate(stock, stack));
  const [a, b] = [
    first(loadTemplate(stock, stack)),
    first(loadTemplate(stock, { ...stack, stackName: "other" })),
  ];
  expect(a.url?.urlId).not.toBe(b.url?.urlId);
});

test("Lambda's defaults apply where nothing is said", () => {
  const template = load(fn());
  expect(first(template)).toMatchObject({ timeoutSeconds: 3, memoryMb: 128, environment: {} });
  expect(first(template)).not.toHaveProperty("url");
  expect(first(template)).not.toHaveProperty("reservedConcurrency");
  expect(first(template).name).toMatch(/^grantway-Fn-[A-Z0-9]{12}$/);
});

test("without an alias the URL hangs on the function itself", () => {
  expect(first(load(fn(", FunctionUrlConfig: { AuthType: AWS_IAM }"))).url).not.toHaveProperty("qualifier");
});

test("a reserved concurrency of 0 stays 0", () => {
  expect(first(load(fn(", ReservedConcurrentExecutions: 0"))).reservedConcurrency).toBe(0);
});

test("a function's own properties win over Globals, and maps are merged", () => {
  const globals = "Globals: { Function: { Timeout: 20, Environment: { Variables: { A: a, B: b } } } }";
  const own = ", Timeout: 30, Environment: { Variables: { B: mine } }";
  expect(first(load(fn(own.replace("B:", "BB:")), {}, globals.replace(/\b([AB]):/g, "$1$1:")))).toMatchObject(
    {
      timeoutSeconds: 30,
      environment: { AA: "a", BB: "mine" },
    },
  );
});

test.each([
  ["!Ref AWS::Region", "eu-west-1"],
  ["{ Ref: AWS::AccountId }", "123456789012"],
  ["!Sub '${AWS::StackName}/${AWS::Partition}'", "grantway/aws"],
  ["!Sub ['${A}-${Stage}', { A: !Ref Stage }]", "dev-dev"],
  ["!Sub '${!aws:userid}'", "${aws:userid}"],
  ["!Sub '${Fn.Arn}:${Fn}'", "arn:aws:lambda:eu-west-1:123456789012:function:f:f"],
  ["!GetAtt Fn.Arn", "arn:aws:lambda:eu-west-1:123456789012:function:f"],
  ["!GetAtt [Fn, Arn]", "arn:aws:lambda:eu-west-1:123456789012:function:f"],
  ["{ 'Fn::GetAtt': [Fn, Arn] }", "arn:aws:lambda:eu-west-1:123456789012:function:f"],
  ["!Ref Fn.Alias", "arn:aws:lambda:eu-west-1:123456789012:function:f:live"],
  ["!Ref FnAliaslive", "arn:aws:lambda:eu-west-1:123456789012:function:f:live"],
  ["!Join ['-', [a, !Ref Stage, { 'Fn::Join': ['', [b, 1]] }]]", "a-dev-b1"],
  ["!Ref Stage", "dev"],
  ["!Ref Size", "0123"],
  ["0123", "0123"],
  ["2012-10-17", "2012-10-17"],
  ["'on'", "on"],
])("%s is %s", (expression, expected) => {
  const parameters =
    "Parameters: { Stage: { Type: String, Default: dev }, Size: { Type: Number, Default: 0123 } }";
  const own = `, FunctionName: f, AutoPublishAlias: live, Environment: { Variables: { VALUE: ${expression} } }`;
  expect(first(load(fn(own), {}, parameters)).environment).toEqual({ VALUE: expected });
});

test("AWS::NoValue takes the property away", () => {
  expect(first(load(fn(", Timeout: !Ref AWS::NoValue"))).timeoutSeconds).toBe(3);
});

test("a given parameter wins over its default", () => {
  const parameters = "Parameters: { Stage: { Type: String, Default: dev, AllowedValues: [dev, live] } }";
  const named = load(fn(", FunctionName: !Sub 'f-${Stage}'"), { parameters: { Stage: "live" } }, parameters);
  expect(first(named).name).toBe("f-live");
});

test("a role's path is in its ARN", () => {
  const role = `
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: r
      Path: /lent/
      AssumeRolePolicyDocument:
        { Version: "2012-10-17", Statement: { Effect: Allow, Principal: { Service: ecs-tasks.amazonaws.com }, Action: sts:AssumeRole } }
`;
  expect(load(role).roles[0]).toMatchObject({
    arn: "arn:aws:iam::123456789012:role/lent/r",
    maxSessionDurationSeconds: 3600,
  });
});
