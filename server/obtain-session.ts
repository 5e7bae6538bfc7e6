// SessionSpec -> RoleSession: from the cache, or by one AssumeRole however many callers wait for it. The key is the
// whole spec, so a session never reaches a caller it was not made for.
import type { RoleSession, SessionSpec } from "./core/model.js";
import { accept, type Result } from "./core/result.js";
import type { Clock, RoleSessions, SessionCache } from "./ports.js";

export type ObtainSession = (spec: SessionSpec) => Promise<Result<RoleSession>>;

/** A session this close to its end is not given out any more: the call must still reach AWS before it. */
const minimumLifeMs = 60_000;
/** Renewed in the background from here on, while the old one is still served. */
const renewBeforeMs = 600_000;
/** After a failed renewal the old session is served this long before the next try. */
const renewAgainMs = 10_000;

export function createObtainSession(ports: {
  readonly roleSessions: RoleSessions;
  readonly cache: SessionCache;
  readonly clock: Clock;
}): ObtainSession {
  const { roleSessions, cache, clock } = ports;
  const inFlight = new Map<string, Promise<Result<RoleSession>>>();

  return (spec) => {
    const key = JSON.stringify(spec);
    const held = cache.get(key);
    const now = clock();
    if (held && now < held.renewAt) return Promise.resolve(accept(held.session));
    const renewal = inFlight.get(key) ?? renew(key, spec);
    return held && isUsable(held.session, now) ? Promise.resolve(accept(held.session)) : renewal;
  };

  function renew(key: string, spec: SessionSpec): Promise<Result<RoleSession>> {
    const renewal = roleSessions
      .assume(spec)
      .then((result) => {
        keep(key, result);
        return result;
      })
      .finally(() => inFlight.delete(key));
    inFlight.set(key, renewal);
    // Whoever waits gets the failure itself; a background renewal has nobody waiting.
    renewal.catch(() => undefined);
    return renewal;
  }

  function keep(key: string, result: Result<RoleSession>): void {
    const now = clock();
    if (result.ok) {
      cache.set(key, { session: result.value, renewAt: renewalTime(result.value, now) });
      return;
    }
    const old = cache.get(key);
    if (old && isUsable(old.session, now)) cache.set(key, { ...old, renewAt: now + renewAgainMs });
  }
}

const isUsable = (session: RoleSession, now: number): boolean => session.expiration - now > minimumLifeMs;

/** Ten minutes before the end, and for the shortest sessions at half their life. */
const renewalTime = (session: RoleSession, now: number): number =>
  session.expiration - Math.min(renewBeforeMs, (session.expiration - now) / 2);
