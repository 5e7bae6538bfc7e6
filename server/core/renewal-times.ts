// When a held session is renewed. The gateway's own calls need it for a moment only; a caller to whom it was granted
// keeps it, and his SDK comes again when too little is left: botocore at each use from 15 minutes before the end on
// (https://github.com/boto/botocore/blob/develop/botocore/credentials.py), those for JavaScript and Go from 5 minutes.
import type { RoleSession, SessionSpec } from "./model.js";

/** Epoch milliseconds. */
export interface RenewalTimes {
  /** From here on a call of the gateway's own starts the renewal, and still goes out with the old session. */
  readonly renewAt: number;
  /** The same where the session is granted to the caller. */
  readonly renewGrantAt: number;
  /** From here on a caller waits for the renewal, since the old session would have his SDK ask again at each use. */
  readonly grantUntil: number;
}

/** A session this close to its end is not given out any more: the call must still reach AWS before it. */
export const minimumLifeMs = 60_000;
const minuteMs = 60_000;
const renewBeforeMs = 10 * minuteMs;
const renewGrantBeforeMs = 20 * minuteMs;
/** botocore's 15 minutes, and one for the way there. */
const grantedLifeMs = 16 * minuteMs;
/** By how much earlier at random: sessions that began together are not renewed together. */
const renewalSpread = 1 / 3;

/** `random` from 0 to 1. Half a session's life is the most that any of the leads takes, so short ones cost no AssumeRole a call. */
export function renewalTimes(
  { expiration }: RoleSession,
  { notAfter }: Pick<SessionSpec, "notAfter">,
  now: number,
  random: number,
): RenewalTimes {
  const halfLifeMs = (expiration - now) / 2;
  const before = (leadMs: number, spread = 0): number =>
    expiration - Math.min(leadMs, halfLifeMs) * (1 + spread * random);
  // It ends with its token, and so would the next one.
  if (notAfter !== undefined && expiration + minimumLifeMs >= notAfter * 1000) {
    const end = expiration - minimumLifeMs;
    return { renewAt: end, renewGrantAt: end, grantUntil: end };
  }
  return {
    renewAt: before(renewBeforeMs, renewalSpread),
    renewGrantAt: before(renewGrantBeforeMs, renewalSpread),
    grantUntil: before(grantedLifeMs),
  };
}
