// From the text of a token to a verified Principal (RFC 7519, 8725, 9068), and the key that verified it. Says nothing of
// who presents the token. An issuer that cannot be asked is never the token's fault.
import { frozen } from "./core/frozen.js";
import { decodeUnverified } from "./core/jwt.js";
import type { Issuer } from "./core/model.js";
import { checkClaims, scopesOf } from "./core/registered-claims.js";
import { accept, type Result } from "./core/result.js";
import { verifySignature } from "./core/signature.js";
import { allowedAlgorithm, trustedIssuer } from "./core/trusted-issuer.js";
import type { Clock, SigningKeys, VerifiedToken } from "./ports.js";

export interface Verification {
  readonly issuers: readonly Issuer[];
  readonly keys: SigningKeys;
  readonly clock: Clock;
}

export type VerifyToken = (token: string) => Promise<Result<VerifiedToken>>;

export const createVerifyToken =
  ({ issuers, keys, clock }: Verification): VerifyToken =>
  async (token) => {
    const decoded = decodeUnverified(token);
    if (!decoded.ok) return decoded;
    const { unverifiedHeader, unverifiedClaims } = decoded.value;

    const trusted = trustedIssuer(unverifiedClaims.iss, issuers);
    if (!trusted.ok) return trusted;
    const issuer = trusted.value;
    const allowed = allowedAlgorithm(unverifiedHeader.alg, issuer);
    if (!allowed.ok) return allowed;
    const alg = allowed.value;
    const key = await keys.find(issuer, { ...unverifiedHeader, alg });
    if (!key.ok) return key;

    // Read only now: the keys may have been seconds away.
    const nowSeconds = clock() / 1000;
    const claims = verifySignature(token, key.value, { alg, nowSeconds, issuer });
    if (!claims.ok) return claims;
    const checked = checkClaims(claims.value, issuer, nowSeconds);
    if (!checked.ok) return checked;

    // Frozen, since one Principal serves every request that brings this token.
    const principal = {
      issuer,
      claims: frozen(claims.value),
      scopes: scopesOf(claims.value),
      ...checked.value,
    };
    return accept({ principal: Object.freeze(principal), key: key.value });
  };
