// A budget that refills with time: how many, and when there is one again. Pure; who has which bucket is the caller's.

export interface BucketSize {
  /** What a full bucket holds: the burst. */
  readonly capacity: number;
  /** One more after so long. */
  readonly refillMs: number;
}

/** When a bucket will be full again, in epoch milliseconds: whole numbers, so nothing is lost to rounding. */
export interface TokenBucket {
  readonly fullAt: number;
}

/** Takes one token; a bucket never seen is full. `waitMs` is 0 where there was one, else the time until there is. */
export function takeToken(
  bucket: TokenBucket | undefined,
  now: number,
  { capacity, refillMs }: BucketSize,
): { readonly bucket: TokenBucket; readonly waitMs: number } {
  const emptyUntilFull = capacity * refillMs;
  // At the latest from now: after the clock was set back a bucket is empty, and not shut for as long as that.
  const fullAt = Math.min(Math.max(bucket?.fullAt ?? now, now), now + emptyUntilFull);
  const waitMs = Math.max(0, fullAt + refillMs - now - emptyUntilFull);
  return { bucket: { fullAt: waitMs === 0 ? fullAt + refillMs : fullAt }, waitMs };
}

/** Puts one token back. */
export const returnToken = ({ fullAt }: TokenBucket, { refillMs }: BucketSize): TokenBucket => ({
  fullAt: fullAt - refillMs,
});
