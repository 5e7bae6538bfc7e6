// Prometheus's own checker, of Debian's package `prometheus`. Without it its tests are skipped, and say so.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { orSkipped } from "../../fixtures/wanted-program.js";

export interface Told {
  readonly status: number | null;
  readonly text: string;
}

export function promtool(args: readonly string[], cwd = "deploy/prometheus"): Told {
  const { status, stdout, stderr } = spawnSync("promtool", args, { cwd, encoding: "utf8" });
  return { status, text: `${stdout}${stderr}` };
}

/** A query is PromQL where a rule with it loads. */
export function loadedAsRules(queries: readonly string[]): Told {
  const folder = mkdtempSync(join(tmpdir(), "grantway-queries-"));
  const named = queries.map((expr, at) => ({ record: `query:number_${at}`, expr }));
  writeFileSync(join(folder, "queries.yaml"), stringify({ groups: [{ name: "queries", rules: named }] }));
  try {
    return promtool(["check", "rules", "queries.yaml"], folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Jest's `test` where there is a promtool; where there is none, tests that are shown as skipped. */
export const chooseTest = (isThere: boolean, tell: (text: string) => void): jest.It =>
  orSkipped(
    test,
    isThere,
    "the tests of the Prometheus rules, for want of promtool. Install it with `apt-get install prometheus`.",
    tell,
  );

export const testWithPromtool = chooseTest(
  spawnSync("promtool", ["--version"]).status === 0,
  (text) => void process.stderr.write(text),
);
