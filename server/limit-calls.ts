// Whether a caller may make one call more: the limits that he counts for, in the order of the configuration. The first that
// is used up refuses, and none after it counts the call. Runs once the caller is authorised and before STS is asked.
import { variablesOf } from "./authorize.js";
import type { Abandonment } from "./core/abandonment.js";
import { CallsAtOnce } from "./core/calls-at-once.js";
import type { Denial } from "./core/denial.js";
import type { Principal, Route, RouteMatch } from "./core/model.js";
import {
  countedLimits,
  describeInFlight,
  describeWindow,
  type CountedLimit,
  type RateLimit,
} from "./core/rate-limit.js";
import { rememberPerCaller } from "./core/remember-per-caller.js";
import { accept, refuse, type Result } from "./core/result.js";
import type { CallWindows } from "./ports.js";

/** Several matches, where one session is for several routes. Refuses `rate_exceeded` or `claim_unrepresentable`. */
export type LimitCalls = (
  matches: readonly RouteMatch[],
  principal: Principal,
  abandonment: Abandonment,
) => Promise<Result<undefined>>;

export interface LimitCallsParts {
  readonly limits: readonly RateLimit[];
  readonly windows: CallWindows;
  /** Called with the name of the limit that refused a call. */
  readonly onLimited: (limit: string) => void;
  readonly atOnce?: CallsAtOnce;
}

export function createLimitCalls({
  limits,
  windows,
  onLimited,
  atOnce = new CallsAtOnce(),
}: LimitCallsParts): LimitCalls {
  const limitsOf = rememberPerCaller(
    (match, principal) => countedLimits(limits, principal, variablesOf(match, principal)),
    (route) => expressionsFor(limits, route),
  );

  return async (matches, principal, abandonment) => {
    const counted = limitsOfAll(matches, limits, (match) => limitsOf(match, principal));
    if (!counted.ok) return counted;
    const places = takePlaces(counted.value, atOnce);
    // Here, and not where the call is refused: who waits may be gone.
    abandonment.whenOver(places.giveBack);
    const denied = places.denied ?? (await countAll(counted.value, windows));
    if (!denied) return accept(undefined);
    places.giveBack();
    onLimited(denied.limit.name);
    return refuse(denied.denial);
  };
}

const expressionsFor = (limits: readonly RateLimit[], { name }: Route) =>
  limits
    .filter(({ routes }) => routes?.has(name) ?? true)
    .flatMap(({ key, when }) => (when ? [key, when] : [key]));

/** One call counts once under each key, however many routes it is for; in the order of `inOrder`, not of the routes. */
function limitsOfAll(
  matches: readonly RouteMatch[],
  inOrder: readonly RateLimit[],
  limitsOf: (match: RouteMatch) => Result<readonly CountedLimit[]>,
): Result<readonly CountedLimit[]> {
  const [only, ...others] = matches;
  if (only && others.length === 0) return limitsOf(only);
  const counted = new Map<string, CountedLimit>();
  for (const match of matches) {
    const limits = limitsOf(match);
    if (!limits.ok) return limits;
    for (const one of limits.value) counted.set(one.key, one);
  }
  const position = ({ limit }: CountedLimit) => inOrder.indexOf(limit);
  return accept([...counted.values()].sort((one, other) => position(one) - position(other)));
}

interface Denied {
  readonly limit: RateLimit;
  readonly denial: Denial;
}

function takePlaces(
  counted: readonly CountedLimit[],
  atOnce: CallsAtOnce,
): { readonly giveBack: () => void; readonly denied?: Denied } {
  const taken: (() => void)[] = [];
  const giveBack = () => {
    for (const leave of taken) leave();
  };
  for (const { limit, key } of counted) {
    if (limit.inFlight === undefined) continue;
    const leave = atOnce.take(key, limit.inFlight);
    // Nobody knows when a call ends: soon, for most.
    if (!leave) return { giveBack, denied: denied(limit, describeInFlight(limit.inFlight), 1_000) };
    taken.push(leave);
  }
  return { giveBack };
}

async function countAll(counted: readonly CountedLimit[], windows: CallWindows): Promise<Denied | undefined> {
  for (const { limit, key } of counted) {
    if (!limit.window) continue;
    const waited = windows.count(key, limit.window);
    const waitMs = typeof waited === "number" ? waited : await waited;
    if (waitMs > 0) return denied(limit, describeWindow(limit.window), waitMs);
  }
  return undefined;
}

const denied = (limit: RateLimit, bound: string, waitMs: number): Denied => ({
  limit,
  denial: {
    reason: "rate_exceeded",
    cause: `limit ${limit.name}: ${bound}`,
    retryAfterSeconds: waitMs / 1000,
  },
});
