// One process at a time, by a file that only one can make (O_EXCL). A lock whose holder is gone, or has not been heard
// of for two minutes, is broken.
import { closeSync, openSync, readFileSync, rmSync, statSync, utimesSync, writeSync } from "node:fs";
import { randomUUID } from "node:crypto";
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
  const holder = JSON.stringify({ pid: process.pid, host: hostname(), id: randomUUID() });
  for (;;) {
    const taken = take(path, holder);
    if (!taken.ok) return taken;
    if (taken.value) break;
    if (clock() > until) return refuse(`${path} is held by another process; remove it if there is none`);
    if (!isAbandoned(path, clock()) || !breakLock(path, holder, clock())) await wait(lookEveryMs);
  }
  try {
    return accept(await run(() => touch(path, clock())));
  } finally {
    letGo(path, holder);
  }
}

function take(path: string, holder: string): Result<boolean, string> {
  let file: number | undefined;
  try {
    file = openSync(path, "wx", 0o600);
    writeSync(file, holder);
    return accept(true);
  } catch (error) {
    if (codeOf(error) === "EEXIST") return accept(false);
    // A full disk: made, but empty, it would hold the others up.
    if (file !== undefined) rmSync(path, { force: true });
    return refuse(`${path} cannot be made: ${codeOf(error)}`);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/**
 * Under a lock of its own, and after another look: or one process would break the abandoned lock and take it, and the
 * next, which saw the old one, would break that. `false` while somebody else is at it. Nothing in here waits.
 */
function breakLock(path: string, holder: string, now: number): boolean {
  const breaking = `${path}.breaking`;
  const taken = take(breaking, holder);
  if (!taken.ok || !taken.value) {
    if (isAbandoned(breaking, now)) rmSync(breaking, { force: true });
    return false;
  }
  if (isAbandoned(path, now)) rmSync(path, { force: true });
  rmSync(breaking, { force: true });
  return true;
}

/** Of a process that slept for long, the lock may be another's by now. */
function letGo(path: string, holder: string): void {
  try {
    if (readFileSync(path, "utf8") === holder) rmSync(path);
  } catch {
    // Somebody removed it.
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
