// Who is calling: from the Authorization header to a verified Principal (RFC 6750, 9449). Whether the token is valid and
// the caller's to use is decided in authenticate-token.ts, what the caller may do in authorize.ts.
import { createAuthenticateToken, type TokenAuthentication } from "./authenticate-token.js";
import { presentedToken } from "./core/bearer-token.js";
import type { Principal } from "./core/model.js";
import type { RawHeaders } from "./core/raw-headers.js";
import type { Result } from "./core/result.js";

export interface Authentication extends TokenAuthentication {
  readonly tokenBytes: number;
}

export interface AuthenticateOptions {
  /** A JWT without the Bearer scheme is taken too. */
  readonly allowBare: boolean;
  readonly method: string;
  /** The absolute URI as the client wrote it: what a DPoP proof must name. */
  readonly uri: string;
}

export type Authenticate = (
  rawHeaders: RawHeaders,
  options: AuthenticateOptions,
) => Promise<Result<Principal>>;

export const createAuthenticate = (
  parts: Authentication,
  authenticateToken = createAuthenticateToken(parts),
): Authenticate => {
  const { tokenBytes } = parts;
  return async (rawHeaders, { allowBare, method, uri }) => {
    const presented = presentedToken(rawHeaders, { allowBare, tokenBytes });
    if (!presented.ok) return presented;
    return authenticateToken(presented.value, { rawHeaders, method, uri });
  };
};
