// Durations as the configuration writes them: `15m30s`, `1h`, `900s`: whole hours, minutes and seconds, in that
// order, each at most once. Bounds belong to the key that takes the duration, not here.
import { accept, refuse } from "./result.js";
import type { Result } from "./result.js";

const durationPattern = /^(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s)?$/;

/** Milliseconds. */
export function parseDuration(text: string): Result<number, string> {
  const match = durationPattern.exec(text);
  if (match === null || text === "") return refuse("must be a duration such as 15m30s, 1h or 900s");
  const seconds = [3600, 60, 1].reduce((sum, unit, at) => sum + unit * Number(match[at + 1] ?? 0), 0);
  return accept(seconds * 1000);
}

/** The other way round: `930_000` is `15m30s`. Parts of a second count as one. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  const parts = [
    [Math.floor(seconds / 3600), "h"],
    [Math.floor((seconds % 3600) / 60), "m"],
    [seconds % 60, "s"],
  ] as const;
  return parts.map(([count, unit]) => (count > 0 ? `${count}${unit}` : "")).join("") || "0s";
}
