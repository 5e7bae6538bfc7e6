// Who is calling: from the Authorization header to a verified Principal whose token is the caller's to use (RFC 6750,
// 9449). What the caller may do is decided in authorize.ts.
import { presentedToken } from "./core/bearer-token.js";
import type { Principal, TokenPrincipal } from "./core/model.js";
import type { RawHeaders } from "./core/raw-headers.js";
import { accept, type Result } from "./core/result.js";
import type { VerifiedToken, VerifiedTokens } from "./ports.js";
import { createProvePossession, type Possession } from "./prove-possession.js";
import { createVerifyToken, type Verification } from "./verify-token.js";

export interface Authentication extends Verification, Possession {
  readonly verifiedTokens: VerifiedTokens;
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

export const createAuthenticate = (parts: Authentication): Authenticate => {
  const { verifiedTokens, keys, clock, tokenBytes } = parts;
  const verifyToken = createVerifyToken(parts);
  const provePossession = createProvePossession(parts);

  /** A token proves the same as long as it has not run out and its key is the issuer's: time went on, no claim did. */
  const stillHolds = ({ principal: { issuer, expiresAt }, key }: VerifiedToken): boolean =>
    clock() / 1000 < expiresAt + issuer.clockToleranceSeconds && keys.isCurrent(issuer, key);

  const principalOf = async (token: string): Promise<Result<TokenPrincipal>> => {
    const held = verifiedTokens.get(token);
    if (held !== undefined && stillHolds(held)) return accept(held.principal);
    if (held !== undefined) verifiedTokens.delete(token);
    const verified = await verifyToken(token);
    if (!verified.ok) return verified;
    verifiedTokens.set(token, verified.value);
    return accept(verified.value.principal);
  };

  return async (rawHeaders, { allowBare, method, uri }) => {
    const presented = presentedToken(rawHeaders, { allowBare, tokenBytes });
    if (!presented.ok) return presented;
    const principal = await principalOf(presented.value.token);
    if (!principal.ok) return principal;
    const proven = provePossession(principal.value, presented.value, { rawHeaders, method, uri });
    return proven.ok ? principal : proven;
  };
};
