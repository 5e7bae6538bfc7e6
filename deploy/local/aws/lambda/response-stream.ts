// The `responseStream` of a streaming handler, as Lambda's Node runtime gives it: status and headers go out with the
// first write(). Runs inside the environment; each slice waits until the front end has taken it.
import { Writable } from "node:stream";
import type { StreamStart } from "./invocation.js";

/** Metadata is status, headers and cookies: more than this no client takes. */
const METADATA_LIMIT = 1_048_576;
/** So that one big write of a handler never lies in the twin's memory as a whole. */
const SLICE_BYTES = 65_536;

type Done = (error?: Error | null) => void;

export interface StreamOutlet {
  start(start: StreamStart): void;
  /** Resolves when the other side has taken the slice. */
  send(slice: Uint8Array): Promise<void>;
  end(): void;
}

export class ResponseStream extends Writable {
  readonly #outlet: StreamOutlet;
  #start: StreamStart = { contentType: "application/octet-stream" };
  #started = false;

  constructor(outlet: StreamOutlet) {
    super();
    this.#outlet = outlet;
  }

  setContentType(contentType: string): void {
    this.#setStart({ contentType });
  }

  /** What `awslambda.HttpResponseStream.from` does with its second argument. */
  setMetadata(metadata: unknown): void {
    const json = JSON.stringify(metadata ?? null);
    if (json.length > METADATA_LIMIT)
      throw new RangeError(`metadata of more than ${METADATA_LIMIT} characters`);
    this.#setStart({ metadata: json });
  }

  override write(chunk: string | Uint8Array, encoding?: BufferEncoding | Done, done?: Done): boolean {
    if (!this.#started) this.#begin();
    return typeof encoding === "string" ? super.write(chunk, encoding, done) : super.write(chunk, encoding);
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    const lost = this.#beginWithoutWrite();
    if (lost !== undefined) done(lost);
    else this.#sendSlices(chunk).then(() => done(), done);
  }

  override _final(done: Done): void {
    const lost = this.#beginWithoutWrite();
    if (lost === undefined) this.#outlet.end();
    done(lost);
  }

  async #sendSlices(chunk: Buffer): Promise<void> {
    for (let offset = 0; offset < chunk.length; offset += SLICE_BYTES) {
      await this.#outlet.send(chunk.subarray(offset, offset + SLICE_BYTES));
    }
  }

  #setStart(start: StreamStart): void {
    if (this.#started) throw new Error("Cannot set content-type, too late.");
    this.#start = start;
  }

  #begin(): void {
    this.#started = true;
    this.#outlet.start(this.#start);
  }

  // Lambda's runtime forgets the metadata of a stream that is ended without a write() before (its client's issues 95
  // and 97): such an answer is a 502, a bare 200 or a hang there, so here it fails with its reason.
  #beginWithoutWrite(): Error | undefined {
    if (this.#started) return undefined;
    if ("metadata" in this.#start)
      return new Error(
        "HttpResponseStream.from needs a write() before end(): on Lambda the metadata would be lost.",
      );
    this.#begin();
    return undefined;
  }
}
