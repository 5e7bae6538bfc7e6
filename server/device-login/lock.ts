// One process at a time, by a file that only one can make (O_EXCL), and that says whether its holder asks a person. A
// lock whose holder is gone, or has not been heard of for two minutes, is broken.
import { closeSync, openSync, readFileSync, rmSync, statSync, utimesSync, writeSync } from "node:fs";
import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { isJsonObject, parseJson, type JsonObject } from "../core/strict-json.js";
import { accept, refuse, type Result } from "../core/result.js";
import type { Clock } from "../ports.js";
import type { Turn } from "./ports.js";
import { codeOf } from "./private-file.js";

const staleAfterMs = 120_000;
const lookEveryMs = 100;
/** A holder may be waiting for a person: as long as a code is good, and a bit. */
const maxWaitMs = 1_200_000;

export interface Waiting {
  readonly clock: Clock;
  readonly wait: (milliseconds: number) => Promise<void>;
}

interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly id: string;
}

/**
 * The refusal is a sentence. `onAsking` is called once, if a holder asks a person while this one waits: its refusal
 * ends the waiting.
 */
export async function alone<T>(
  path: string,
  { clock, wait }: Waiting,
  run: (turn: Turn) => Promise<T>,
  onAsking: () => Result<undefined, string>,
): Promise<Result<T, string>> {
  const until = clock() + maxWaitMs;
  const holder = { pid: process.pid, host: hostname(), id: randomUUID() };
  let isTold = false;
  for (;;) {
    const taken = take(path, holder);
    if (!taken.ok) return taken;
    if (taken.value) break;
    if (clock() > until) return refuse(`${path} is held by another process; remove it if there is none`);
    if (isAbandoned(path, clock()) && breakLock(path, holder, clock())) continue;
    if (!isTold && readLock(path)?.asking === 1) {
      isTold = true;
      const told = onAsking();
      if (!told.ok) return told;
    }
    await wait(lookEveryMs);
  }
  try {
    return accept(
      await run({ stillHere: () => touch(path, clock()), asksPerson: () => markAsking(path, holder) }),
    );
  } finally {
    letGo(path, holder);
  }
}

/** As long with a 1 as with a 0. */
const textOf = (holder: Holder, asking: 0 | 1): string => JSON.stringify({ ...holder, asking });

function take(path: string, holder: Holder): Result<boolean, string> {
  let file: number | undefined;
  try {
    file = openSync(path, "wx", 0o600);
    writeSync(file, textOf(holder, 0));
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
function breakLock(path: string, holder: Holder, now: number): boolean {
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

/** In place: a lock that is written anew would be empty for a moment, and on a full disk for good. */
function markAsking(path: string, holder: Holder): void {
  if (!isHeldBy(path, holder)) return;
  let file: number | undefined;
  try {
    file = openSync(path, "r+");
    writeSync(file, textOf(holder, 1), 0);
  } catch {
    // The others wait longer than they need to.
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function letGo(path: string, holder: Holder): void {
  if (isHeldBy(path, holder)) rmSync(path, { force: true });
}

/** Of a process that slept for long, the lock may be another's by now. */
const isHeldBy = (path: string, { id }: Holder): boolean => readLock(path)?.id === id;

/** `undefined` where it is gone, or not yet written. */
function readLock(path: string): JsonObject | undefined {
  try {
    const lock = parseJson(readFileSync(path, "utf8"));
    return isJsonObject(lock) ? lock : undefined;
  } catch {
    return undefined;
  }
}

function isAbandoned(path: string, now: number): boolean {
  try {
    if (now - statSync(path).mtimeMs > staleAfterMs) return true;
  } catch {
    // Gone meanwhile: the next look tells.
    return false;
  }
  const { pid, host } = readLock(path) ?? {};
  return host === hostname() && typeof pid === "number" && !isAlive(pid);
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
