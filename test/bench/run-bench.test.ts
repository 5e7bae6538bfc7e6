// `npm run bench` in its smallest form, as a process of its own: that everything runs, says what it should and leaves
// nothing behind. No figure is looked at: a timing has no place in a test.
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { allowedCores } from "../../bench/pinning.js";
import { wrkReport } from "../fixtures/wrk-report.js";

jest.setTimeout(120_000);

let folder = "";
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "grantway-test-"))));
afterEach(() => rmSync(folder, { recursive: true }));

interface BenchRun {
  readonly leader: number;
  /** Resolves once the next of its words on standard error has come. */
  readonly told: (sentence: string) => Promise<void>;
  readonly ended: Promise<{ readonly status: number | null; readonly table: string; readonly told: string }>;
}

/** With no program of this machine in PATH but those in `folder`. */
function startBench(...options: readonly string[]): BenchRun {
  const child = spawn(process.execPath, ["--import", "tsx", "bench/main.ts", "--quick", ...options], {
    env: { PATH: folder },
    // A process group of its own, as a terminal gives one.
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let table = "";
  let told = "";
  child.stdout.on("data", (chunk) => (table += String(chunk)));
  child.stderr.on("data", (chunk) => (told += String(chunk)));
  const ended = once(child, "close").then(([status]) => ({ status: status as number | null, table, told }));
  return {
    leader: child.pid ?? 0,
    async told(sentence) {
      while (!told.includes(sentence)) {
        if (child.exitCode !== null) throw new Error(`ended early: ${told}`);
        await Promise.race([once(child.stderr, "data"), ended]);
      }
    },
    ended,
  };
}

const builds = (): string[] =>
  (existsSync("dist") ? readdirSync("dist") : []).filter((name) => name.startsWith("bench-"));

/** The last of a group close their output a moment before they are gone. */
async function untilGroupGone(leader: number): Promise<void> {
  const isAlive = (): boolean => {
    try {
      return process.kill(-leader, 0);
    } catch {
      return false;
    }
  };
  while (isAlive()) await setImmediate();
}

test("without wrk and taskset every measurement runs, and the table and the file are whole", async () => {
  const file = join(folder, "figures.json");
  const bench = startBench("--json", file);
  const { status, table, told } = await bench.ended;
  expect({ status, told }).toEqual({ status: 0, told: expect.not.stringContaining("bench:") as unknown });

  for (const title of [
    "Small GET",
    "POST of 16 KB",
    "Streamed answer",
    "Cold caller",
    "One at a time",
    "Held to",
  ])
    expect(table).toContain(`\n${title}`);
  for (const contender of ["bare Node relay", "plain Express 5", "hand-written stack", "Grantway"])
    expect(table.match(new RegExp(`^${contender} +[\\d,]+ +\\d+\\.\\d\\d `, "gm"))).toHaveLength(4);
  expect(table.match(/ (holds|MISSED)$/gm)).toHaveLength(6);
  expect(table).not.toMatch(/NaN|undefined|Infinity/);

  const figures = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
  expect(figures).toMatchObject({ machine: { loadGenerator: "autocannon", isPinned: false }, rounds: 1 });
  expect(figures.singleFlight).toEqual({ calls: 1000, assumeRoleCalls: 1 });
  expect(figures.holds).toHaveLength(6);
  await untilGroupGone(bench.leader);
});

test("with wrk and taskset in PATH it uses both", async () => {
  const hasSpareCore = allowedCores().length > 1;
  writeProgram("wrk", `cat <<'REPORT'\n${wrkReport}REPORT`);
  // What moves a process is only noted; what starts one starts it.
  writeProgram("taskset", `echo "$@" >> ${folder}/pinned\n[ "$1" = -a ] || { shift 2; exec "$@"; }`);
  const { status, table } = await startBench("--only", "small-get").ended;
  expect({ status, table }).toEqual({ status: 0, table: expect.stringContaining(", wrk, ") as unknown });
  expect(table).toMatch(/^Grantway +21,034 +1\.00 +2\.96 +1\.00 +7\.41 +1\.00 /m);
  expect(table).not.toContain("Cold caller");
  const moves = hasSpareCore ? readFileSync(join(folder, "pinned"), "utf8").trim().split("\n") : [];
  expect(moves).toHaveLength(hasSpareCore ? 5 : 0);
});

function writeProgram(name: string, script: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\nPATH=/usr/bin:/bin\n${script}\n`);
  chmodSync(join(folder, name), 0o755);
}

// Ctrl-C tells every process of the group; this tells one, and the others must not depend on having been told.
test("an interrupt leaves no process and no build behind", async () => {
  const before = builds();
  writeProgram("wrk", "exec sleep 100");
  const bench = startBench("--only", "small-get");
  await bench.told("warm up");
  process.kill(bench.leader, "SIGINT");
  expect(await bench.ended).toMatchObject({ status: 1, table: "" });
  await untilGroupGone(bench.leader);
  expect(builds()).toEqual(before);
});

test("a contender that cannot start ends the bench, and all that runs already", async () => {
  const before = builds();
  writeProgram("taskset", '[ "$1" = -a ]');
  writeProgram("wrk", "exit 1");
  const bench = startBench("--only", "small-get");
  expect(await bench.ended).toMatchObject({
    status: 1,
    told: expect.stringMatching(/^bench: /m) as unknown,
  });
  await untilGroupGone(bench.leader);
  expect(builds()).toEqual(before);
});
