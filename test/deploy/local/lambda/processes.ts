// Looks at processes from outside, as Linux shows them.
import { readFileSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";

/** R, S, T (stopped)...; `undefined` when it is gone, or dead and only waits to be counted. */
export const processState = (pid: number): string | undefined => {
  try {
    const state = /\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, "latin1"))?.[1];
    return state === "Z" || state === "X" ? undefined : state;
  } catch {
    return undefined;
  }
};

/** Jest's own time limit ends a wait in vain. */
export const waitFor = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await nextTurn();
};
