// `npm run bench`, from the command line to the exit status. Nothing that it starts outlives it.
import { build, type Build } from "./build.js";
import { machineFacts, type Figures } from "./figures.js";
import { findProgram } from "./find-program.js";
import { holdsOf } from "./holds.js";
import { createAutocannon } from "./load/autocannon.js";
import { createWrk } from "./load/wrk.js";
import { readOptions, usage, type BenchOptions } from "./options.js";
import { allowedCores, planPinning } from "./pinning.js";
import { killPrograms } from "./programs.js";
import { terminalText, updateReadme, writeJson } from "./publish.js";
import { runBench } from "./run.js";

const readmeFile = "bench/README.md";
const exitStatus = { ok: 0, failed: 1, usage: 64 } as const;

async function main(argv: readonly string[]): Promise<number> {
  const options = readOptions(argv);
  if (!options.ok) {
    process.stderr.write(`bench: ${options.denial}\nbench: --help says what it takes\n`);
    return exitStatus.usage;
  }
  if (options.value) await bench(options.value);
  else process.stdout.write(usage);
  return exitStatus.ok;
}

async function bench(options: BenchOptions): Promise<void> {
  const pinning = planPinning(findProgram("taskset"), allowedCores());
  pinning?.moveAside();
  progress("build");
  const { folder } = await buildUntilExit(options.isQuick);
  const wrk = findProgram("wrk");
  const load = wrk === undefined ? createAutocannon() : createWrk(wrk, folder);
  const measured = await runBench({
    options,
    folder,
    load,
    prefix: pinning?.underTest ?? [],
    progress,
  });
  const figures: Figures = { machine: machineFacts(load.name, pinning !== undefined), ...measured };
  process.stdout.write(terminalText(figures));
  if (options.jsonFile !== undefined) writeJson(options.jsonFile, figures, holdsOf(figures));
  if (options.updatesReadme) updateReadme(readmeFile, figures);
}

async function buildUntilExit(isQuick: boolean): Promise<Build> {
  const built = await build(isQuick);
  process.on("exit", () => built.remove());
  return built;
}

const startedAt = performance.now();
const progress = (what: string): void =>
  void process.stderr.write(
    `${String(Math.round((performance.now() - startedAt) / 1000)).padStart(4)} s  ${what}\n`,
  );

process.on("exit", killPrograms);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.once(signal, () => process.exit(exitStatus.failed));
const status = await main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  return exitStatus.failed;
});
// Sockets of what was measured may still be open.
process.exit(status);
