// The caller's tokens, from the application's callback: asked once for all who wait, and whose token it is. Nothing is
// verified here, the gateway does that (RFC 7519).
import { GrantwayError } from "./errors.js";
import { createFlights } from "./wait.js";

/** `refused`: the gateway did not take this one; a callback that can get a new one of the same user should now. */
export type TokenCallback = (hint?: { readonly refused: string }) => string | Promise<string>;

/**
 * Asks the callback: for the current token, or for another instead of a refused one. The refused one comes back where
 * there is no other of that user: what one began is never sent again as whoever has signed in since.
 */
export type Tokens = (refused?: string) => Promise<string>;

// RFC 6750 2.1. Header errors of runtimes quote the value: a token must not get that far.
const b64token = /^[\w.~+/-]+=*$/;

const missing = (): GrantwayError => new GrantwayError("token_missing", "There is no token");

export function createTokens(callback: TokenCallback): Tokens {
  // JavaScript passes anything.
  if (typeof (callback as unknown) !== "function") throw missing();
  const flights = createFlights<string>();
  return async (refused) => {
    const token = await flights(refused, async () => {
      const given: unknown = await callback(refused ? { refused } : undefined);
      if (typeof given === "string" && b64token.test(given)) return given;
      throw missing();
    });
    return isSameUser(refused, token) ? token : (refused ?? token);
  };
}

type Claims = Record<string, unknown>;

/**
 * Whether credentials that were granted for one token serve whoever has the other: the same claims but for the times
 * and the id of the token. A changed tenant or group is another session; what cannot be read is another caller.
 */
export const isSameCaller = sameBy((claims) =>
  Object.entries(claims).filter(([name]) => !/^(?:iat|exp|nbf|jti)$/.test(name)),
);

/** Whether both are of one person, whatever else has changed. */
export const isSameUser = sameBy(({ iss, sub }) => [iss, sub]);

function sameBy(pick: (claims: Claims) => unknown) {
  const identify = (token = ""): string | undefined => {
    try {
      const payload = token.split(".")[1] ?? "";
      // Bytes and not characters, which is enough to compare.
      const claims = JSON.parse(atob(payload.replace(/-/g, "+").replace(/_/g, "/"))) as Claims;
      return claims.sub ? JSON.stringify(pick(claims)) : undefined;
    } catch {
      return undefined;
    }
  };
  return (token: string | undefined, other: string | undefined): boolean => {
    const caller = identify(token);
    return token === other || (caller !== undefined && caller === identify(other));
  };
}
