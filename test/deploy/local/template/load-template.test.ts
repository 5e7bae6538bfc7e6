import { join } from "node:path";
import { loadTemplate, type TemplateSettings } from "../../../../deploy/local/aws/template/load-template.js";
import type { Template } from "../../../../deploy/local/aws/model.js";
import { textMatching } from "../iam/sample-caller.js";
import { firstFunction as first, fn as piece, samTemplate, templateFolder } from "./sample-template.js";

const stack: TemplateSettings = { accountId: "123456789012", region: "eu-west-1", stackName: "grantway" };
const stock = join(__dirname, "../../../../deploy/aws/functions.yaml");

const folder = templateFolder();
afterAll(() => folder.remove());

const load = (
  resources: string,
  settings: Partial<TemplateSettings> = {},
  sections = "",
): Promise<Template> => folder.load(`${sections}\n${samTemplate(resources)}`, { ...stack, ...settings });
const fn = (properties = ""): string => piece(properties.replace(/^, /, ""));

test("the stock template loads: functions with URLs on the alias, and both roles", async () => {
  const template = await loadTemplate(stock, stack);
  expect(
    template.functions.map(({ name, timeoutSeconds, url }) => [name, timeoutSeconds, url?.invokeMode]),
  ).toEqual([
    ["grantway-hello", 10, "BUFFERED"],
    ["grantway-long", 900, "RESPONSE_STREAM"],
    ["grantway-echo", 10, "BUFFERED"],
    ["grantway-queue", 10, undefined],
    ["grantway-call-api", 10, "BUFFERED"],
    ["grantway-container", 900, "RESPONSE_STREAM"],
  ]);
  expect(template.functions.every(({ alias }) => alias === "live")).toBe(true);
  expect(template.functions.every(({ url }) => url === undefined || url.qualifier === "live")).toBe(true);
  expect(template.roles.slice(0, 2).map(({ arn, place }) => [arn, place])).toEqual([
    ["arn:aws:iam::123456789012:role/grantway-analyst", "Resources.AnalystRole"],
    ["arn:aws:iam::123456789012:role/grantway-gateway", "Resources.GatewayRole"],
  ]);
  expect(template.notices).toEqual([
    "Resources.HelloFunction.Properties.ProvisionedConcurrencyConfig: is read and changes nothing here",
    "Resources.EchoFunction.Properties.DeploymentPreference: is read and changes nothing here",
    "Globals.Function.Tracing: traces are not recorded here",
    "Resources.ContainerFunction.Metadata: no image is built: its command runs on this machine, and its RUN lines do not",
    "Resources.FunctionLogs: AWS::Logs::LogGroup is named here, not served",
    "Resources.EchoErrorsAlarm, Resources.FailedEventsAlarm, Resources.FailedWorkAlarm: AWS::CloudWatch::Alarm is named here, not served",
  ]);
});

test("a function carries what its properties, Globals and build settings say", async () => {
  expect(first(await loadTemplate(stock, stack))).toEqual({
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
    executionRoleArn: textMatching(
      /^arn:aws:iam::123456789012:role\/grantway-HelloFunctionRole-[A-Z0-9]{12}$/,
    ),
    logFormat: "JSON",
    logLevel: "INFO",
    tracingMode: "Active",
    deadLetterArn: "arn:aws:sqs:eu-west-1:123456789012:grantway-events-failed",
    asynchronous: [{ qualifier: "live", maximumRetryAttempts: 2, maximumEventAgeSeconds: 3600 }],
    build: {
      ...{ entryPoints: ["handler.ts"], format: "esm", outExtension: ".mjs", target: "es2022" },
      sourcemap: true,
    },
  });
});

test("a policy apart from the role is attached to it, its references resolved", async () => {
  const gateway = (await loadTemplate(stock, stack)).roles[1];
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
      text: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"],"Resource":"arn:aws:iam::123456789012:role/grantway-analyst"}]}',
    },
  ]);
});

test("identifiers that AWS makes up are the same at every start", async () => {
  expect(await loadTemplate(stock, stack)).toEqual(await loadTemplate(stock, stack));
  const [a, b] = [
    first(await loadTemplate(stock, stack)),
    first(await loadTemplate(stock, { ...stack, stackName: "other" })),
  ];
  expect(a.url?.urlId).not.toBe(b.url?.urlId);
});

test("Lambda's defaults apply where nothing is said", async () => {
  const template = await load(fn());
  expect(first(template)).toMatchObject({ timeoutSeconds: 3, memoryMb: 128, environment: {} });
  expect(first(template)).not.toHaveProperty("url");
  expect(first(template)).not.toHaveProperty("reservedConcurrency");
  expect(first(template).name).toMatch(/^grantway-Fn-[A-Z0-9]{12}$/);
});

test("without an alias the URL hangs on the function itself", async () => {
  expect(first(await load(fn(", FunctionUrlConfig: { AuthType: AWS_IAM }"))).url).not.toHaveProperty(
    "qualifier",
  );
});

test("a reserved concurrency of 0 stays 0", async () => {
  expect(first(await load(fn(", ReservedConcurrentExecutions: 0"))).reservedConcurrency).toBe(0);
});

test("a function's own properties win over Globals, and maps are merged", async () => {
  const globals = "Globals: { Function: { Timeout: 20, Environment: { Variables: { A: a, B: b } } } }";
  const own = ", Timeout: 30, Environment: { Variables: { B: mine } }";
  expect(
    first(await load(fn(own.replace("B:", "BB:")), {}, globals.replace(/\b([AB]):/g, "$1$1:"))),
  ).toMatchObject({
    timeoutSeconds: 30,
    environment: { AA: "a", BB: "mine" },
  });
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
  ["{ 'Fn::GetAtt': Fn.Arn }", "arn:aws:lambda:eu-west-1:123456789012:function:f"],
  ["!Ref Fn.Alias", "arn:aws:lambda:eu-west-1:123456789012:function:f:at-live"],
  ["!Ref FnAliasatDlive", "arn:aws:lambda:eu-west-1:123456789012:function:f:at-live"],
  ["!GetAtt Fn.Alias.AliasArn", "arn:aws:lambda:eu-west-1:123456789012:function:f:at-live"],
  ["!Ref Fn.Version", "arn:aws:lambda:eu-west-1:123456789012:function:f:1"],
  ["!Sub '${FnUrl}'", "arn:aws:lambda:eu-west-1:123456789012:function:f:at-live"],
  ["!Select [2, !Split ['/', !GetAtt FnUrl.FunctionUrl]]", /^[a-z0-9]{32}\.lambda-url\.eu-west-1\.on\.aws$/],
  ["!GetAtt FnRole.Arn", /^arn:aws:iam::123456789012:role\/grantway-FnRole-[A-Z0-9]{12}$/],
  ["!Join ['-', [a, !Ref Stage, { 'Fn::Join': ['', [b, 1]] }]]", "a-dev-b1"],
  ["!Join ['|', !Ref Zones]", "a|b"],
  ["!Select [!Ref One, !Ref Zones]", "b"],
  ["!Select [0, !GetAZs '']", "eu-west-1a"],
  ["!Join [',', !Split ['.', a.b.c]]", "a,b,c"],
  ["!FindInMap [Sizes, !Ref Stage, memory]", "128"],
  ["!Select [1, !FindInMap [Sizes, dev, names]]", "two"],
  ["!If [IsDev, yes-dev, !Ref Stage]", "yes-dev"],
  ["!If [IsLive, live, !If [IsDev, dev, none]]", "dev"],
  ["{ 'Fn::Base64': !Sub '${Stage}' }", "ZGV2"],
  ["!Ref Stage", "dev"],
  ["!Ref Size", "0123"],
  ["'0123'", "0123"],
  ["2012-10-17", "2012-10-17"],
  ["'on'", "on"],
])("%s is %s", async (expression, expected) => {
  const sections = `
Parameters:
  Stage: { Type: String, Default: dev }
  Size: { Type: Number, Default: '0123' }
  One: { Type: Number, Default: 1 }
  Zones: { Type: CommaDelimitedList, Default: "a, b" }
Mappings: { Sizes: { dev: { memory: 128, names: [one, two] } } }
Conditions: { IsDev: !Equals [!Ref Stage, dev], IsLive: !Not [!Condition IsDev] }`;
  const named = piece("FunctionName: f, AutoPublishAlias: at-live, FunctionUrlConfig: { AuthType: AWS_IAM }");
  const probe = piece(`Environment: { Variables: { VALUE: ${expression} } }`, "", "Probe");
  const { functions } = await load(`${named}\n  ${probe}`, {}, sections);
  expect(functions[1]?.environment).toEqual({
    VALUE: typeof expected === "string" ? expected : textMatching(expected),
  });
});

test("AWS::NoValue takes the property away", async () => {
  expect(first(await load(fn(", Timeout: !Ref AWS::NoValue"))).timeoutSeconds).toBe(3);
});

test("a given parameter wins over its default", async () => {
  const parameters = "Parameters: { Stage: { Type: String, Default: dev, AllowedValues: [dev, live] } }";
  const named = await load(
    fn(", FunctionName: !Sub 'f-${Stage}'"),
    { parameters: { Stage: "live" } },
    parameters,
  );
  expect(first(named).name).toBe("f-live");
});

test("a role's path is in its ARN", async () => {
  const role = `Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: r
      Path: /lent/
      AssumeRolePolicyDocument:
        { Version: "2012-10-17", Statement: { Effect: Allow, Principal: { Service: ecs-tasks.amazonaws.com }, Action: sts:AssumeRole } }
`;
  expect((await load(role)).roles[0]).toMatchObject({
    arn: "arn:aws:iam::123456789012:role/lent/r",
    maxSessionDurationSeconds: 3600,
  });
});
