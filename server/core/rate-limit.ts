// Whom a limit of calls counts, and under which key: CEL over the verified caller and the route. Pure; the counting is in
// limit-calls.ts. A key is a digest, so that whoever keeps the counts learns nothing of the caller.
import { hash } from "node:crypto";
import type { Expression, Variables } from "./cel.js";
import { formatDuration } from "./duration.js";
import type { Principal } from "./model.js";
import { accept, refuse, type Result } from "./result.js";

export interface RateLimit {
  /** In the log, the metrics and the cause of a refusal. */
  readonly name: string;
  /** Callers of one issuer for whom it gives the same value share a count. */
  readonly key: Expression;
  /** Absent: for every caller. */
  readonly when?: Expression;
  /** Names of routes. Absent: all. */
  readonly routes?: ReadonlySet<string>;
  /** Absent: only calls in flight are bounded. */
  readonly window?: CallWindow;
  /** Calls that one process has at the same time. Absent: any number. */
  readonly inFlight?: number;
}

/** So many calls in a span of time, which begins with the first of them. */
export interface CallWindow {
  readonly requests: number;
  readonly milliseconds: number;
}

/** A limit that a call counts for, and the key of its count. */
export interface CountedLimit {
  readonly limit: RateLimit;
  readonly key: string;
}

/** Those that the call counts for, in order. Refuses `claim_unrepresentable` where one of them has no key for it. */
export function countedLimits(
  limits: readonly RateLimit[],
  principal: Principal,
  variables: Variables,
): Result<readonly CountedLimit[]> {
  const counted: CountedLimit[] = [];
  for (const limit of limits) {
    if (!limitApplies(limit, variables)) continue;
    const value = keyValue(limit, variables);
    if (!value.ok) {
      const slot = `rateLimits[${limit.name}].key`;
      return refuse({ reason: "claim_unrepresentable", slot, cause: value.denial });
    }
    counted.push({ limit, key: keyOf(limit, principal.issuer.issuer, value.value) });
  }
  return accept(counted);
}

/** An error in `when` (a missing claim) means that the limit is not for this caller, as with a role. */
export function limitApplies({ routes, when }: RateLimit, variables: Variables): boolean {
  if (routes && !routes.has(variables.route?.name ?? "")) return false;
  const result = when?.evaluate(variables);
  return result === undefined || (result.ok && result.value === true);
}

type KeyValue = string | number | boolean;

/**
 * Refuses an empty one: all who lack a claim would otherwise be one caller. And a whole number that JSON.parse has rounded:
 * so would those be whose numbers are near (64-bit ids often are).
 */
export function keyValue({ key }: RateLimit, variables: Variables): Result<KeyValue, string> {
  const result = key.evaluate(variables);
  if (!result.ok) return result;
  const { value } = result;
  if (value === "") return refuse(`${key.source} is empty`);
  if (Number.isInteger(value) && !Number.isSafeInteger(value))
    return refuse(`${key.source} is a whole number beyond 2^53`);
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean")
    return accept(value);
  return refuse(`${key.source} is neither text, nor a number, nor true or false`);
}

/** The window's length is part of it: after a change of `per` nobody waits for the end of a window of the old one. */
const keyOf = ({ name, window }: RateLimit, issuer: string, value: KeyValue): string =>
  hash("sha256", JSON.stringify([name, window?.milliseconds ?? 0, issuer, value]), "base64url");

/** `600 calls in 1m`, `20 calls at once`. */
export function describeLimit({ window, inFlight }: RateLimit): string {
  const parts = [
    ...(window ? [describeWindow(window)] : []),
    ...(inFlight === undefined ? [] : [describeInFlight(inFlight)]),
  ];
  return parts.join(", ");
}

export const describeWindow = ({ requests, milliseconds }: CallWindow): string =>
  `${requests} calls in ${formatDuration(milliseconds)}`;

export const describeInFlight = (inFlight: number): string => `${inFlight} calls at once`;
