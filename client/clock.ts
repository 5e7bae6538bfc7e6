// AWS's time on a device whose clock is wrong: SigV4 takes five minutes to either side. Learnt from the `Date` field
// (RFC 9110 6.6.1) of the grant answer, or of AWS's refusal.

export interface ServerClock {
  /** Epoch milliseconds, by the servers' clock as far as it is known. */
  now(): number;
  /** From an answer to a call that was sent at this time of the device's clock. */
  learn(response: Response, sentAt: number): void;
  /** The device's own. */
  local(): number;
}

/** NaN where a page of another origin may not read it. */
export const dateOf = ({ headers }: Response): number => Date.parse(headers.get("date") ?? "");

/** A longer way tells too little: the device may have slept. */
const maxRoundTripMs = 30_000;

export function createServerClock(local: () => number): ServerClock {
  let offset = 0;
  return {
    local,
    now: () => local() + offset,
    learn(response, sentAt) {
      const roundTrip = local() - sentAt;
      // The field is cut to the second, and was written at some point of the way: half of each is the best guess, and
      // an offset below what both may hide is none.
      const found = dateOf(response) + 500 - sentAt - roundTrip / 2;
      if (isNaN(found) || roundTrip < 0 || roundTrip > maxRoundTripMs) return;
      offset = Math.abs(found) <= 1_000 + roundTrip / 2 ? 0 : found;
    },
  };
}
