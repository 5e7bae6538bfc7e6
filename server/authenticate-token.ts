// Whether a token is valid and its presenter's to use (RFC 7519, 8725, 9449): a presented token -> a verified Principal.
// Where the token stood is not known here: authenticate.ts finds it in a header, sts.ts in a form.
import type { PresentedToken } from "./core/bearer-token.js";
import type { TokenPrincipal } from "./core/model.js";
import { accept, type Result } from "./core/result.js";
import type { VerifiedToken, VerifiedTokens } from "./ports.js";
import { createProvePossession, type Possession, type ProvenCall } from "./prove-possession.js";
import { createVerifyToken, type Verification } from "./verify-token.js";

export interface TokenAuthentication extends Verification, Possession {
  readonly verifiedTokens: VerifiedTokens;
}

export type AuthenticateToken = (
  presented: PresentedToken,
  call: ProvenCall,
) => Promise<Result<TokenPrincipal>>;

export const createAuthenticateToken = (parts: TokenAuthentication): AuthenticateToken => {
  const { verifiedTokens, keys, clock } = parts;
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

  return async (presented, call) => {
    const principal = await principalOf(presented.token);
    if (!principal.ok) return principal;
    const proven = provePossession(principal.value, presented, call);
    return proven.ok ? principal : proven;
  };
};
