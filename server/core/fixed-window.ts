// Calls counted in windows of time, each as long as the other, which begin with a key's first call. Pure; who has which
// window is the caller's to know.
import type { CallWindow } from "./rate-limit.js";

/** Times are epoch milliseconds. */
export interface OpenWindow {
  readonly calls: number;
  readonly endsAt: number;
}

/** Counts one call. `waitMs` is 0 where there was room, else the time until the window ends; then nothing is counted. */
export function countCall(
  held: OpenWindow | undefined,
  now: number,
  { requests, milliseconds }: CallWindow,
): { readonly window: OpenWindow; readonly waitMs: number } {
  if (!held || held.endsAt <= now) return { window: { calls: 1, endsAt: now + milliseconds }, waitMs: 0 };
  // At the latest from now: after the clock was set back nobody waits longer than a window is.
  const endsAt = Math.min(held.endsAt, now + milliseconds);
  if (held.calls < requests) return { window: { calls: held.calls + 1, endsAt }, waitMs: 0 };
  return { window: { calls: held.calls, endsAt }, waitMs: endsAt - now };
}
