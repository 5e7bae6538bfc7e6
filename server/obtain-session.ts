// SessionSpec -> RoleSession: from the cache, or by one AssumeRole however many callers wait for it. The key is the
// whole spec, so a session never reaches a caller it was not made for. AWS gives an account 600 calls a second for
// everybody: what STS refused is not asked again at once, and each caller has a budget of calls.
import type { Denial } from "./core/denial.js";
import type { RoleSession, SessionSpec } from "./core/model.js";
import { accept, refuse, type Result } from "./core/result.js";
import { returnToken, takeToken, type BucketSize, type TokenBucket } from "./core/token-bucket.js";
import type { BoundedMap, Clock, HeldRefusal, HeldSession, RoleSessions } from "./ports.js";

export type ObtainSession = (spec: SessionSpec) => Promise<Result<RoleSession>>;

export interface ObtainSessionPorts {
  readonly roleSessions: RoleSessions;
  readonly sessions: BoundedMap<HeldSession>;
  readonly refusals: BoundedMap<HeldRefusal>;
  readonly budgets: BoundedMap<TokenBucket>;
  readonly clock: Clock;
  /** From 0 to 1, as Math.random. */
  readonly random: () => number;
}

/** A session this close to its end is not given out any more: the call must still reach AWS before it. */
const minimumLifeMs = 60_000;
/** Renewed in the background from here on, while the old one is still served. */
const renewBeforeMs = 600_000;
/** By how much earlier at random: sessions that began together are not renewed together. */
const renewalSpread = 1 / 3;
/** After a failed renewal the old session is served this long before the next try. */
const renewAgainMs = 10_000;
/** How long STS's no stands. A role that is mended meanwhile is found so much later. */
const refusalLifeMs = 30_000;
/** AssumeRole calls of one caller: many routes at once, but not a stream of them. */
export const callerBudget: BucketSize = { capacity: 20, refillMs: 3_000 };

export function createObtainSession(ports: ObtainSessionPorts): ObtainSession {
  const { roleSessions, sessions, refusals, budgets, clock, random } = ports;
  const inFlight = new Map<string, Promise<Result<RoleSession>>>();
  // authorize gives a caller the same spec again and again: its key is written once.
  const keys = new WeakMap<SessionSpec, string>();

  const keyOf = (spec: SessionSpec): string => {
    const known = keys.get(spec);
    if (known !== undefined) return known;
    const key = JSON.stringify(spec);
    keys.set(spec, key);
    return key;
  };

  return (spec) => {
    const key = keyOf(spec);
    const held = sessions.get(key);
    const now = clock();
    if (held && now < held.renewAt) return Promise.resolve(accept(held.session));
    const renewal = inFlight.get(key) ?? renew(key, spec, now);
    return held && isUsable(held.session, now) ? Promise.resolve(accept(held.session)) : renewal;
  };

  function renew(key: string, spec: SessionSpec, now: number): Promise<Result<RoleSession>> {
    const denial = standingRefusal(key, now) ?? overBudget(spec, now);
    return denial ? Promise.resolve(refuse(denial)) : assume(key, spec);
  }

  function assume(key: string, spec: SessionSpec): Promise<Result<RoleSession>> {
    const assumed = roleSessions
      .assume(spec)
      .then((result) => {
        keep(key, spec, result);
        return result;
      })
      .catch((error: unknown) => {
        postpone(key);
        throw error;
      })
      .finally(() => inFlight.delete(key));
    inFlight.set(key, assumed);
    // Whoever waits gets the failure itself; a background renewal has nobody waiting.
    assumed.catch(() => undefined);
    return assumed;
  }

  function keep(key: string, spec: SessionSpec, result: Result<RoleSession>): void {
    const now = clock();
    if (result.ok) {
      sessions.set(key, { session: result.value, renewAt: renewalTime(result.value, now, random()) });
      return;
    }
    const { denial } = result;
    refusals.set(key, { denial, until: now + lifeMs(denial) });
    // An outage is not the caller's spending: he would be told of his budget where STS is at fault.
    if ("retryAfterSeconds" in denial) refund(spec);
    postpone(key);
  }

  function standingRefusal(key: string, now: number): Denial | undefined {
    const refusal = refusals.get(key);
    return refusal && now < refusal.until ? refusal.denial : undefined;
  }

  function overBudget({ caller }: SessionSpec, now: number): Denial | undefined {
    const key = budgetKey(caller);
    const { bucket, waitMs } = takeToken(budgets.get(key), now, callerBudget);
    budgets.set(key, bucket);
    if (waitMs === 0) return undefined;
    const cause = `this caller has used its budget of ${callerBudget.capacity} AssumeRole calls`;
    return { reason: "rate_exceeded", cause, retryAfterSeconds: waitMs / 1000 };
  }

  function refund({ caller }: SessionSpec): void {
    const bucket = budgets.get(budgetKey(caller));
    if (bucket) budgets.set(budgetKey(caller), returnToken(bucket, callerBudget));
  }

  function postpone(key: string): void {
    const held = sessions.get(key);
    if (held) sessions.set(key, { ...held, renewAt: clock() + renewAgainMs });
  }
}

const budgetKey = ({ issuer, subject }: SessionSpec["caller"]): string => JSON.stringify([issuer, subject]);

const isUsable = (session: RoleSession, now: number): boolean => session.expiration - now > minimumLifeMs;

/** Ten minutes before the end, for the shortest sessions at half their life, and up to a third of that earlier. */
function renewalTime(session: RoleSession, now: number, random: number): number {
  const lead = Math.min(renewBeforeMs, (session.expiration - now) / 2);
  return session.expiration - lead * (1 + renewalSpread * random);
}

/** The same question gets the same answer for a while; an outage or a throttle for as long as the caller is told to wait. */
const lifeMs = (denial: Denial): number =>
  "retryAfterSeconds" in denial ? denial.retryAfterSeconds * 1000 : refusalLifeMs;
