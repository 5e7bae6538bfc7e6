// Each request with a token never seen before: the signature checked, the rules run, AssumeRole, the call signed. A
// fixed number of callers, so that nobody is ever seen twice.
import { createClient, getWhole } from "../client.js";
import type { Contender } from "../contenders.js";
import type { LoadResult } from "../load/load-generator.js";
import { quantile } from "../statistics.js";
import type { SteadyLoad } from "./throughput.js";

const connections = 32;

export interface ColdCallers {
  readonly rounds: number;
  readonly callersPerRound: number;
  readonly mint: (subject: string) => string;
}

export function coldCallers({ rounds, callersPerRound, mint }: ColdCallers): SteadyLoad {
  const tokens = new Map<number, string[]>();
  const tokensOf = (round: number): string[] => {
    const minted =
      tokens.get(round) ?? Array.from({ length: callersPerRound }, (_, n) => mint(`cold-${round}-${n}`));
    tokens.set(round, minted);
    return minted;
  };
  // Minting is dear: all of it before the first run.
  for (let round = 0; round <= rounds; round += 1) tokensOf(round);
  return { rounds, run: (contender, round) => callOnceEach(contender, tokensOf(round)) };
}

async function callOnceEach({ origin }: Contender, tokens: readonly string[]): Promise<LoadResult> {
  const client = createClient(origin, connections);
  const waiting = [...tokens];
  const latencies: number[] = [];
  const oneAfterAnother = async (): Promise<void> => {
    for (let token = waiting.pop(); token !== undefined; token = waiting.pop()) {
      latencies.push((await getWhole(client, "/small", token)).totalMs);
    }
  };
  const startedAt = performance.now();
  try {
    await Promise.all(Array.from({ length: connections }, oneAfterAnother));
    const elapsedSeconds = (performance.now() - startedAt) / 1000;
    return {
      requestsPerSecond: tokens.length / elapsedSeconds,
      p50Ms: quantile(latencies, 0.5),
      p99Ms: quantile(latencies, 0.99),
    };
  } finally {
    await client.close();
  }
}
