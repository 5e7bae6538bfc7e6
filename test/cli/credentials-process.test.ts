// `grantway credentials` as it is used: started by an AWS SDK and by the AWS CLI from ~/.aws/config, by several
// processes at once, with a terminal of its own and with none.
import { spawn, spawnSync, type SpawnOptions } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { fromProcess } from "@aws-sdk/credential-providers";
import { runCredentials, type CredentialsPorts } from "../../server/cli/credentials.js";
import { openCredentialsPorts } from "../../server/cli/credentials-ports.js";
import { run as runClient, testWith } from "../deploy/local/clients/client-twin.js";
import { answerDevice } from "../deploy/local/issuer/visitor.js";
import { startStack, type Stack } from "../fixtures/stack.js";

let stack: Stack;
let folder: string;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.close());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "grantway-process-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const region = "eu-west-1";
const command = [process.execPath, "--import", "tsx", "server/cli/grantway.ts", "credentials"];
const login = (): string[] => [
  ...["--gateway", stack.url, "--route", "hello"],
  ...["--issuer", stack.issuer.issuer, "--client-id", "grantway-cli"],
];

/** A home with a profile `hello`, and the state folder in it. */
const environment = (): Record<string, string> => ({
  XDG_STATE_HOME: folder,
  AWS_CONFIG_FILE: join(folder, "config"),
  AWS_SHARED_CREDENTIALS_FILE: join(folder, "none"),
});
function writeProfile(argv: readonly string[]): void {
  const line = [...command, ...argv].map((word) => JSON.stringify(word)).join(" ");
  writeFileSync(
    join(folder, "config"),
    `[profile hello]\nregion = ${region}\ncredential_process = ${line}\n`,
  );
}
async function writeToken(): Promise<string[]> {
  writeFileSync(join(folder, "token"), await stack.issuer.mint("alice"));
  return ["--gateway", stack.url, "--route", "hello", "--token-file", join(folder, "token")];
}

interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** In a session of its own: there is no terminal, wherever the tests run. */
async function inProcess(argv: readonly string[], options: SpawnOptions = {}, input = ""): Promise<Ran> {
  const [node = "", ...rest] = command;
  const env = { ...process.env, ...environment() };
  const child = spawn(node, [...rest, ...argv], { env, detached: true, ...options, stdio: "pipe" });
  child.stdin.end(input);
  const closed = once(child, "close") as Promise<[number]>;
  const [out, err, [status]] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
  return { status, out, err };
}

/** In this process, with a person who approves as alice at once; counts what goes to the provider. */
async function here(
  sent: string[] = [],
  beforeAnswer: () => Promise<void> = () => Promise.resolve(),
): Promise<Ran> {
  let [out, err, shown] = ["", "", ""];
  const real = openCredentialsPorts({ env: environment(), clock: Date.now });
  const ports: CredentialsPorts = {
    ...real,
    login: (asked, argv) => ({
      ...real.login(asked, argv),
      exchange: (request) => {
        if (request.form?.grant_type !== undefined) sent.push(request.form.grant_type);
        return real.exchange(request);
      },
      wait: async () => {
        await beforeAnswer();
        await answerDevice(/or {4}(\S+)/.exec(shown)?.[1] ?? "", "alice");
      },
      openTerminal: () => ({ print: (more) => void (shown += more), close: () => undefined }),
    }),
  };
  const console = { env: {}, isTerminal: false, isErrorTerminal: false, clock: Date.now, readFile: () => "" };
  const printing = { print: (more: string) => (out += more), printError: (more: string) => (err += more) };
  const status = await runCredentials(login(), { ...console, ...printing }, ports);
  return { status, out, err };
}

function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((done) => (open = done));
  return { opened, open };
}

const keptFile = (): string => {
  const [name = ""] = readdirSync(join(folder, "grantway")).filter((each) => each.endsWith(".json"));
  return join(folder, "grantway", name);
};
const kept = () => JSON.parse(readFileSync(keptFile(), "utf8")) as Record<string, unknown>;
/** As it is when most of the access token's hour has gone. */
const bringNearEnd = (): void =>
  writeFileSync(
    keptFile(),
    JSON.stringify({ ...kept(), obtainedAt: Date.now() - 3_500_000, expiresAt: Date.now() + 100_000 }),
  );

it("an AWS SDK takes its credentials from it, and they are alice's", async () => {
  writeProfile(await writeToken());
  const credentials = fromProcess({ profile: "hello", configFilepath: join(folder, "config") });
  const sts = new STSClient({ region, endpoint: stack.aws.endpoint, credentials });
  const { Arn } = await sts.send(new GetCallerIdentityCommand({}));
  expect(Arn).toContain(":assumed-role/grantway-analyst/");
  expect((await credentials()).expiration?.getTime()).toBeGreaterThan(Date.now());
});

it("an AWS SDK shows what it says when it has none", async () => {
  writeProfile(["--gateway", stack.url, "--route", "nowhere", "--token-file", "none"]);
  const credentials = fromProcess({ profile: "hello", configFilepath: join(folder, "config") });
  await expect(credentials()).rejects.toThrow("none cannot be read: ENOENT");
});

testWith("aws", "--version")("the AWS CLI shows what it says when it has none", async () => {
  writeProfile(["--gateway", stack.url, "--route", "nowhere", "--token-file", "none"]);
  const { status, err } = await runClient("aws", ["sts", "get-caller-identity", "--profile", "hello"], {
    ...environment(),
    AWS_EC2_METADATA_DISABLED: "true",
  });
  expect(status).not.toBe(0);
  expect(err).toContain("grantway credentials: none cannot be read: ENOENT");
});

testWith("aws", "--version")(
  "the AWS CLI takes its credentials from it, with a sign-in that was kept",
  async () => {
    expect((await here()).status).toBe(0);
    bringNearEnd();
    writeProfile(login());
    const { out, err } = await runClient(
      "aws",
      ["sts", "get-caller-identity", "--profile", "hello", "--output", "json"],
      { ...environment(), AWS_ENDPOINT_URL: stack.aws.endpoint, AWS_EC2_METADATA_DISABLED: "true" },
    );
    const expected = expect.stringContaining(":assumed-role/grantway-analyst/") as string;
    expect([err, JSON.parse(out || "{}")]).toEqual(["", expect.objectContaining({ Arn: expected })]);
  },
);

it("reads a token from standard input", async () => {
  const argv = ["--gateway", stack.url, "--route", "hello", "--token-file", "-"];
  const ran = await inProcess(argv, {}, `${await stack.issuer.mint("alice")}\n`);
  expect([ran.status, ran.err, JSON.parse(ran.out)]).toEqual([
    0,
    "",
    expect.objectContaining({ Version: 1 }),
  ]);
  expect(await inProcess(argv)).toEqual({
    status: 1,
    out: "",
    err: "grantway credentials: standard input is empty: it should hold the caller's token\n",
  });
});

it("of many that begin at once, one refreshes and the others read what it wrote", async () => {
  const sent: string[] = [];
  expect((await here(sent)).status).toBe(0);
  expect(sent).toEqual(["urn:ietf:params:oauth:grant-type:device_code"]);
  bringNearEnd();
  const ran = await Promise.all(Array.from({ length: 8 }, () => here(sent)));
  expect(ran.map(({ status }) => status)).toEqual(Array(8).fill(0));
  expect(sent.slice(1)).toEqual(["refresh_token"]);
});

it("the same of processes: a second refresh with one refresh token would have ended the sign-in", async () => {
  expect((await here()).status).toBe(0);
  bringNearEnd();
  const ran = await Promise.all([1, 2, 3].map(() => inProcess(login())));
  expect(ran.map(({ status, err }) => [status, err])).toEqual(Array(3).fill([0, ""]));
  bringNearEnd();
  expect((await inProcess(login())).status).toBe(0);
  expect(readdirSync(join(folder, "grantway"))).toHaveLength(1);
});

it("fails at once where it has no terminal, and says what to type", async () => {
  const { status, out, err } = await inProcess(login());
  expect([status, out]).toEqual([1, ""]);
  const program = `node --import tsx ${resolve("server/cli/grantway.ts")}`;
  expect(err.replace(process.execPath, "node")).toContain(
    `run this once in a terminal: ${program} credentials --gateway ${stack.url} --route hello`,
  );
});

it("does so while another process signs in, too", async () => {
  const [isAsked, end] = [gate(), gate()];
  const signingIn = here([], async () => {
    isAsked.open();
    await end.opened;
  });
  await isAsked.opened;
  const { status, out, err } = await inProcess(login());
  expect([status, out, err]).toEqual([1, "", expect.stringContaining("nobody is signed in at ")]);
  end.open();
  expect((await signingIn).status).toBe(0);
});

it("says `npm run` to whoever started it so", async () => {
  const env = { ...process.env, ...environment(), INIT_CWD: undefined };
  const argv = ["run", "--silent", "grantway", "--", "credentials", ...login()];
  const child = spawn("npm", argv, { env, detached: true, stdio: "pipe" });
  child.stdin.end();
  const [err] = await Promise.all([text(child.stderr), once(child, "close")]);
  expect(err).toContain("run this once in a terminal: npm run --silent grantway -- credentials --gateway ");
});

const onPosix = process.platform === "win32" ? it.skip : it;
onPosix("says that the disk is full before a refresh token is spent, and leaves no lock behind", async () => {
  expect((await here()).status).toBe(0);
  bringNearEnd();
  const before = readFileSync(keptFile(), "utf8");
  const line = [...command, ...login()].map((word) => `'${word}'`).join(" ");
  const env = { ...process.env, ...environment() };
  const { status, stdout, stderr } = spawnSync("sh", ["-c", `ulimit -f 0; ${line}`], {
    env,
    encoding: "utf8",
  });
  expect([status, stdout, stderr]).toEqual([1, "", expect.stringMatching(/lock cannot be made: EFBIG\n$/)]);
  expect(readdirSync(join(folder, "grantway"))).toHaveLength(1);
  expect(readFileSync(keptFile(), "utf8")).toBe(before);
  expect((await inProcess(login())).status).toBe(0);
});

const hasScript = process.platform === "linux" && spawnSync("script", ["--version"]).status === 0;
(hasScript ? it : it.skip)(
  "shows the code on the terminal, though its output and errors are captured",
  async () => {
    const quoted = [...command, ...login()].map((word) => `'${word}'`).join(" ");
    const child = spawn("script", ["-qefc", `${quoted} >${folder}/out 2>${folder}/err`, "/dev/null"], {
      env: { ...process.env, ...environment() },
      stdio: ["pipe", "pipe", "inherit"],
    });
    let shown = "";
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      shown += chunk.toString();
      if (shown.includes("this very code")) break;
    }
    child.kill("SIGKILL");
    expect(shown).toMatch(/code {2}[A-Z]{4}-[A-Z]{4}\r?\n/);
    expect([readFileSync(join(folder, "out"), "utf8"), readFileSync(join(folder, "err"), "utf8")]).toEqual([
      "",
      "",
    ]);
  },
);
