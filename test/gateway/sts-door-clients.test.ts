// Clients as they are, told no more than where STS is: a token file and AWS_ENDPOINT_URL_STS.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { fromTokenFile } from "@aws-sdk/credential-providers";
import { run, testWith } from "../deploy/local/clients/client-twin.js";
import { startStack, type Stack } from "../fixtures/stack.js";
import { analystArn, stsClient } from "../fixtures/sts-caller.js";

const testCli = testWith("aws", "--version");
jest.setTimeout(60_000);

let stack: Stack;
let folder: string;
let tokenFile: string;
beforeAll(async () => {
  stack = await startStack();
  folder = mkdtempSync(join(tmpdir(), "grantway-sts-"));
  tokenFile = join(folder, "token");
  writeFileSync(tokenFile, await stack.issuer.mint("alice"));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await stack.close();
});

const sessionArn = "arn:aws:sts::123456789012:assumed-role/grantway-analyst/local.alice";
const environment = (): Record<string, string> => ({
  AWS_ENDPOINT_URL_STS: `${stack.url}/sts`,
  AWS_ROLE_ARN: analystArn,
  AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile,
  AWS_REGION: "eu-west-1",
  // Version 1 of the CLI reads this one.
  AWS_DEFAULT_REGION: "eu-west-1",
  AWS_CONFIG_FILE: join(folder, "config"),
  AWS_SHARED_CREDENTIALS_FILE: join(folder, "credentials"),
  AWS_EC2_METADATA_DISABLED: "true",
  // The CLI keeps such a session below it.
  HOME: folder,
});

/** A program that knows Lambda and nothing of the gateway. */
const program = `
  import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
  const lambda = new LambdaClient({ endpoint: process.argv[1] });
  const { StatusCode, Payload } = await lambda.send(
    new InvokeCommand({ FunctionName: "grantway-hello", Qualifier: "live", Payload: "{}" }),
  );
  console.log(JSON.stringify({ StatusCode, payload: Payload?.transformToString() }));
`;
const runProgram = (more: Readonly<Record<string, string>> = {}) =>
  run(process.execPath, ["--no-warnings", "--input-type=module", "--eval", program, stack.aws.endpoint], {
    ...environment(),
    ...more,
  });

test("a program with three variables calls Lambda as the caller of its token file", async () => {
  const { out, err } = await runProgram();
  expect([err, JSON.parse(out || "{}")]).toEqual([
    "",
    { StatusCode: 200, payload: expect.stringContaining("hello world") as string },
  ]);
  expect(stack.logLines().at(-1)).toMatchObject({ door: "sts", subject: "alice", status: 200 });
});

test("a program whose token is refused says why, and does not ask again", async () => {
  const refused = join(folder, "refused");
  writeFileSync(refused, await stack.issuer.mint("alice", { exp: Math.floor(Date.now() / 1000) - 600 }));
  const before = stack.logLines().length;
  const { status, err } = await runProgram({ AWS_WEB_IDENTITY_TOKEN_FILE: refused });
  expect(status).toBe(1);
  expect(err).toContain("ExpiredTokenException: The web identity token has expired.");
  expect(stack.logLines().length - before).toBe(1);
});

test("fromTokenFile takes the endpoint from its clientConfig, and the credentials from the door", async () => {
  const provide = fromTokenFile({
    roleArn: analystArn,
    webIdentityTokenFile: tokenFile,
    clientConfig: { endpoint: `${stack.url}/sts/hello`, region: "eu-west-1" },
  });
  const credentials = await provide();
  expect(credentials.accountId).toBe("123456789012");
  const { accessKeyId, secretAccessKey, sessionToken = "" } = credentials;
  const client = stsClient(`${stack.url}/sts/hello`, { accessKeyId, secretAccessKey, sessionToken });
  expect(await client.send(new GetCallerIdentityCommand({}))).toMatchObject({ Arn: sessionArn });
});

const aws = (...args: string[]) => run("aws", [...args, "--output", "json"], environment());

testCli("the AWS CLI assumes the role by a token on its command line", async () => {
  const token = await stack.issuer.mint("alice");
  const { out, err } = await aws(
    ...["sts", "assume-role-with-web-identity", "--endpoint-url", `${stack.url}/sts`],
    ...["--role-arn", analystArn, "--role-session-name", "cli", "--web-identity-token", token],
  );
  expect([err, JSON.parse(out || "{}")]).toEqual([
    "",
    expect.objectContaining({
      SubjectFromWebIdentityToken: "alice",
      AssumedRoleUser: expect.objectContaining({ Arn: sessionArn }) as object,
    }),
  ]);
});

testCli("the AWS CLI shows the door's refusal", async () => {
  const { err } = await aws(
    ...["sts", "assume-role-with-web-identity", "--endpoint-url", `${stack.url}/sts`],
    ...["--role-arn", `${analystArn}s`, "--role-session-name", "cli"],
    ...["--web-identity-token", await stack.issuer.mint("alice")],
  );
  expect(err).toContain(
    "(AccessDenied) when calling the AssumeRoleWithWebIdentity operation: Not authorized to perform sts:AssumeRoleWithWebIdentity",
  );
});

testCli("the AWS CLI with three variables signs with the door's session, and the door knows it", async () => {
  const { out, err } = await aws("sts", "get-caller-identity");
  expect([err, JSON.parse(out || "{}")]).toEqual(["", expect.objectContaining({ Arn: sessionArn })]);
});
