// Bodies that lie in memory: one that is relayed like any other, and one that is read whole, or as far as is wanted.
import type { RelayedBody, Sink, Verdict } from "./core/inbound.js";

export class BufferedBody implements RelayedBody {
  bytes = 0;

  constructor(private readonly body: Buffer) {}

  relay(sink: Sink): Promise<Verdict> {
    this.bytes = this.body.length;
    if (this.bytes > 0) sink.write(this.body);
    sink.end([]);
    return Promise.resolve("complete");
  }

  leave(): void {
    // There is nobody to leave: the call is over.
  }
}

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
