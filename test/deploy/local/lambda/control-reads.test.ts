// What Lambda's control API tells of a function's URL, resource policy and concurrency, asked by the AWS SDK.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  GetFunctionCommand,
  GetFunctionConcurrencyCommand,
  GetFunctionUrlConfigCommand,
  GetPolicyCommand,
  LambdaClient,
  ListFunctionUrlConfigsCommand,
} from "@aws-sdk/client-lambda";
import { type Aws, startAws } from "../../../../deploy/local/aws/aws.js";
import { credentialsFrom } from "../task-session.js";

const template = `
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: { Runtime: nodejs24.x, Handler: index.handler }
Resources:
  Streaming:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: streaming
      InlineCode: exports.handler = async () => 1;
      AutoPublishAlias: live
      ReservedConcurrentExecutions: 0
      FunctionUrlConfig:
        AuthType: AWS_IAM
        InvokeMode: RESPONSE_STREAM
        Cors: { AllowOrigins: ["https://app.example.com"], AllowMethods: [GET], AllowHeaders: [authorization], ExposeHeaders: [date], AllowCredentials: true, MaxAge: 60 }
  Open:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: open
      InlineCode: exports.handler = async () => 1;
      FunctionUrlConfig: { AuthType: NONE, Cors: { AllowOrigins: ["*"] } }
  Plain:
    Type: AWS::Serverless::Function
    Properties: { FunctionName: plain, AutoPublishAlias: live, InlineCode: exports.handler = async () => 1; }
  ByService:
    Type: AWS::Lambda::Permission
    Properties:
      FunctionName: !Ref StreamingAliaslive
      Action: lambda:InvokeFunction
      Principal: s3.amazonaws.com
      SourceArn: arn:aws:s3:::bucket
      SourceAccount: !Ref AWS::AccountId
  ByAccount:
    Type: AWS::Lambda::Permission
    Properties: { FunctionName: !Ref StreamingAliaslive, Action: lambda:InvokeFunctionUrl, Principal: "210987654321", FunctionUrlAuthType: AWS_IAM }
  Doctor:
    Type: AWS::IAM::Role
    Properties:
      RoleName: doctor
      AssumeRolePolicyDocument: { Version: "2012-10-17", Statement: [{ Effect: Allow, Principal: { AWS: !Sub "arn:aws:iam::\${AWS::AccountId}:root" }, Action: sts:AssumeRole }] }
      Policies:
        - PolicyName: read
          PolicyDocument: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "lambda:*", Resource: "*" }] }
  Halfway:
    Type: AWS::IAM::Role
    Properties:
      RoleName: halfway
      AssumeRolePolicyDocument: { Version: "2012-10-17", Statement: [{ Effect: Allow, Principal: { AWS: !Sub "arn:aws:iam::\${AWS::AccountId}:root" }, Action: sts:AssumeRole }] }
      Policies:
        - PolicyName: read
          PolicyDocument: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "lambda:*", Resource: !Sub "\${Streaming.Arn}:live" }] }
`;

let aws: Aws;
let doctor: LambdaClient;
let halfway: LambdaClient;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "grantway-reads-"));
  const templateFile = join(folder, "template.yaml");
  writeFileSync(templateFile, template);
  aws = await startAws({
    ...{ templateFile, port: 0, doctorRole: "doctor", operatorRole: "halfway" },
    ...{ clock: Date.now, log: () => undefined },
  });
  const place = { region: "eu-west-1", endpoint: aws.endpoint, maxAttempts: 1 };
  doctor = new LambdaClient({ ...place, credentials: await credentialsFrom(aws.doctorEnvironment) });
  halfway = new LambdaClient({ ...place, credentials: await credentialsFrom(aws.operatorEnvironment) });
});
afterAll(async () => {
  await aws.close();
  rmSync(folder, { recursive: true });
});

const arnOf = (name: string): string => `arn:aws:lambda:eu-west-1:123456789012:function:${name}`;
const urlConfig = (FunctionName: string, Qualifier?: string) =>
  doctor.send(new GetFunctionUrlConfigCommand({ FunctionName, ...(Qualifier && { Qualifier }) }));
const policy = async (FunctionName: string, Qualifier?: string): Promise<unknown> => {
  const { Policy = "", RevisionId } = await doctor.send(
    new GetPolicyCommand({ FunctionName, ...(Qualifier && { Qualifier }) }),
  );
  expect(RevisionId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  return JSON.parse(Policy);
};
const missing = {
  ...{ name: "ResourceNotFoundException", message: "The resource you requested does not exist." },
  $metadata: { httpStatusCode: 404 },
};

test("a URL that hangs on an alias is told under it, with the address it has here", async () => {
  expect(await urlConfig("streaming", "live")).toMatchObject({
    ...{ FunctionUrl: aws.functionUrls.get("streaming"), FunctionArn: `${arnOf("streaming")}:live` },
    ...{ AuthType: "AWS_IAM", InvokeMode: "RESPONSE_STREAM" },
    Cors: {
      ...{
        AllowOrigins: ["https://app.example.com"],
        AllowMethods: ["GET"],
        AllowHeaders: ["authorization"],
      },
      ...{ ExposeHeaders: ["date"], AllowCredentials: true, MaxAge: 60 },
    },
    CreationTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string,
  });
  expect(await urlConfig("streaming:live")).toMatchObject({ AuthType: "AWS_IAM" });
  expect(await urlConfig(arnOf("streaming:live"))).toMatchObject({ AuthType: "AWS_IAM" });
});

test("a URL of the function itself is told without a qualifier, and of CORS only what was said", async () => {
  const config = await urlConfig("open");
  expect(config).toMatchObject({ AuthType: "NONE", InvokeMode: "BUFFERED", FunctionArn: arnOf("open") });
  expect(config.Cors).toEqual({ AllowOrigins: ["*"] });
});

test.each([
  ["on the function, where it hangs on the alias", "streaming", undefined],
  ["on an alias, where it hangs on the function", "open", "live"],
  ["of a function that has none", "plain", "live"],
])("there is no URL %s", async (_where, name, qualifier) => {
  await expect(urlConfig(name, qualifier)).rejects.toMatchObject(missing);
});

test.each(["1", "$LATEST"])("a URL never hangs on %s", async (qualifier) => {
  await expect(urlConfig("streaming", qualifier)).rejects.toMatchObject({ name: "ValidationException" });
});

test("the URLs of a function are one, or none; a page is of fifty at most", async () => {
  const list = async (FunctionName: string, MaxItems = 50): Promise<unknown> =>
    (await doctor.send(new ListFunctionUrlConfigsCommand({ FunctionName, MaxItems }))).FunctionUrlConfigs;
  expect(await list("streaming")).toMatchObject([{ FunctionArn: `${arnOf("streaming")}:live` }]);
  expect(await list("plain")).toEqual([]);
  await expect(list("streaming", 51)).rejects.toMatchObject({ name: "ValidationException" });
});

test("a resource policy is told as Lambda writes it, with its conditions", async () => {
  expect(await policy("streaming", "live")).toEqual({
    ...{ Version: "2012-10-17", Id: "default" },
    Statement: [
      {
        ...{ Sid: "ByService", Effect: "Allow", Principal: { Service: "s3.amazonaws.com" } },
        ...{ Action: "lambda:InvokeFunction", Resource: `${arnOf("streaming")}:live` },
        Condition: {
          ArnLike: { "aws:SourceArn": "arn:aws:s3:::bucket" },
          StringEquals: { "aws:SourceAccount": "123456789012" },
        },
      },
      {
        ...{ Sid: "ByAccount", Effect: "Allow", Principal: { AWS: "arn:aws:iam::210987654321:root" } },
        ...{ Action: "lambda:InvokeFunctionUrl", Resource: `${arnOf("streaming")}:live` },
        Condition: { StringEquals: { "lambda:FunctionUrlAuthType": "AWS_IAM" } },
      },
    ],
  });
});

test("what everybody may do is told with a bare star", async () => {
  expect(await policy("open")).toMatchObject({
    Statement: [
      { Principal: "*", Action: "lambda:InvokeFunctionUrl" },
      { Principal: "*", Action: "lambda:InvokeFunction" },
    ],
  });
});

test("each qualifier has a policy of its own, and most have none", async () => {
  await expect(policy("streaming")).rejects.toMatchObject(missing);
  await expect(policy("plain", "live")).rejects.toMatchObject(missing);
});

test("reserved concurrency is told where there is one, also where it is nothing", async () => {
  const reserved = async (FunctionName: string) =>
    (await doctor.send(new GetFunctionConcurrencyCommand({ FunctionName }))).ReservedConcurrentExecutions;
  expect([await reserved("streaming"), await reserved("plain")]).toEqual([0, undefined]);
  await expect(reserved("streaming:live")).rejects.toMatchObject({ name: "ValidationException" });
});

test("a function that is not there is not found, by each of them", async () => {
  const FunctionName = "gone";
  const calls = [
    doctor.send(new GetFunctionUrlConfigCommand({ FunctionName })),
    doctor.send(new ListFunctionUrlConfigsCommand({ FunctionName })),
    doctor.send(new GetPolicyCommand({ FunctionName })),
    doctor.send(new GetFunctionConcurrencyCommand({ FunctionName })),
  ];
  for (const call of await Promise.allSettled(calls))
    expect((call as PromiseRejectedResult).reason).toMatchObject({
      ...{ name: "ResourceNotFoundException", message: `Function not found: ${arnOf("gone")}` },
    });
});

test("who may read the alias and not the function is refused what hangs on the alias", async () => {
  const FunctionName = "streaming";
  const calls = [
    halfway.send(new GetFunctionUrlConfigCommand({ FunctionName, Qualifier: "live" })),
    halfway.send(new GetPolicyCommand({ FunctionName, Qualifier: "live" })),
    halfway.send(new ListFunctionUrlConfigsCommand({ FunctionName })),
    halfway.send(new GetFunctionConcurrencyCommand({ FunctionName })),
  ];
  for (const call of await Promise.allSettled(calls))
    expect((call as PromiseRejectedResult).reason).toMatchObject({
      name: "AccessDeniedException",
      message: expect.stringContaining(`on resource: ${arnOf("streaming")} because`) as string,
    });
});

test("GetFunction, whose code has no address here, is refused by name", async () => {
  await expect(doctor.send(new GetFunctionCommand({ FunctionName: "plain" }))).rejects.toMatchObject({
    message: expect.stringContaining("GetPolicy, GetFunctionConcurrency") as string,
  });
});

test("each part of the API has its own date, and no other", async () => {
  const command = new GetFunctionConcurrencyCommand({ FunctionName: "plain" });
  command.middlewareStack.add(
    (next) => (args) => {
      const request = args.request as { path: string };
      request.path = request.path.replace("2019-09-30", "2015-03-31");
      return next(args);
    },
    { step: "build" },
  );
  await expect(doctor.send(command)).rejects.toMatchObject({ name: "UnknownOperationException" });
});
