// What a process uses, from outside: resident memory and, where there is a /proc, the time of its cores.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

export function residentBytes(pid: number): number {
  const status = readProc(pid, "status");
  const kilobytes = status
    ? /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]
    : execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "latin1" });
  return Number(kilobytes) * 1024;
}

/** Linux counts in hundredths of a second. */
const ticksPerSecond = 100;

/** Of user and kernel together, since its start. undefined: this system does not tell. */
export function cpuSeconds(pid: number): number | undefined {
  // proc_pid_stat(5): the name in parentheses may hold anything; utime and stime are the 12th and 13th after it.
  const fields = readProc(pid, "stat")?.split(") ").at(-1)?.split(" ");
  return fields && (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

function readProc(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch {
    return undefined;
  }
}
