// One process at a time, by a file that only one can make (O_EXCL). A lock whose holder is gone, or has not been heard
// of for two minutes, is broken. Two that break the same one at the same moment may both go on; the provider then
// refuses one of them and it asks for a new sign-in, which is why no more is done about it.
import { closeSync, openSync, readFileSync, rmSync, statSync, utimesSync, writeSync } from "node:fs";
import { hostname } from "node:os";
import { parseJson } from "../core/strict-json.js";
import { accept, refuse, type Result } from "../core/result.js";
import type { Clock } from "../ports.js";
import { codeOf } from "./private-file.js";

const staleAfterMs = 120_000;
const lookEveryMs = 100;
/** A holder may be waiting for a person: as long as a code is good, and a bit. */
const maxWaitMs = 1_200_000;

export interface Waiting {
  readonly clock: Clock;
  readonly wait: (milliseconds: number) => Promise<void>;
}

/** The refusal is a sentence. `stillHere` keeps the lock from being broken. */
export async function alone<T>(
  path: string,
  { clock, wait }: Waiting,
  run: (stillHere: () => void) => Promise<T>,
): Promise<Result<T, string>> {
  const until = clock() + maxWaitMs;
  for (;;) {
    const taken = take(path);
    if (!taken.ok) return taken;
    if (taken.value) break;
    if (clock() > until) return refuse(`${path} is held by another process; remove it if there is none`);
    if (isAbandoned(path, clock())) rmSync(path, { force: true });
    else await wait(lookEveryMs);
  }
  try {
    return accept(await run(() => touch(path, clock())));
  } finally {
    rmSync(path, { force: true });
  }
}

function take(path: string): Result<boolean, string> {
  try {
    const file = openSync(path, "wx", 0o600);
    writeSync(file, JSON.stringify({ pid: process.pid, host: hostname() }));
    closeSync(file);
    return accept(true);
  } catch (error) {
    return codeOf(error) === "EEXIST" ? accept(false) : refuse(`${path} cannot be made: ${codeOf(error)}`);
  }
}

function isAbandoned(path: string, now: number): boolean {
  try {
    if (now - statSync(path).mtimeMs > staleAfterMs) return true;
    const { pid, host } = parseJson(readFileSync(path, "utf8")) as { pid: unknown; host: unknown };
    return host === hostname() && typeof pid === "number" && !isAlive(pid);
  } catch {
    // Gone meanwhile, or not yet written: the next look tells.
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) !== "ESRCH";
  }
}

function touch(path: string, now: number): void {
  try {
    utimesSync(path, now / 1_000, now / 1_000);
  } catch {
    // Somebody removed it; what is under way is not undone by that.
  }
}
