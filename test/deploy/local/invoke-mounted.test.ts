// The Invoke API where the AWS SDK looks for it: on the twin's one address, for sessions that its STS has given.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { type Aws, startAws } from "../../../deploy/local/aws/aws.js";

const trusting = (action: string, principal: string): string =>
  `{ Version: "2012-10-17", Statement: [{ Effect: Allow, Principal: { ${principal} }, Action: ${action} }] }`;

const caller = (name: string, actions: string): string => `
  ${name}:
    Type: AWS::IAM::Role
    Properties:
      RoleName: ${name.toLowerCase()}
      AssumeRolePolicyDocument: ${trusting("sts:AssumeRole", "AWS: !GetAtt Task.Arn")}
      Policies:
        - PolicyName: p
          PolicyDocument:
            Version: "2012-10-17"
            Statement: [{ Effect: Allow, Action: "${actions}", Resource: "*" }]`;

const template = `
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Resources:
  Greeter:
    Type: AWS::Serverless::Function
    Metadata:
      BuildMethod: esbuild
      BuildProperties: { EntryPoints: [greeter.ts], Format: esm, OutExtension: [.js=.mjs], Target: es2022 }
    Properties:
      FunctionName: greeter
      Runtime: nodejs24.x
      CodeUri: ./
      Handler: greeter.handler
      AutoPublishAlias: live
  Task:
    Type: AWS::IAM::Role
    Properties:
      RoleName: task
      AssumeRolePolicyDocument: ${trusting("sts:AssumeRole", "Service: ecs-tasks.amazonaws.com")}
      Policies:
        - PolicyName: p
          PolicyDocument:
            Version: "2012-10-17"
            Statement: [{ Effect: Allow, Action: "sts:AssumeRole", Resource: "*" }]
${caller("May", "lambda:InvokeFunction")}
${caller("Maynot", "lambda:InvokeFunctionUrl")}
`;

let folder: string;
let aws: Aws;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "grantway-invoke-"));
  writeFileSync(join(folder, "template.yaml"), template);
  writeFileSync(
    join(folder, "greeter.ts"),
    "export const handler = async ({ name }: { name: string }) => ({ hello: name });\n",
  );
  aws = await startAws({
    templateFile: join(folder, "template.yaml"),
    port: 0,
    taskRole: "task",
    clock: Date.now,
    log: () => undefined,
  });
});
afterAll(async () => {
  await aws.close();
  rmSync(folder, { recursive: true, force: true });
});

interface TaskCredentials {
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
  readonly Token: string;
}

const taskCredentials = async () => {
  const { AWS_CONTAINER_CREDENTIALS_FULL_URI = "", AWS_CONTAINER_AUTHORIZATION_TOKEN = "" } =
    aws.taskEnvironment;
  const answer = await fetch(AWS_CONTAINER_CREDENTIALS_FULL_URI, {
    headers: { authorization: AWS_CONTAINER_AUTHORIZATION_TOKEN },
  });
  const { AccessKeyId, SecretAccessKey, Token } = (await answer.json()) as TaskCredentials;
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token };
};

const greetAs = async (role: string): Promise<unknown> => {
  const place = { endpoint: aws.endpoint, region: "eu-west-1" };
  const sts = new STSClient({ ...place, credentials: await taskCredentials() });
  const { Credentials } = await sts.send(
    new AssumeRoleCommand({ RoleArn: `arn:aws:iam::123456789012:role/${role}`, RoleSessionName: "alice" }),
  );
  sts.destroy();
  const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" } = Credentials ?? {};
  const credentials = {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
  };
  const lambda = new LambdaClient({ ...place, credentials, maxAttempts: 1 });
  try {
    const answer = await lambda.send(
      new InvokeCommand({ FunctionName: "greeter:live", Payload: '{"name":"λ"}' }),
    );
    return JSON.parse(answer.Payload?.transformToString() ?? "");
  } finally {
    lambda.destroy();
  }
};

test("a session that may invoke the function gets its payload, and it has no URL for that", async () => {
  expect(await greetAs("may")).toEqual({ hello: "λ" });
  expect(aws.functionUrls.size).toBe(0);
});

test("a session that may only use URLs is denied", async () => {
  await expect(greetAs("maynot")).rejects.toMatchObject({ name: "AccessDeniedException" });
});

test("everything else on that address is not found", async () => {
  const answer = await fetch(`${aws.endpoint}/2015-03-31`);
  expect(answer.status).toBe(404);
});
