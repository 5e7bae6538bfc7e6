// Requests per second, latency, memory and time of the core under a steady load: every contender in turn, round after
// round, so that a machine that slows down slows all of them; medians of the rounds.
import type { Contender, ContenderName } from "../contenders.js";
import type { LoadRequest, LoadResult } from "../load/load-generator.js";
import { cpuSeconds, residentBytes } from "../process-usage.js";
import { median } from "../statistics.js";

export interface Throughput extends LoadResult {
  readonly residentMb: number;
  /** How much of one core it used. Well below 1, and something else was the limit: the load, or a wait. */
  readonly coresBusy?: number;
}

export type ThroughputByContender = Partial<Readonly<Record<ContenderName, Throughput>>>;

export interface SteadyLoad {
  readonly rounds: number;
  /** Round 0 is for V8 to learn, and is not counted. */
  run(contender: Contender, round: number): Promise<LoadResult>;
}

export async function measureThroughput(
  contenders: readonly Contender[],
  load: SteadyLoad,
): Promise<ThroughputByContender> {
  const samples = new Map<ContenderName, Throughput[]>();
  for (let round = 0; round <= load.rounds; round += 1) {
    for (const contender of contenders) {
      const sample = await observed(contender, () => load.run(contender, round)).catch((error: unknown) => {
        throw new Error(`${contender.name}: ${error instanceof Error ? error.message : String(error)}`);
      });
      if (round > 0) samples.set(contender.name, [...(samples.get(contender.name) ?? []), sample]);
    }
  }
  return Object.fromEntries([...samples].map(([name, rounds]) => [name, medianOf(rounds)]));
}

async function observed({ pid }: Contender, run: () => Promise<LoadResult>): Promise<Throughput> {
  const cpuBefore = cpuSeconds(pid);
  const startedAt = performance.now();
  const result = await run();
  const elapsedSeconds = (performance.now() - startedAt) / 1000;
  const cpuAfter = cpuSeconds(pid);
  return {
    ...result,
    residentMb: residentBytes(pid) / 1e6,
    ...(cpuBefore !== undefined &&
      cpuAfter !== undefined && { coresBusy: (cpuAfter - cpuBefore) / elapsedSeconds }),
  };
}

function medianOf(rounds: readonly Throughput[]): Throughput {
  const of = (figure: (sample: Throughput) => number): number => median(rounds.map(figure));
  const busy = rounds.map(({ coresBusy }) => coresBusy).filter((share) => share !== undefined);
  return {
    requestsPerSecond: of((sample) => sample.requestsPerSecond),
    p50Ms: of((sample) => sample.p50Ms),
    p99Ms: of((sample) => sample.p99Ms),
    residentMb: of((sample) => sample.residentMb),
    ...(busy.length > 0 && { coresBusy: median(busy) }),
  };
}

type Shape = Omit<LoadRequest, "token">;

export const loads = {
  "small-get": { method: "GET", path: "/small", bodyBytes: 0, connections: 64 },
  "post-16k": { method: "POST", path: "/post", bodyBytes: 16_384, connections: 64 },
  "stream-1mb": { method: "GET", path: "/stream?bytes=1048576", bodyBytes: 0, connections: 16 },
} as const satisfies Readonly<Record<string, Shape>>;
