// Which core the thing under test has to itself, and which ones everything else shares (taskset). Nothing is pinned
// where there is no taskset or only one core; the bench says which.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

export interface Pinning {
  /** What a command line begins with so that it has a core of its own. */
  readonly underTest: readonly string[];
  /** Moves this process, and so all that it starts, to the other cores. */
  moveAside(): void;
}

export function planPinning(taskset: string | undefined, cores: readonly number[]): Pinning | undefined {
  const own = cores.at(-1);
  if (taskset === undefined || own === undefined || cores.length < 2) return undefined;
  const others = cores.slice(0, -1).join(",");
  return {
    underTest: [taskset, "-c", String(own)],
    moveAside: () => void execFileSync(taskset, ["-a", "-c", "-p", others, String(process.pid)]),
  };
}

/** The cores this process may use: `0-3,6` in /proc, where there is one. */
export function allowedCores(): number[] {
  try {
    const status = readFileSync("/proc/self/status", "latin1");
    return coresOf(/^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1] ?? "");
  } catch {
    return [];
  }
}

export function coresOf(list: string): number[] {
  return list
    .split(",")
    .filter((range) => range !== "")
    .flatMap((range) => {
      const [first = NaN, last = first] = range.split("-").map(Number);
      return Array.from({ length: last - first + 1 }, (_, index) => first + index);
    });
}
