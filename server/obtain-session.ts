// SessionSpec -> RoleSession: from the cache, or by one AssumeRole however many callers wait for it. The key is the
// whole spec, so a session never reaches a caller it was not made for. AWS gives an account 600 calls a second for
// everybody: what STS refused is not asked again at once, and each caller has a budget of calls.
import type { Denial } from "./core/denial.js";
import type { Door, RoleSession, SessionSpec } from "./core/model.js";
import { minimumLifeMs, renewalTimes } from "./core/renewal-times.js";
import type { Findings } from "./core/inbound.js";
import { accept, refuse, type Result } from "./core/result.js";
import { returnToken, takeToken, type BucketSize, type TokenBucket } from "./core/token-bucket.js";
import type { BoundedMap, Clock, HeldRefusal, HeldSession, IssuedSession, RoleSessions } from "./ports.js";

/**
 * `door`: the proxy uses the session at once; through any other it is the caller's to keep, and lasts longer.
 * `findings`: of the call that asks, for who is told of a session that was issued; nothing is decided by them.
 */
export type ObtainSession = (
  spec: SessionSpec,
  door: Door,
  findings?: Findings,
) => Promise<Result<RoleSession>>;

export interface ObtainSessionPorts {
  readonly roleSessions: RoleSessions;
  readonly sessions: BoundedMap<HeldSession>;
  readonly refusals: BoundedMap<HeldRefusal>;
  readonly budgets: BoundedMap<TokenBucket>;
  readonly clock: Clock;
  /** Resolves after so many milliseconds. */
  readonly pause: (ms: number) => Promise<undefined>;
  /** From 0 to 1, as Math.random. */
  readonly random: () => number;
  /** Called once for each session that STS gave. */
  readonly onIssued?: (issued: IssuedSession) => void;
}

/** How long a caller waits for a renewal while a usable session is held: some SDKs wait for one second in all. */
const patienceMs = 700;
/** After a failed renewal the old session is served this long before the next try. */
const renewAgainMs = 10_000;
/** How long STS's no stands. A role that is mended meanwhile is found so much later. */
const refusalLifeMs = 30_000;
/** AssumeRole calls of one caller: many routes at once, but not a stream of them. */
export const callerBudget: BucketSize = { capacity: 20, refillMs: 3_000 };

/** What a session is kept under. */
export const sessionKey = (spec: SessionSpec): string => JSON.stringify(spec);

export function createObtainSession(ports: ObtainSessionPorts): ObtainSession {
  const { roleSessions, sessions, refusals, budgets, clock, pause, random, onIssued } = ports;
  const inFlight = new Map<string, Promise<Result<RoleSession>>>();
  // authorize gives a caller the same spec again and again: its key is written once.
  const keys = new WeakMap<SessionSpec, string>();

  const keyOf = (spec: SessionSpec): string => {
    const known = keys.get(spec);
    if (known !== undefined) return known;
    const key = sessionKey(spec);
    keys.set(spec, key);
    return key;
  };

  return (spec, door, findings) => {
    const key = keyOf(spec);
    const held = sessions.get(key);
    const now = clock();
    if (held && now < (door === "proxy" ? held.renewAt : held.renewGrantAt))
      return Promise.resolve(accept(held.session));
    const renewal = inFlight.get(key) ?? renew(key, spec, now, findings);
    if (!held || !isUsable(held.session, now)) return renewal;
    const isAsGood = !held.isDoubted && (door === "proxy" || now < held.grantUntil);
    return isAsGood ? Promise.resolve(accept(held.session)) : renewedOr(held.session, renewal);
  };

  /** The held session where the renewal fails, or is not there in time: it is under way and the next caller's. */
  async function renewedOr(
    held: RoleSession,
    renewal: Promise<Result<RoleSession>>,
  ): Promise<Result<RoleSession>> {
    const renewed = await Promise.race([renewal.catch(() => undefined), pause(patienceMs)]);
    return renewed?.ok ? renewed : accept(held);
  }

  function renew(
    key: string,
    spec: SessionSpec,
    now: number,
    findings: Findings | undefined,
  ): Promise<Result<RoleSession>> {
    const denial = standingRefusal(key, now) ?? overBudget(spec, now);
    return denial ? Promise.resolve(refuse(denial)) : assume(key, spec, findings);
  }

  function assume(
    key: string,
    spec: SessionSpec,
    findings: Findings | undefined,
  ): Promise<Result<RoleSession>> {
    const assumed = roleSessions
      .assume(spec)
      .then((result) => {
        keep(key, spec, result);
        if (result.ok) onIssued?.({ spec, session: result.value, findings });
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
      const times = renewalTimes(result.value, spec, now, random());
      sessions.set(key, { session: result.value, obtainedAt: now, ...times });
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
    if (!held) return;
    const later = clock() + renewAgainMs;
    const { renewAt, renewGrantAt } = held;
    sessions.set(key, {
      ...held,
      renewAt: Math.max(renewAt, later),
      renewGrantAt: Math.max(renewGrantAt, later),
    });
  }
}

const budgetKey = ({ issuer, subject }: SessionSpec["caller"]): string => JSON.stringify([issuer, subject]);

const isUsable = (session: RoleSession, now: number): boolean => session.expiration - now > minimumLifeMs;

/** The same question gets the same answer for a while; an outage or a throttle for as long as the caller is told to wait. */
const lifeMs = (denial: Denial): number =>
  "retryAfterSeconds" in denial ? denial.retryAfterSeconds * 1000 : refusalLifeMs;
