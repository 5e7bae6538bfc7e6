// What docker-compose.yml runs, run as plain processes on free ports: the twin without a gateway, then the compiled gateway
// with the very configuration and environment, but for the addresses in them. Valkey is not there: the limit counts in memory.
import { execFile, execFileSync, spawn } from "node:child_process";
import {
  copyFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { assertNoSecretsIn } from "../fixtures/log-lines.js";
import { composeFile, instruction } from "./compose-file.js";
import { watch, type WatchedProcess } from "./watched-process.js";

const { gateway: gatewayService, twin: twinService } = composeFile.services;
const quiet = { PATH: process.env.PATH, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" };

let folder: string;
let tokenFile: string;
const running: { stop(): void; readonly exited: Promise<number> }[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "grantway-compose-"));
  tokenFile = join(folder, "token");
  const compiler = resolve("node_modules/typescript/bin/tsc");
  execFileSync(process.execPath, [compiler, "-p", "tsconfig.build.json", "--outDir", join(folder, "dist")]);
  copyFileSync("package.json", join(folder, "package.json"));
  symlinkSync(resolve("node_modules"), join(folder, "node_modules"));
}, 180_000);
afterAll(async () => {
  for (const process of running) process.stop();
  await Promise.all(running.map(({ exited }) => exited));
  rmSync(folder, { recursive: true, force: true });
});

function run(
  [program = "", ...args]: readonly string[],
  cwd: string,
  env: Record<string, string>,
): WatchedProcess & { stop(): void } {
  const child = spawn(program === "node" ? process.execPath : program, args, {
    ...{ cwd, env: { ...quiet, ...env } },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const started = { ...watch(child), stop: () => void child.kill("SIGTERM") };
  running.push(started);
  return started;
}

/** The address behind a name in what the twin printed. */
const addressIn = (lines: readonly string[], name: string): string => {
  const line = lines.find((each) => each.startsWith(`${name} `)) ?? "";
  return /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0] ?? `no address of ${name}`;
};

test("a call goes through all of it, and both end in peace", async () => {
  const here = (text: string): string =>
    text.replace(gatewayService.environment?.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE ?? "", tokenFile);
  const entryPoint = instruction("deploy/compose/twin.Dockerfile", "ENTRYPOINT");
  const command = [...entryPoint, ...(twinService.command ?? []).map(here)];
  const twin = run(command, ".", { ISSUER_PORT: "0", AWS_PORT: "0" });
  await twin.lineWith("Ctrl-C ends all of it.");
  expect(statSync(tokenFile).mode & 0o777).toBe(0o600);

  const address = (name: string): string => addressIn(twin.lines(), name);
  const moved: Record<string, string> = {
    "http://127.0.0.1:4000": address("OpenID provider"),
    "http://127.0.0.1:4566": address("AWS"),
    "http://127.0.0.1:4567": address("grantway-hello"),
    "http://127.0.0.1:4568": address("grantway-long"),
    "http://127.0.0.1:4569": address("grantway-echo"),
    // Nothing listens there.
    "redis://valkey:6379": "redis://127.0.0.1:1",
  };
  const inPlace = (text: string): string =>
    Object.entries(moved).reduce((whole, [from, to]) => whole.replaceAll(from, to), here(text));
  writeFileSync(join(folder, "gateway.yaml"), inPlace(readFileSync("deploy/compose/gateway.yaml", "utf8")));
  const gateway = run(
    [...instruction("Dockerfile", "ENTRYPOINT"), ...instruction("Dockerfile", "CMD")],
    folder,
    {
      ...Object.fromEntries(
        Object.entries(gatewayService.environment ?? {}).map(([name, value]) => [name, inPlace(value)]),
      ),
      ...{ PORT: "0", ADMIN_PORT: "0" },
    },
  );
  const { port, adminPort } = JSON.parse(await gateway.lineWith('"message":"listening"')) as Record<
    string,
    number
  >;

  const reply = await fetch(`http://127.0.0.1:${port ?? 0}/hello`, {
    headers: { authorization: `Bearer ${await tokenOfAlice(address("OpenID provider"))}` },
  });
  expect([reply.status, await reply.text()]).toEqual([200, '{"message":"hello world"}']);
  expect((await fetch(`http://127.0.0.1:${adminPort ?? 0}/readyz`)).status).toBe(200);

  gateway.stop();
  expect(await gateway.exited).toBe(0);
  assertNoSecretsIn(gateway.lines());
  twin.stop();
  expect(await twin.exited).toBe(0);
}, 120_000);

/** As the file's own comment has it, but for `docker compose exec -T twin`. */
async function tokenOfAlice(issuer: string): Promise<string> {
  const comment = readFileSync("docker-compose.yml", "utf8");
  const [, command = ""] = /TOKEN=\$\(docker compose exec -T twin (.*)\)/.exec(comment) ?? [];
  const [, ...args] = command.split(" ");
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...quiet, ISSUER: issuer } });
  return stdout.trim();
}
