// A session that AWS refuses may have been revoked: IAM's way to do that is a Deny of all sessions that began before a
// time, and the next one works. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html
// As often something else is wrong: the held one stays until the next is there, and STS is asked once a minute at most.
import type { RoleSession, SessionSpec } from "./core/model.js";
import { sessionKey } from "./obtain-session.js";
import type { BoundedMap, Clock, HeldSession } from "./ports.js";

/** AWS refused a call that was signed with this session. It is renewed with the caller's next call. */
export type DoubtSession = (spec: SessionSpec, session: RoleSession) => void;

/** A younger session is refused for what it is, and so would the next one be. */
export const doubtAfterMs = 60_000;

export function createDoubtSession({
  sessions,
  clock,
}: {
  readonly sessions: BoundedMap<HeldSession>;
  readonly clock: Clock;
}): DoubtSession {
  return (spec, session) => {
    const key = sessionKey(spec);
    const held = sessions.get(key);
    const now = clock();
    if (held?.session !== session || now - held.obtainedAt < doubtAfterMs) return;
    sessions.set(key, { ...held, renewAt: now, renewGrantAt: now, isDoubted: true });
  };
}
