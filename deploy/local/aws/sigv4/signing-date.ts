// The date of a signature: x-amz-date, and how far it may be from the verifier's clock.
import type { Outcome, Refused } from "../model.js";
import { incomplete, invalid } from "./refusals.js";
import type { Headers } from "./signed-headers.js";

/** AWS's window on both sides of its own clock; 15 minutes is S3's. */
const clockWindowMs = 5 * 60 * 1000;

export interface SigningDate {
  /** 20261121T120000Z */
  readonly text: string;
  readonly ms: number;
}

export function readDate(headers: Headers): Outcome<SigningDate> {
  const [text, ...more] = headers.get("x-amz-date") ?? [];
  if (text === undefined || more.length > 0) {
    return incomplete("Authorization header requires existence of one 'X-Amz-Date' header.");
  }
  const ms = Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
  // The way back shows the dates that Date.parse reads by other rules, and days such as 31 February.
  if (Number.isNaN(ms) || formatDate(ms) !== text) {
    return incomplete(`Date must be in ISO-8601 'basic format'. Got '${text}'.`);
  }
  return { ok: true, value: { text, ms } };
}

const formatDate = (ms: number): string => new Date(ms).toISOString().replace(/[-:]|\.\d{3}/g, "");

export function findClockFault({ text, ms }: SigningDate, nowMs: number): Refused | undefined {
  const now = formatDate(nowMs);
  const [earliest, latest] = [nowMs - clockWindowMs, nowMs + clockWindowMs];
  if (ms < earliest) {
    return invalid(
      `Signature expired: ${text} is now earlier than ${formatDate(earliest)} (${now} - 5 min.)`,
    );
  }
  if (ms > latest) {
    return invalid(
      `Signature not yet current: ${text} is still later than ${formatDate(latest)} (${now} + 5 min.)`,
    );
  }
  return undefined;
}
