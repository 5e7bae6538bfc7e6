// The caller's tokens, from the application's callback: asked once for all who wait, and whose token it is. Nothing is
// verified here, the gateway does that (RFC 7519).
import { GrantwayError } from "./errors.js";
import { createFlights } from "./wait.js";

/** `refused`: the gateway did not take this one; a callback that can get a new one should now. */
export type TokenCallback = (hint?: { readonly refused: string }) => string | Promise<string>;

/** Asks the callback: for the current token, or for another instead of a refused one. */
export type Tokens = (refused?: string) => Promise<string>;

// RFC 6750 2.1. Header errors of runtimes quote the value: a token must not get that far.
const b64token = /^[\w.~+/-]+=*$/;

export function createTokens(callback: TokenCallback): Tokens {
  const flights = createFlights<string>();
  return (refused) =>
    flights(refused, async () => {
      const token: unknown = await callback(refused === undefined ? undefined : { refused });
      if (typeof token === "string" && b64token.test(token)) return token;
      throw new GrantwayError("token_missing", "The token callback gave no token");
    });
}

/**
 * Whether credentials that were granted for one token serve whoever has the other: the same claims but for the times
 * and the id of the token. A changed tenant or group is another session; what cannot be read is another caller.
 */
export function isSameCaller(token: string, other: string): boolean {
  if (token === other) return true;
  const caller = lastingClaims(token);
  return caller !== undefined && caller === lastingClaims(other);
}

function lastingClaims(token: string): string | undefined {
  try {
    const payload = token.split(".")[1] ?? "";
    // Bytes and not characters, which is enough to compare.
    const claims = JSON.parse(atob(payload.replace(/-/g, "+").replace(/_/g, "/"))) as Record<string, unknown>;
    return claims.sub
      ? JSON.stringify(Object.entries(claims).filter(([name]) => !/^(?:iat|exp|nbf|jti)$/.test(name)))
      : undefined;
  } catch {
    return undefined;
  }
}
