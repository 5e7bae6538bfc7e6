// Whether a function URL's answer is AWS's refusal of a session that is over, or of a signature whose time is wrong:
// then the function has not run for sure, and the call may be sent again. A function may answer 403 with the very same
// fields, so the refusal must also be true by AWS's clock, and then AWS would not have let the call through.
import { dateOf, type ServerClock } from "./clock.js";
import { endOf, type Grant } from "./grant.js";

export interface Attempt {
  readonly grant: Grant;
  /** Epoch milliseconds in the signature. */
  readonly signedFor: number;
  /** By the device's clock. */
  readonly sentAt: number;
}

/** AWS's own clocks may differ a little. */
const toleranceMs = 10_000;
const clockWindowMs = 5 * 60_000;

export type RefusedSession = "expired" | "skewed" | undefined;

export function refusedSession(response: Response, attempt: Attempt, clock: ServerClock): RefusedSession {
  if (response.status !== 403) return undefined;
  const type = response.headers.get("x-amzn-errortype") ?? "";
  const date = dateOf(response);
  if (type.startsWith("ExpiredToken"))
    return (date || clock.now()) >= endOf(attempt.grant) - toleranceMs ? "expired" : undefined;
  const skew = Math.abs(date - attempt.signedFor);
  if (!type.startsWith("InvalidSignature") || !(skew > clockWindowMs - toleranceMs)) return undefined;
  clock.learn(response, attempt.sentAt);
  return "skewed";
}
