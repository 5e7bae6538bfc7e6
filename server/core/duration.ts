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
