// The twin on real sockets with one function whose file a test edits, and the credentials of whoever may release it.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { type Aws, startAws } from "../../deploy/local/aws/aws.js";

const template = `
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Resources:
  Greeter:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: greeter
      Runtime: nodejs24.x
      CodeUri: ./code/
      Handler: index.handler
      AutoPublishAlias: live
      FunctionUrlConfig: { AuthType: NONE }
  Releaser:
    Type: AWS::IAM::Role
    Properties:
      RoleName: releaser
      AssumeRolePolicyDocument: { Version: "2012-10-17", Statement: [{ Effect: Allow, Principal: { AWS: !Sub "arn:aws:iam::\${AWS::AccountId}:root" }, Action: sts:AssumeRole }] }
      Policies:
        - PolicyName: release
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: [lambda:PublishVersion, lambda:GetFunctionConfiguration, lambda:GetAlias, lambda:UpdateAlias, lambda:ListAliases, lambda:ListVersionsByFunction, lambda:InvokeFunction]
                Resource: [!GetAtt Greeter.Arn, !Sub "\${Greeter.Arn}:*"]
              - { Effect: Allow, Action: cloudwatch:GetMetricData, Resource: "*" }
  Task:
    Type: AWS::IAM::Role
    Properties:
      RoleName: task
      AssumeRolePolicyDocument: { Version: "2012-10-17", Statement: [{ Effect: Allow, Principal: { Service: ecs-tasks.amazonaws.com }, Action: sts:AssumeRole }] }
      Policies:
        - PolicyName: read
          PolicyDocument:
            Version: "2012-10-17"
            Statement: [{ Effect: Allow, Action: lambda:GetAlias, Resource: !Sub "\${Greeter.Arn}:live" }]
`;

export const good = (text: string): string => `export const handler = async () => "${text}";`;
export const bad = `export const handler = async () => { throw new Error("bad"); };`;

export interface Clients {
  readonly lambda: LambdaClient;
  readonly cloudWatch: CloudWatchClient;
}

export interface ReleaseTwin {
  readonly aws: Aws;
  readonly releaser: Clients;
  /** The task's role, which may release nothing. */
  readonly task: Clients;
  /** Resolves when the new text is what $LATEST runs. */
  edit(code: string): Promise<void>;
  /** The versions that so many calls of the alias ran. Every tenth call has a chance below 0.1, and so on. */
  call(times: number): Promise<string[]>;
  close(): Promise<void>;
}

export async function startReleaseTwin(holdAliases = true): Promise<ReleaseTwin> {
  const folder = mkdtempSync(join(tmpdir(), "grantway-release-"));
  mkdirSync(join(folder, "code"));
  writeFileSync(join(folder, "template.yaml"), template);
  writeFileSync(join(folder, "code/index.mjs"), good("one"));
  let [chance, changed] = [0, (): void => undefined];
  const aws = await startAws({
    templateFile: join(folder, "template.yaml"),
    port: 0,
    ...{ taskRole: "task", operatorRole: "releaser", watch: true, holdAliases },
    random: () => ((chance = (chance + 1) % 10), (chance + 0.5) / 10),
    clock: Date.now,
    log: (line) => {
      if (line.includes("its code has changed:")) changed();
    },
  });
  const releaser = await clientsOf(aws, aws.operatorEnvironment);
  const task = await clientsOf(aws, aws.taskEnvironment);
  return {
    ...{ aws, releaser, task },
    edit: (code) =>
      new Promise((resolve) => {
        changed = resolve;
        writeFileSync(join(folder, "code/index.mjs"), code);
      }),
    call: async (times) => {
      const versions: string[] = [];
      for (let at = 0; at < times; at += 1) {
        const { ExecutedVersion } = await releaser.lambda.send(
          new InvokeCommand({ FunctionName: "greeter", Qualifier: "live" }),
        );
        versions.push(ExecutedVersion ?? "");
      }
      return versions;
    },
    close: async () => {
      for (const { lambda, cloudWatch } of [releaser, task]) {
        lambda.destroy();
        cloudWatch.destroy();
      }
      await aws.close();
      rmSync(folder, { recursive: true });
    },
  };
}

async function clientsOf(aws: Aws, environment: Readonly<Record<string, string>>): Promise<Clients> {
  const { AWS_CONTAINER_CREDENTIALS_FULL_URI: uri = "", AWS_CONTAINER_AUTHORIZATION_TOKEN: token = "" } =
    environment;
  const answer = await fetch(uri, { headers: { authorization: token } });
  const keys = (await answer.json()) as Record<"AccessKeyId" | "SecretAccessKey" | "Token", string>;
  const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, Token: sessionToken } = keys;
  const place = {
    region: "eu-west-1",
    endpoint: aws.endpoint,
    maxAttempts: 1,
    credentials: { accessKeyId, secretAccessKey, sessionToken },
  };
  return { lambda: new LambdaClient(place), cloudWatch: new CloudWatchClient(place) };
}
