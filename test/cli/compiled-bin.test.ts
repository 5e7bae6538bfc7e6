// The command as it is installed: compiled JavaScript run by Node alone, where no test transform and no TypeScript
// runner bridges a difference between module systems.
import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { laptopEnvironment } from "./configurations.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "grantway-bin-"));
  const compiler = resolve("node_modules/typescript/bin/tsc");
  execFileSync(process.execPath, [compiler, "-p", "tsconfig.build.json", "--outDir", join(folder, "dist")]);
  copyFileSync("package.json", join(folder, "package.json"));
  symlinkSync(resolve("node_modules"), join(folder, "node_modules"));
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function grantway(...argv: string[]): { status: number | null; stdout: string; stderr: string } {
  const bin = join(folder, "dist/server/cli/grantway.js");
  return spawnSync(process.execPath, [bin, ...argv], { encoding: "utf8" });
}

const environment = Object.entries(laptopEnvironment()).flatMap(([name, value]) => [
  "--env",
  `${name}=${value}`,
]);

test("it says its version", () => {
  expect(grantway("--version")).toMatchObject({ status: 0, stdout: expect.stringMatching(/\d/) as string });
});

test("it tests the laptop's rules", () => {
  const { status, stdout } = grantway(
    ...["test", "deploy/local/rules.test.yaml", "--config", "deploy/local/gateway.yaml"],
    ...environment,
  );
  expect([status, stdout]).toEqual([0, expect.stringContaining("10")]);
});

test("it checks and explains", () => {
  const config = "deploy/local/gateway.yaml";
  expect(grantway("check", config, ...environment).status).toBe(0);
  const explained = grantway(
    "explain",
    "--config",
    config,
    "--route",
    "GET /hello",
    "--token",
    "x",
    ...environment,
  );
  expect([explained.status, explained.stdout]).toEqual([1, expect.stringContaining("token_malformed")]);
});

test("it prints no credentials, and says why, where the file holds no token", () => {
  const { status, stdout, stderr } = grantway(
    ...["credentials", "--gateway", "http://127.0.0.1:9", "--route", "r"],
    ...["--token-file", "package.json"],
  );
  expect([status, stdout, stderr]).toEqual([1, "", expect.stringContaining("package.json holds no JWT")]);
});

test("it refuses to serve a configuration that is not there, with status 78", () => {
  const { status, stderr } = grantway("serve", "--config", join(folder, "none.yaml"));
  expect([status, stderr]).toEqual([78, expect.stringContaining("cannot be read")]);
});
