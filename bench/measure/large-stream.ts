// How far resident memory grows over one large streamed answer: its peak while the client reads, less what it was
// before. After a smaller stream, so that what is counted is the length and not the first use of a code path.
import { createClient, getWhole } from "../client.js";
import type { Contender, Surroundings } from "../contenders.js";
import { residentBytes } from "../process-usage.js";

export interface LargeStream {
  readonly bytes: number;
  readonly growthBytes: number;
}

const sampleMs = 5;

export async function measureLargeStream(
  { origin, pid }: Contender,
  { mint }: Surroundings,
  bytes: number,
): Promise<LargeStream> {
  const token = mint("alice");
  const client = createClient(origin, 1);
  try {
    await getWhole(client, `/stream?bytes=${bytes / 4}`, token);
    const before = residentBytes(pid);
    let peak = before;
    const sampling = setInterval(() => (peak = Math.max(peak, residentBytes(pid))), sampleMs);
    const answer = await getWhole(client, `/stream?bytes=${bytes}`, token);
    clearInterval(sampling);
    if (answer.bytes < bytes) throw new Error(`of ${bytes} bytes ${answer.bytes} came`);
    return { bytes: answer.bytes, growthBytes: peak - before };
  } finally {
    await client.close();
  }
}
