// The function and the API of the deployed template: what each of them is allowed, to the letter.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { AwsClient } from "aws4fetch";
import { startAws, type Aws } from "../../../deploy/local/aws/aws.js";

const region = "eu-west-1";
const root = join(__dirname, "../../..");
const template = readFileSync(join(root, "deploy/aws/functions.yaml"), "utf8").replaceAll(
  "../../handlers/",
  `${root}/handlers/`,
);
const folder = mkdtempSync(join(tmpdir(), "grantway-call-api-"));
afterAll(() => rmSync(folder, { recursive: true }));

interface AnalystTwin {
  readonly aws: Aws;
  /** As an analyst's session, without the session policy that the gateway would give it. */
  readonly call: (url: string, service: string, init?: RequestInit) => Promise<string>;
}

async function withTwin(text: string, use: (twin: AnalystTwin) => Promise<void>): Promise<void> {
  const templateFile = join(folder, "template.yaml");
  writeFileSync(templateFile, text);
  const taskRole = "grantway-gateway";
  const aws = await startAws({ templateFile, port: 0, taskRole, clock: Date.now, log: () => undefined });
  try {
    const keys = await analystKeys(aws);
    await use({
      aws,
      call: async (url, service, init = {}) => {
        const answer = await new AwsClient({ ...keys, service, region, retries: 0 }).fetch(url, init);
        return `${answer.status} ${await answer.text()}`;
      },
    });
  } finally {
    await aws.close();
  }
}

async function analystKeys({ endpoint, taskEnvironment }: Aws) {
  const { AWS_CONTAINER_CREDENTIALS_FULL_URI: uri = "", AWS_CONTAINER_AUTHORIZATION_TOKEN: token = "" } =
    taskEnvironment;
  const task = (await (await fetch(uri, { headers: { authorization: token } })).json()) as Record<
    string,
    string
  >;
  const {
    AccessKeyId: accessKeyId = "",
    SecretAccessKey: secretAccessKey = "",
    Token: sessionToken = "",
  } = task;
  const sts = new STSClient({
    region,
    endpoint,
    credentials: { accessKeyId, secretAccessKey, sessionToken },
  });
  const { Credentials } = await sts.send(
    new AssumeRoleCommand({
      RoleArn: "arn:aws:iam::123456789012:role/grantway-analyst",
      ...{ RoleSessionName: "alice", SourceIdentity: "alice", Tags: [{ Key: "tenant", Value: "acme" }] },
    }),
  );
  return {
    accessKeyId: Credentials?.AccessKeyId ?? "",
    secretAccessKey: Credentials?.SecretAccessKey ?? "",
    sessionToken: Credentials?.SessionToken ?? "",
  };
}

const callApiUrl = ({ functionUrls }: Aws): string => functionUrls.get("grantway-call-api") ?? "";
const apiUrl = ({ apiStages }: Aws): string => apiStages[0]?.url ?? "";

test("the function gets its greeting from the API, and an analyst what is behind /api and nothing else", async () => {
  await withTwin(template, async ({ aws, call }) => {
    expect(await call(callApiUrl(aws), "lambda")).toBe('200 {"greeting":"Hello from API Gateway"}');
    expect(await call(`${apiUrl(aws)}/api/x`, "execute-api", { method: "DELETE" })).toMatch(
      /^200 .*"httpMethod":"DELETE"/,
    );
    expect(await call(`${apiUrl(aws)}/greeting`, "execute-api")).toMatch(/^403 .*not authorized to perform/);
    expect((await fetch(`${apiUrl(aws)}/greeting`)).status).toBe(403);
  });
}, 30_000);

test("without its one permission the function is refused, and tells its caller no more than that", async () => {
  const without = template.replace("/prod/GET/greeting", "/prod/GET/greetings");
  expect(without).not.toBe(template);
  await withTwin(without, async ({ aws, call }) => {
    expect(await call(callApiUrl(aws), "lambda")).toBe('502 {"message":"the API could not be called"}');
  });
}, 30_000);

test("without its permission for the stage, the API's callers get a 500", async () => {
  const without = template.replace(/(SourceArn: .*\/prod\/\*\/)api\//, "$1apis/");
  expect(without).not.toBe(template);
  await withTwin(without, async ({ aws, call }) => {
    expect(await call(`${apiUrl(aws)}/api/x`, "execute-api")).toBe('500 {"message":"Internal server error"}');
  });
}, 30_000);
