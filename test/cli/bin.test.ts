// The real command in a process of its own: streams, standard input, environment, exit status.
import { type ChildProcess, spawn, type StdioOptions } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { alice, configuration } from "./configurations.js";

async function run(argv: readonly string[], env: Record<string, string> = {}, input = "") {
  const child = spawn(process.execPath, ["--import", "tsx", "server/cli/grantway.ts", ...argv], {
    env: { PATH: process.env.PATH, GATEWAY_CONFIG: JSON.stringify(configuration), ...env },
  });
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk) => (out += String(chunk)));
  child.stderr.on("data", (chunk) => (err += String(chunk)));
  // A command that does not read its input may be gone before it is written.
  child.stdin.on("error", () => undefined);
  child.stdin.end(input);
  const [status] = (await once(child, "close")) as [number | null];
  return { status, out, err };
}

test("--version is that of package.json", async () => {
  const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
  expect(await run(["--version"])).toEqual({ status: 0, out: `${version}\n`, err: "" });
});

test("explain reads claims from standard input, and colours nothing that is piped", async () => {
  const argv = ["explain", "--route", "GET /reports/7", "--claims", "-"];
  const { status, out, err } = await run(argv, {}, JSON.stringify(alice));
  expect([status, err]).toEqual([0, ""]);
  expect(out).toContain("granted by rule analyst");
  expect(out).not.toContain("\u001b");
}, 20_000);

test("a refusal is exit status 1, and FORCE_COLOR colours it", async () => {
  const argv = ["explain", "--route", "GET /nothing", "--claims", "-"];
  const { status, out } = await run(argv, { FORCE_COLOR: "1" }, "{}");
  expect(status).toBe(1);
  expect(out).toContain("\u001b[31mrefused\u001b[39m: route_unknown");
}, 20_000);

test("faults go to standard error, with 78", async () => {
  const { status, out, err } = await run(["check"], { GATEWAY_CONFIG: "{}" });
  expect([status, out]).toEqual([78, ""]);
  expect(err).toContain("grantway: GATEWAY_CONFIG: 4 faults");
}, 20_000);

test("a wrong command line is 64, in one line on standard error", async () => {
  const { status, out, err } = await run(["tset"]);
  expect([status, out]).toEqual([64, ""]);
  expect(err).toBe('grantway: there is no command "tset"; did you mean test? (grantway --help tells more)\n');
}, 20_000);

describe("output that cannot be written", () => {
  const start = (argv: readonly string[], stdio: StdioOptions) =>
    spawn(process.execPath, ["--import", "tsx", "server/cli/grantway.ts", ...argv], { stdio });
  const statusOf = async (child: ChildProcess) => ((await once(child, "close")) as [number | null])[0];

  test.each<[string, "stdout" | "stderr", number]>([
    ["--help", "stdout", 0],
    ["tset", "stderr", 64],
  ])(
    "%s has its own status where nobody reads %s any more",
    async (command, stream, status) => {
      const child = start([command], "pipe");
      child[stream]?.destroy();
      expect(await statusOf(child)).toBe(status);
    },
    20_000,
  );

  // A file that is open for reading alone takes as little as a full disk.
  test.each<[string, readonly string[], "stdout" | "stderr", number, RegExp]>([
    [
      "is 74 and a line, and no stack",
      ["--help"],
      "stdout",
      74,
      /^grantway: output cannot be written: EBADF.*\n$/,
    ],
    [
      "leaves a status that says more",
      ["check", "none.yaml", "--json"],
      "stdout",
      78,
      /^grantway: output .*\n$/,
    ],
    ["leaves it where nothing can be said, too", ["tset"], "stderr", 64, /^$/],
  ])(
    "%s: %j, %s",
    async (_what, argv, stream, status, told) => {
      const file = openSync("package.json", "r");
      const child = start(argv, stream === "stdout" ? ["ignore", file, "pipe"] : ["ignore", "pipe", file]);
      closeSync(file);
      let rest = "";
      (child.stdout ?? child.stderr)?.on("data", (chunk) => (rest += String(chunk)));
      expect([await statusOf(child), rest]).toEqual([status, expect.stringMatching(told)]);
    },
    20_000,
  );
});
