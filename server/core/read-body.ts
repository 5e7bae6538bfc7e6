// A body that is read into memory: whole, or as far as is wanted.
import type { RelayedBody, Verdict } from "./inbound.js";

export interface ReadBody {
  readonly bytes: Buffer;
  /** How the body ended; `complete` where it was us who left. */
  readonly verdict: Verdict;
  /** There was no room, or no wish, for more than `bytes`. */
  readonly isCut: boolean;
}

/** Reads on while `goesOn` says so of each chunk that has come. */
export async function readBody(body: RelayedBody, goesOn: (bytes: number) => boolean): Promise<ReadBody> {
  const read = { chunks: [] as Buffer[], isCut: false };
  const verdict = await body.relay({
    write: (chunk) => {
      if (read.isCut) return true;
      read.chunks.push(chunk);
      read.isCut = !goesOn(chunk.length);
      if (read.isCut) body.leave();
      return true;
    },
    end: () => undefined,
    destroy: () => undefined,
    on: () => undefined,
  });
  const { chunks, isCut } = read;
  return { bytes: Buffer.concat(chunks), verdict: isCut ? "complete" : verdict, isCut };
}
