// What a call costs in memory while it waits: thousands of calls that the upstream never answers, through a process
// that is fresh, so that memory which earlier work left free does not hide them.
import { setTimeout as pause } from "node:timers/promises";
import { createClient, fetchJson, getWhole } from "../client.js";
import type { Contender, Surroundings } from "../contenders.js";
import { residentBytes } from "../process-usage.js";

export interface SilentCalls {
  readonly calls: number;
  readonly bytesPerCall: number;
}

/** No more at one time than a listener's backlog takes. */
const batch = 250;
const warmUpCalls = 2_000;
const arrivalLimitMs = 60_000;

export async function measureSilentCalls(
  { origin, pid }: Contender,
  { upstream, mint }: Surroundings,
  { calls, settleMs }: { readonly calls: number; /** For memory to settle. */ readonly settleMs: number },
): Promise<SilentCalls> {
  const token = mint("alice");
  await warmUp(origin, token, Math.min(warmUpCalls, calls));
  await pause(settleMs);
  const before = residentBytes(pid);
  const client = createClient(origin, calls);
  try {
    await beginCalls(calls, () => client.get("/silent", token), upstream.origin);
    await pause(settleMs);
    return { calls, bytesPerCall: (residentBytes(pid) - before) / calls };
  } finally {
    await client.close();
  }
}

async function warmUp(origin: string, token: string, calls: number): Promise<void> {
  const client = createClient(origin, 16);
  await Promise.all(Array.from({ length: calls }, () => getWhole(client, "/small", token)));
  await client.close();
}

/** @throws when a call is answered, or does not reach the upstream. */
async function beginCalls(calls: number, begin: () => Promise<unknown>, upstream: string): Promise<void> {
  const limit = performance.now() + arrivalLimitMs;
  let ended: string | undefined;
  const onEnd = (outcome: unknown): void => {
    ended = outcome instanceof Error ? outcome.message : "it was answered";
  };
  let begun = 0;
  while (begun < calls) {
    const until = Math.min(begun + batch, calls);
    for (; begun < until; begun += 1) begin().then(onEnd, onEnd);
    while ((await silentCallsAt(upstream)) < begun) {
      if (ended !== undefined) throw new Error(`a silent call ended: ${ended}`);
      if (performance.now() > limit) throw new Error(`${begun} silent calls did not all reach the upstream`);
      await pause(5);
    }
  }
}

async function silentCallsAt(upstream: string): Promise<number> {
  const { silent } = (await fetchJson(`${upstream}/silent-calls`)) as { silent: number };
  return silent;
}

/** Two sockets a call, and some for everything else. */
export const mostSilentCalls = (wanted: number, openFiles: number): number =>
  Math.min(wanted, Math.floor((openFiles - 200) / 2));
