// How many AssumeRole calls the first requests of one caller cost when they all come at one time.
import { createClient, fetchJson, getWhole } from "../client.js";
import type { Contender, Surroundings } from "../contenders.js";

export interface SingleFlight {
  readonly calls: number;
  readonly assumeRoleCalls: number;
}

export async function measureSingleFlight(
  { origin }: Contender,
  { issuerAndSts, mint }: Surroundings,
  calls: number,
): Promise<SingleFlight> {
  const client = createClient(origin, calls);
  try {
    const token = mint("newcomer");
    const before = await assumeRoleCallsAt(issuerAndSts.origin);
    await Promise.all(Array.from({ length: calls }, () => getWhole(client, "/small", token)));
    return { calls, assumeRoleCalls: (await assumeRoleCallsAt(issuerAndSts.origin)) - before };
  } finally {
    await client.close();
  }
}

async function assumeRoleCallsAt(sts: string): Promise<number> {
  const { assumeRoleCalls } = (await fetchJson(`${sts}/assume-role-calls`)) as { assumeRoleCalls: number };
  return assumeRoleCalls;
}
