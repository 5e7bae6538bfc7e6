// The AWS CLI with the same two variables, where it is installed; a skipped test here says that it is not.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run, testWith, type Ran } from "../deploy/local/clients/client-twin.js";
import { startStack, type Stack } from "../fixtures/stack.js";
import { startTlsFront, type TlsFront } from "../fixtures/tls-front.js";

const testCli = testWith("aws", "--version");
const version = spawnSync("aws", ["--version"], { encoding: "utf8" });
/** Version 2 brings a Python of its own, which nobody can hand another certificate for this request. */
const testCli1 = version.status === 0 && version.stdout.startsWith("aws-cli/1.") ? test : test.skip;

let stack: Stack;
let front: TlsFront;
let folder: string;
beforeAll(async () => {
  stack = await startStack();
  front = await startTlsFront(stack.url);
  folder = mkdtempSync(join(tmpdir(), "grantway-token-"));
  writeFileSync(join(folder, "token"), await stack.issuer.mint("alice"));
});
afterAll(async () => {
  await front.close();
  await stack.close();
  rmSync(folder, { recursive: true });
});

const whoAmI = (uri: string, more: Readonly<Record<string, string>> = {}): Promise<Ran> =>
  run("aws", ["sts", "get-caller-identity", "--output", "json"], {
    AWS_CONTAINER_CREDENTIALS_FULL_URI: uri,
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: join(folder, "token"),
    AWS_ENDPOINT_URL: stack.aws.endpoint,
    AWS_DEFAULT_REGION: "eu-west-1",
    AWS_CONFIG_FILE: join(folder, "config"),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, "credentials"),
    ...more,
  });

testCli("the CLI runs as the caller of its token", async () => {
  const { out, err } = await whoAmI(`${stack.url}/grant/jobs`);
  expect([err, JSON.parse(out || "{}")]).toEqual([
    "",
    expect.objectContaining({
      Arn: "arn:aws:sts::123456789012:assumed-role/grantway-analyst/local.alice",
    }),
  ]);
});

testCli1("it does so over TLS", async () => {
  // It reads no AWS_CA_BUNDLE for its credentials, but the list of the package certifi alone.
  const file = JSON.stringify(front.certificateFile);
  writeFileSync(join(folder, "sitecustomize.py"), `import certifi\ncertifi.where = lambda: ${file}\n`);
  const { out, err } = await whoAmI(`${front.url}/grant/jobs`, { PYTHONPATH: folder });
  expect([err, JSON.parse(out || "{}")]).toEqual(["", expect.objectContaining({ Account: "123456789012" })]);
  expect(front.passed.map(({ status }) => status)).toEqual([200]);
});

testCli("a refusal is in what the CLI prints, word for word", async () => {
  const { err, status } = await whoAmI(`${stack.url}/grant/none`);
  expect(status).not.toBe(0);
  expect(err).toContain("Received non 200 response 404 from container metadata:");
  expect(err).toContain('"Code":"route_unknown","Message":"No route that grants credentials has this name."');
});
