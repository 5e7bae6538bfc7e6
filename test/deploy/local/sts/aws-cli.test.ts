// The AWS CLI as it is, where it is installed.
import { execFile, execFileSync } from "node:child_process";
import { promisify } from "node:util";
import type { Caller } from "../../../../deploy/local/aws/model.js";
import { roleArn } from "../iam/sample-caller.js";
import { startLocalSts, type LocalSts } from "./local-sts.js";

const isInstalled = (): boolean => {
  try {
    execFileSync("aws", ["--version"], { stdio: "ignore", timeout: 20_000 });
    return true;
  } catch {
    return false;
  }
};
const withCli = isInstalled() ? test : test.skip;

let local: LocalSts;
beforeAll(async () => {
  local = await startLocalSts({ clock: Date.now });
});
afterAll(() => local.close());

/** What it printed, or what it said on stderr. */
const aws = ({ accessKeyId, secretAccessKey, sessionToken }: Caller, ...words: string[]): Promise<string> =>
  promisify(execFile)("aws", ["sts", ...words, "--output", "json"], {
    timeout: 30_000,
    env: {
      PATH: process.env.PATH,
      HOME: "/nonexistent",
      AWS_ENDPOINT_URL: local.url,
      AWS_REGION: "eu-west-1",
      AWS_DEFAULT_REGION: "eu-west-1",
      AWS_MAX_ATTEMPTS: "1",
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
    },
  }).then(
    ({ stdout }) => stdout,
    (error: unknown) => (error as { readonly stderr: string }).stderr,
  );

withCli(
  "the AWS CLI (skipped where it is not installed) assumes a role with tags",
  async () => {
    const printed = await aws(
      local.mint(),
      ...["assume-role", "--role-arn", roleArn("analyst"), "--role-session-name", "alice"],
      ...["--tags", "Key=tenant,Value=acme", "--duration-seconds", "900"],
    );
    expect(JSON.parse(printed)).toMatchObject({
      AssumedRoleUser: { Arn: "arn:aws:sts::123456789012:assumed-role/analyst/alice" },
      PackedPolicySize: 1,
    });
  },
  60_000,
);

withCli(
  "the AWS CLI (skipped where it is not installed) prints a refusal with its code",
  async () => {
    const printed = await aws(
      local.mint(),
      ...["assume-role", "--role-arn", roleArn("nobody"), "--role-session-name", "alice"],
    );
    expect(printed).toContain(
      "An error occurred (AccessDenied) when calling the AssumeRole operation: User: arn:",
    );
  },
  60_000,
);
