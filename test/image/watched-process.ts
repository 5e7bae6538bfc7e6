// A child process whose lines can be waited for.
import type { ChildProcessByStdio } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

export interface WatchedProcess {
  readonly lines: () => readonly string[];
  /** Resolves with the first line, past or to come, that holds the words; rejects when it ends without. */
  lineWith(words: string): Promise<string>;
  readonly exited: Promise<number>;
}

export function watch(child: ChildProcessByStdio<null, Readable, Readable>): WatchedProcess {
  const printed: string[] = [];
  const waiting = new Set<(line: string) => void>();
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on("line", (line) => {
      printed.push(line);
      for (const look of waiting) look(line);
    });
  const exited = new Promise<number>((resolve) => child.once("close", (status) => resolve(status ?? -1)));
  return {
    lines: () => printed,
    lineWith: (words) =>
      new Promise((resolve, reject) => {
        const look = (line: string): void => {
          if (line.includes(words)) resolve(line);
        };
        printed.forEach(look);
        waiting.add(look);
        void exited.then(() => reject(new Error(`ended without "${words}": ${printed.join("\n")}`)));
      }),
    exited,
  };
}
