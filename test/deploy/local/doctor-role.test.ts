// What the role that the template has for `grantway doctor` may do, and that it may do nothing else.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
} from "@aws-sdk/client-iam";
import {
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  GetFunctionUrlConfigCommand,
  GetPolicyCommand,
  InvokeCommand,
  LambdaClient,
  ListFunctionUrlConfigsCommand,
  UpdateAliasCommand,
} from "@aws-sdk/client-lambda";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { type Aws, startAws } from "../../../deploy/local/aws/aws.js";
import { run, testWith } from "./clients/client-twin.js";
import { credentialsFrom } from "./task-session.js";

const testCli = testWith("aws", "--version");

let aws: Aws;
let iam: IAMClient;
let lambda: LambdaClient;
let sts: STSClient;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "grantway-doctor-"));
  aws = await startAws({
    ...{ templateFile: "deploy/aws/functions.yaml", port: 0, taskRole: "grantway-gateway" },
    ...{ doctorRole: "grantway-doctor", clock: Date.now, log: () => undefined },
  });
  const place = { endpoint: aws.endpoint, maxAttempts: 1, region: "eu-west-1" };
  const credentials = await credentialsFrom(aws.doctorEnvironment);
  iam = new IAMClient({ ...place, credentials, region: "us-east-1" });
  lambda = new LambdaClient({ ...place, credentials });
  sts = new STSClient({ ...place, credentials });
});
afterAll(async () => {
  await aws.close();
  rmSync(folder, { recursive: true });
});

const denied = { $metadata: { httpStatusCode: 403 } };

test.each([
  ["grantway-analyst", ["invoke-function-urls", "send-work", "call-api"]],
  ["grantway-gateway", ["lend-roles"]],
])("the doctor reads %s and its policies", async (RoleName, policies) => {
  expect((await iam.send(new GetRoleCommand({ RoleName }))).Role?.MaxSessionDuration).toBe(3600);
  expect((await iam.send(new ListRolePoliciesCommand({ RoleName }))).PolicyNames).toEqual(policies);
  expect((await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }))).AttachedPolicies).toEqual([]);
  for (const PolicyName of policies) {
    const { PolicyDocument = "" } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
    expect(JSON.parse(decodeURIComponent(PolicyDocument))).toMatchObject({ Version: "2012-10-17" });
  }
});

test.each(["grantway-release", "grantway-doctor", "gone"])(
  "the doctor does not read %s",
  async (RoleName) => {
    await expect(iam.send(new GetRoleCommand({ RoleName }))).rejects.toMatchObject(denied);
  },
);

test.each(["hello", "long", "echo", "call-api", "container"])(
  "the doctor reads the function %s",
  async (name) => {
    const FunctionName = `grantway-${name}`;
    const url = await lambda.send(new GetFunctionUrlConfigCommand({ FunctionName, Qualifier: "live" }));
    expect([url.AuthType, url.FunctionUrl]).toEqual(["AWS_IAM", aws.functionUrls.get(FunctionName)]);
    const configuration = new GetFunctionConfigurationCommand({ FunctionName, Qualifier: "live" });
    expect((await lambda.send(configuration)).Timeout).toBe(["long", "container"].includes(name) ? 900 : 10);
    const { FunctionUrlConfigs = [] } = await lambda.send(
      new ListFunctionUrlConfigsCommand({ FunctionName }),
    );
    expect(FunctionUrlConfigs.map(({ FunctionUrl }) => FunctionUrl)).toEqual([url.FunctionUrl]);
    const concurrency = await lambda.send(new GetFunctionConcurrencyCommand({ FunctionName }));
    expect(concurrency.ReservedConcurrentExecutions).toBeUndefined();
  },
);

test("the doctor reads that API Gateway may call echo, and that nobody was given hello", async () => {
  const read = (FunctionName: string) =>
    lambda.send(new GetPolicyCommand({ FunctionName, Qualifier: "live" }));
  expect((await read("grantway-echo")).Policy).toContain(
    '"Principal":{"Service":"apigateway.amazonaws.com"}',
  );
  await expect(read("grantway-hello")).rejects.toMatchObject({ name: "ResourceNotFoundException" });
});

test("the doctor calls nothing, changes nothing, takes on no role and reads no other function", async () => {
  const FunctionName = "grantway-hello";
  await expect(
    lambda.send(new InvokeCommand({ FunctionName, Qualifier: "live", InvocationType: "DryRun" })),
  ).rejects.toMatchObject(denied);
  await expect(
    lambda.send(new UpdateAliasCommand({ FunctionName, Name: "live", FunctionVersion: "1" })),
  ).rejects.toMatchObject(denied);
  const RoleArn = "arn:aws:iam::123456789012:role/grantway-analyst";
  await expect(sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: "doctor" }))).rejects.toMatchObject(
    denied,
  );
  await expect(
    lambda.send(new GetFunctionConfigurationCommand({ FunctionName: "grantway-queue" })),
  ).rejects.toMatchObject(denied);
});

test("the gateway's own role reads none of it", async () => {
  const credentials = await credentialsFrom(aws.taskEnvironment);
  const asGateway = new IAMClient({
    endpoint: aws.endpoint,
    region: "us-east-1",
    credentials,
    maxAttempts: 1,
  });
  await expect(asGateway.send(new GetRoleCommand({ RoleName: "grantway-gateway" }))).rejects.toMatchObject(
    denied,
  );
});

/** With an endpoint of its own the CLI signs for the region it is given: IAM's is us-east-1. */
const cli = async (...args: string[]): Promise<unknown> => {
  const region = args[0] === "iam" ? "us-east-1" : "eu-west-1";
  const { out, err } = await run("aws", [...args, "--region", region, "--output", "json"], {
    ...{ AWS_ENDPOINT_URL: aws.endpoint, AWS_MAX_ATTEMPTS: "1" },
    // Nothing of the person's own.
    AWS_CONFIG_FILE: join(folder, "config"),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, "credentials"),
    AWS_EC2_METADATA_DISABLED: "true",
    ...aws.doctorEnvironment,
  });
  return err === "" ? JSON.parse(out || "{}") : err;
};

testCli("the AWS CLI (skipped where it is not installed) reads roles", async () => {
  const role = ["--role-name", "grantway-analyst"];
  const { Role } = (await cli("iam", "get-role", ...role)) as { Role: Record<string, unknown> };
  expect(Role).toMatchObject({
    RoleName: "grantway-analyst",
    AssumeRolePolicyDocument: { Statement: [{ Action: "sts:AssumeRole" }, {}, {}] },
  });
  const listed = await cli("iam", "list-role-policies", ...role, "--page-size", "1");
  expect(listed).toMatchObject({ PolicyNames: ["invoke-function-urls", "send-work", "call-api"] });
  expect(await cli("iam", "get-role-policy", ...role, "--policy-name", "send-work")).toMatchObject({
    PolicyDocument: { Statement: [{ Action: "sqs:SendMessage" }] },
  });
  expect(await cli("iam", "list-attached-role-policies", ...role)).toMatchObject({ AttachedPolicies: [] });
  expect(await cli("iam", "get-role", "--role-name", "grantway-release")).toContain(
    "An error occurred (AccessDenied) when calling the GetRole operation: User: arn:aws:sts::123456789012:assumed-role/grantway-doctor/local-doctor is not authorized to perform: iam:GetRole on resource: role grantway-release",
  );
});

testCli("the AWS CLI (skipped where it is not installed) reads functions", async () => {
  const live = ["--function-name", "grantway-echo", "--qualifier", "live"];
  expect(await cli("lambda", "get-function-url-config", ...live)).toMatchObject({ AuthType: "AWS_IAM" });
  const { Policy } = (await cli("lambda", "get-policy", ...live)) as { Policy: string };
  expect(JSON.parse(Policy)).toMatchObject({ Statement: [{ Action: "lambda:InvokeFunction" }] });
  expect(await cli("lambda", "list-function-url-configs", "--function-name", "grantway-echo")).toMatchObject({
    FunctionUrlConfigs: [{ InvokeMode: "BUFFERED" }],
  });
  expect(await cli("lambda", "get-function-concurrency", "--function-name", "grantway-echo")).toEqual({});
});
