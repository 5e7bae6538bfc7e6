// The most memory that a process has ever held, Buffers and native memory included, as Linux counts it. Elsewhere
// nothing is known, and only V8's heap limit holds. Read synchronously: some 30 microseconds.
import { readFileSync } from "node:fs";

const PEAK = /^VmHWM:\s+(\d+) kB$/m;

/** `undefined` where there is no /proc, and when the process has gone. */
export const peakResidentBytes = (pid: number): number | undefined => {
  try {
    const kilobytes = PEAK.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
};
