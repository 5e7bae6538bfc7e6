// The twin on real sockets with the stack beside this file, and its credentials as each client wants them.
import { AssumeRoleCommand, type Credentials, STSClient } from "@aws-sdk/client-sts";
import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { type Aws, startAws } from "../../../../deploy/local/aws/aws.js";

export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

export interface ClientTwin {
  readonly aws: Aws;
  /** The task's own credentials. */
  readonly task: Keys;
  /** A session of the role `caller`, got from the twin's STS. */
  readonly caller: Keys;
  readonly callerArn: string;
  url(functionName: string): string;
  close(): Promise<void>;
}

export const region = "eu-west-1";
export const roleArn = (name: string): string => `arn:aws:iam::123456789012:role/${name}`;

export async function startClientTwin(
  templateFile = join(__dirname, "stack/template.yaml"),
  parameters: Readonly<Record<string, string>> = {},
): Promise<ClientTwin> {
  const aws = await startAws({
    parameters,
    templateFile,
    port: 0,
    taskRole: "task",
    clock: Date.now,
    log: () => undefined,
  });
  const task = await taskKeys(aws);
  const sts = new STSClient({ region, endpoint: aws.endpoint, credentials: task });
  const command = new AssumeRoleCommand({ RoleArn: roleArn("caller"), RoleSessionName: "alice" });
  const { Credentials, AssumedRoleUser } = await sts.send(command);
  return {
    aws,
    task,
    caller: toKeys(Credentials),
    callerArn: AssumedRoleUser?.Arn ?? "",
    url: (name) => aws.functionUrls.get(name) ?? "",
    close: () => aws.close(),
  };
}

const toKeys = (credentials: Credentials | undefined): Keys => ({
  accessKeyId: credentials?.AccessKeyId ?? "",
  secretAccessKey: credentials?.SecretAccessKey ?? "",
  sessionToken: credentials?.SessionToken ?? "",
});

async function taskKeys({ taskEnvironment }: Aws): Promise<Keys> {
  const { AWS_CONTAINER_CREDENTIALS_FULL_URI: uri = "", AWS_CONTAINER_AUTHORIZATION_TOKEN: token = "" } =
    taskEnvironment;
  const answer = await fetch(uri, { headers: { authorization: token } });
  const keys = (await answer.json()) as Record<"AccessKeyId" | "SecretAccessKey" | "Token", string>;
  return {
    accessKeyId: keys.AccessKeyId,
    secretAccessKey: keys.SecretAccessKey,
    sessionToken: keys.Token,
  };
}

export interface Ran {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs a command-line client to its end, with nothing of this process's AWS settings. */
export async function run(
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith("AWS_"));
  const child = spawn(command, args, {
    env: { ...Object.fromEntries(kept), ...environment },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 60_000,
  });
  const ended = new Promise<number | null>((resolve, reject) =>
    child.on("close", resolve).on("error", reject),
  );
  const [out, err, status] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { status, out, err };
}

/** Jest's `test` where this machine has the command and it ends well; where it has not, a test that is shown as skipped. */
export const testWith = (command: string, ...args: string[]): jest.It =>
  spawnSync(command, args, { timeout: 30_000 }).status === 0 ? test : test.skip;
