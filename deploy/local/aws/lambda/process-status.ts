// What Linux says of a process, before Node tells of it or instead: whether it has ended, and the most memory that it has
// ever held, Buffers and native memory included. Elsewhere nothing is known, and only V8's heap limit holds. Read
// synchronously: some 30 microseconds.
import { readFileSync } from "node:fs";

const PEAK = /^VmHWM:\s+(\d+) kB$/m;
/** Dead, and its parent has not been told yet. */
const ENDED = /^State:\s+[ZX]/m;

const statusOf = (pid: number): string | undefined => {
  try {
    return readFileSync(`/proc/${pid}/status`, "latin1");
  } catch {
    return undefined;
  }
};

/** `undefined` where there is no /proc, and when the process has gone. */
export const peakResidentBytes = (pid: number): number | undefined => {
  const kilobytes = PEAK.exec(statusOf(pid) ?? "")?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
};

/** False too where there is no /proc. */
export const hasEnded = (pid: number): boolean => ENDED.test(statusOf(pid) ?? "");
