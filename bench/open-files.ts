// How many files and sockets a process here may have open. Node raises its own limit to the hard one as it starts.
import { execFileSync } from "node:child_process";

export function openFileLimit(): number {
  const limit = execFileSync("/bin/sh", ["-c", "ulimit -Hn"], { encoding: "latin1" }).trim();
  return limit === "unlimited" ? Infinity : Number(limit);
}
