// What a function prints, made fit for the twin's log: lines of bounded length, and so many a second. A function that
// prints without end costs its own time, not the twin's memory.
import { StringDecoder } from "node:string_decoder";
import type { Readable } from "node:stream";
import { LINE_LIMIT } from "./console-log.js";

const WINDOW_MS = 1000;
const CHARACTERS_PER_WINDOW = 4 * 1024 * 1024;
const LINES_PER_WINDOW = 5000;

/** A line longer than CloudWatch's entries is cut into several. */
export const splitLines = (output: Readable, line: (text: string) => void): void => {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  output.on("data", (piece: Buffer) => {
    const lines = (rest + decoder.write(piece)).split("\n");
    rest = lines.pop() ?? "";
    for (const text of lines) line(text);
    if (rest.length > LINE_LIMIT) {
      line(rest);
      rest = "";
    }
  });
  output.on("error", () => undefined);
  output.on("close", () => {
    if (rest !== "") line(rest);
  });
};

/** Lets through what fits into the current second and counts the rest. */
export class PrintLimit {
  readonly #now: () => number;
  #windowEnd = 0;
  #lines = 0;
  #characters = 0;
  #dropped = 0;

  /** `now` in milliseconds, from any start. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  admits(text: string): boolean {
    if (this.#now() >= this.#windowEnd) {
      this.#windowEnd = this.#now() + WINDOW_MS;
      this.#lines = this.#characters = 0;
    }
    this.#lines += 1;
    this.#characters += text.length;
    const fits = this.#lines <= LINES_PER_WINDOW && this.#characters <= CHARACTERS_PER_WINDOW;
    if (!fits) this.#dropped += 1;
    return fits;
  }

  /** How many lines were dropped since it was last asked. */
  takeDropped(): number {
    const dropped = this.#dropped;
    this.#dropped = 0;
    return dropped;
  }
}
