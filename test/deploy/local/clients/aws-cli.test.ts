// The AWS CLI against the twin, where it is installed.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Keys,
  run,
  type Ran,
  region,
  roleArn,
  type ClientTwin,
  startClientTwin,
  testWith,
} from "./client-twin.js";

const testCli = testWith("aws", "--version");
jest.setTimeout(60_000);

let twin: ClientTwin;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "grantway-cli-"));
  twin = await startClientTwin();
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await twin.close();
});

const keysOf = (keys: Keys): Record<string, string> => ({
  AWS_ACCESS_KEY_ID: keys.accessKeyId,
  AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
  AWS_SESSION_TOKEN: keys.sessionToken,
});
const settings = (): Record<string, string> => ({
  AWS_ENDPOINT_URL: twin.aws.endpoint,
  // Version 1 of the CLI does not read AWS_REGION.
  AWS_DEFAULT_REGION: region,
  // Nothing of the person's own.
  AWS_CONFIG_FILE: join(folder, "config"),
  AWS_SHARED_CREDENTIALS_FILE: join(folder, "credentials"),
  AWS_EC2_METADATA_DISABLED: "true",
  AWS_MAX_ATTEMPTS: "1",
});
const aws = (keys: Keys, ...args: string[]): Promise<Ran> =>
  run("aws", [...args, "--output", "json"], { ...settings(), ...keysOf(keys) });

testCli("sts get-caller-identity names the session", async () => {
  const { out, err } = await aws(twin.caller, "sts", "get-caller-identity");
  expect([err, JSON.parse(out || "{}")]).toEqual(["", expect.objectContaining({ Arn: twin.callerArn })]);
});

testCli("the CLI finds the task's credentials by the environment that ECS would give", async () => {
  const environment = { ...settings(), ...twin.aws.taskEnvironment };
  const { out } = await run("aws", ["sts", "get-caller-identity", "--output", "json"], environment);
  expect(JSON.parse(out || "{}")).toMatchObject({
    Arn: expect.stringContaining(":assumed-role/task/") as string,
  });
});

testCli("sts assume-role lends a role that trusts the caller, and refuses another", async () => {
  const assume = (role: string): Promise<Ran> =>
    aws(twin.task, "sts", "assume-role", "--role-arn", roleArn(role), "--role-session-name", "cli");
  const [lent, refused] = [await assume("caller"), await assume("stranger")];
  expect(JSON.parse(lent.out || "{}")).toMatchObject({
    AssumedRoleUser: { Arn: "arn:aws:sts::123456789012:assumed-role/caller/cli" },
  });
  expect(refused.err).toContain("(AccessDenied) when calling the AssumeRole operation");
});

testCli("lambda invoke gives the payload and writes the answer", async () => {
  const file = join(folder, "answer.json");
  // Both versions of the CLI read `fileb://` as it is.
  const payload = join(folder, "payload.json");
  writeFileSync(payload, '{"from":"cli"}');
  const target = ["--function-name", "tell", "--qualifier", "live"];
  const invoked = await aws(
    twin.caller,
    "lambda",
    "invoke",
    ...target,
    "--payload",
    `fileb://${payload}`,
    file,
  );
  expect([invoked.err, JSON.parse(invoked.out || "{}")]).toEqual([
    "",
    expect.objectContaining({ StatusCode: 200 }),
  ]);
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({ event: { from: "cli" } });
  const denied = await aws(twin.task, "lambda", "invoke", ...target, file);
  expect(denied.err).toContain("(AccessDeniedException) when calling the Invoke operation");
});
