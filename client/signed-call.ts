// A call by the grant door: signed here with the caller's credentials, straight to the function URL. It is sent a second
// time where AWS refused the session for its age or the signature for its time, and only then.
import { readBody } from "./body.js";
import type { ServerClock } from "./clock.js";
import { GrantwayError } from "./errors.js";
import type { Grant } from "./grant.js";
import type { Grants } from "./grants.js";
import { type RefusedSession, refusedSession } from "./refused-session.js";
import { headersOf } from "./reserved-headers.js";
import { sign } from "./sign.js";
import { unlessAborted } from "./wait.js";

export interface GrantDoor {
  readonly grants: Grants;
  readonly fetch: typeof fetch;
  readonly clock: ServerClock;
}

/** `target`: as `targetOf` gives it. */
export type SignedCall = (target: string, init: RequestInit, route: string | undefined) => Promise<Response>;

export const createSignedCall =
  ({ grants, fetch, clock }: GrantDoor): SignedCall =>
  async (target, init, route) => {
    // The session token is a header field that browsers would carry to wherever the function points.
    if (init.redirect === "follow")
      throw new GrantwayError("redirect_refused", "Signed calls follow no redirect");
    const headers = headersOf(init, /^(?:host|authorization|x-amz-.*)$/);
    const body = await readBody(init.body);
    if (body?.contentType && !headers.has("content-type")) headers.set("content-type", body.contentType);
    const call = { method: (init.method ?? "GET").toUpperCase(), headers, body: body?.bytes ?? null };

    const attempt = async (grant: Grant): Promise<[answer: Response, refused: RefusedSession]> => {
      const signedFor = clock.now();
      const url = await sign(grant, target, call, signedFor);
      const sentAt = clock.local();
      const answer = await fetch(url, { ...init, redirect: init.redirect ?? "manual", ...call });
      return [answer, refusedSession(answer, { grant, signedFor, sentAt }, clock)];
    };
    const grant = await unlessAborted(grants.get(route), init.signal);
    const [answer, refused] = await attempt(grant);
    if (!refused) return answer;
    const isExpired = refused === "expired";
    const next = isExpired ? await unlessAborted(grants.replace(grant, route), init.signal) : grant;
    return isExpired && next === grant ? answer : (await attempt(next))[0];
  };
