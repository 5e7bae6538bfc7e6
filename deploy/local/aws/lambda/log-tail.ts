// The last 4 KB of what a call printed, for `X-Amz-Log-Type: Tail`. Only calls that asked for it are remembered.

import type { LambdaLogEntry } from "./function-url.js";

const TAIL_BYTES = 4096;

export class LogTails {
  readonly #tails = new Map<string, Buffer>();

  /** Remembers from now on what this call prints. */
  follow(requestId: string): void {
    this.#tails.set(requestId, Buffer.alloc(0));
  }

  /** A log that remembers on its way what must be remembered. */
  through(log: (entry: LambdaLogEntry) => void): (entry: LambdaLogEntry) => void {
    return (entry) => {
      this.#add(entry);
      log(entry);
    };
  }

  /** In base64; `undefined` for a call that is not followed. Ends the following. */
  take(requestId: string): string | undefined {
    const tail = this.#tails.get(requestId);
    this.#tails.delete(requestId);
    return tail?.toString("base64");
  }

  #add({ requestId, message }: LambdaLogEntry): void {
    const tail = requestId === undefined ? undefined : this.#tails.get(requestId);
    if (requestId === undefined || tail === undefined) return;
    const line = Buffer.from(`${message}\n`);
    this.#tails.set(requestId, Buffer.concat([tail, line]).subarray(-TAIL_BYTES));
  }
}
