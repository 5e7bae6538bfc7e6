// Who is calling: from the Authorization header to a verified Principal (RFC 6750, 7519, 8725, 9068).
// What the caller may do is decided in authorize.ts. An issuer that cannot be asked is never the token's fault.
import { bearerToken } from "./core/bearer-token.js";
import { decodeUnverified } from "./core/jwt.js";
import type { Issuer, Principal } from "./core/model.js";
import { checkClaims, scopesOf } from "./core/registered-claims.js";
import { accept, type Result } from "./core/result.js";
import { verifySignature } from "./core/signature.js";
import { allowedAlgorithm, trustedIssuer } from "./core/trusted-issuer.js";
import type { Clock, SigningKeys } from "./ports.js";

export interface Authentication {
  readonly issuers: readonly Issuer[];
  readonly keys: SigningKeys;
  readonly clock: Clock;
  readonly tokenBytes: number;
}

/** `rawHeaders`: name, value, name, value. `allowBare`: a JWT without the Bearer scheme is taken too. */
export type Authenticate = (
  rawHeaders: readonly string[],
  options: { readonly allowBare: boolean },
) => Promise<Result<Principal>>;

export const createAuthenticate =
  ({ issuers, keys, clock, tokenBytes }: Authentication): Authenticate =>
  async (rawHeaders, { allowBare }) => {
    const token = bearerToken(rawHeaders, { allowBare, tokenBytes });
    if (!token.ok) return token;
    const decoded = decodeUnverified(token.value);
    if (!decoded.ok) return decoded;
    const { unverifiedHeader, unverifiedClaims } = decoded.value;

    const trusted = trustedIssuer(unverifiedClaims.iss, issuers);
    if (!trusted.ok) return trusted;
    const issuer = trusted.value;
    const alg = allowedAlgorithm(unverifiedHeader.alg, issuer);
    if (!alg.ok) return alg;
    const key = await keys.find(issuer, { ...unverifiedHeader, alg: alg.value });
    if (!key.ok) return key;

    // Read only now: the keys may have been seconds away.
    const nowSeconds = clock() / 1000;
    const claims = verifySignature(token.value, key.value, { alg: alg.value, issuer, nowSeconds });
    if (!claims.ok) return claims;
    const checked = checkClaims(claims.value, issuer, nowSeconds);
    if (!checked.ok) return checked;
    return accept({ issuer, claims: claims.value, scopes: scopesOf(claims.value), ...checked.value });
  };
