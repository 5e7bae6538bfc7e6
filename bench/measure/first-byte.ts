// How much later the first byte comes through a contender than without it: one connection, one call at a time, calls
// with and without it in turn, so that whatever slows the machine slows both.
import { createClient, getWhole, type Client } from "../client.js";
import type { Contender, Surroundings } from "../contenders.js";
import { median } from "../statistics.js";

export interface FirstByte {
  readonly directMs: number;
  readonly throughMs: number;
  readonly addedMs: number;
}

export async function measureFirstByte(
  { origin }: Contender,
  { upstream, mint }: Surroundings,
  calls: number,
): Promise<FirstByte> {
  const token = mint("alice");
  const direct = createClient(upstream.origin, 1);
  const through = createClient(origin, 1);
  try {
    // For V8 to learn, and for the session to be there.
    await firstBytes([direct, through], token, Math.ceil(calls / 4));
    const [directMs, throughMs] = await firstBytes([direct, through], token, calls);
    return { directMs, throughMs, addedMs: throughMs - directMs };
  } finally {
    await Promise.all([direct.close(), through.close()]);
  }
}

async function firstBytes(
  [direct, through]: readonly [Client, Client],
  token: string,
  calls: number,
): Promise<[number, number]> {
  const times: { direct: number; through: number }[] = [];
  for (let call = 0; call < calls; call += 1) {
    times.push({
      direct: (await getWhole(direct, "/first-byte", token)).firstByteMs,
      through: (await getWhole(through, "/first-byte", token)).firstByteMs,
    });
  }
  return [median(times.map((time) => time.direct)), median(times.map((time) => time.through))];
}
