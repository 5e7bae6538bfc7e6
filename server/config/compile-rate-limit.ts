// A valid entry of `rateLimits` -> a RateLimit; `valkey` -> where calls are counted for all replicas.
import type { RateLimit } from "../core/rate-limit.js";
import type { ValkeySettings } from "../core/valkey-url.js";
import type { RateLimitEntry, ValkeyEntry } from "./rate-limit-schema.js";

export function compileRateLimit(entry: RateLimitEntry): RateLimit {
  const { routes, requests, per, ...limit } = entry;
  return {
    ...limit,
    ...(routes && { routes: new Set(routes) }),
    ...(requests !== undefined && per !== undefined && { window: { requests, milliseconds: per } }),
  };
}

/** Valkey answers within a millisecond in its own network. Who takes a quarter of a second would slow every call. */
const answerMs = 250;

export const compileValkey = ({ url, password, prefix }: ValkeyEntry): ValkeySettings => ({
  ...url,
  ...(password !== undefined && { password }),
  prefix,
  answerMs,
});
