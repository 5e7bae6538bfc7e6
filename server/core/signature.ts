// The signature check of a JWT, a token or a proof, by jsonwebtoken (RFC 7515 section 5.2). It also looks at `exp` and
// `nbf`, but what it lets pass is checked again in registered-claims.ts and dpop-proof.ts.
import type { KeyObject } from "node:crypto";
import jwt from "jsonwebtoken";
import type { TokenDenial } from "./denial.js";
import type { Claims, Issuer, SigningAlgorithm } from "./model.js";
import { accept, refuse, type Result } from "./result.js";

export interface SignatureOptions {
  readonly alg: SigningAlgorithm;
  /** Seconds since 1970-01-01T00:00:00Z. */
  readonly nowSeconds: number;
  /** Whose clock may differ from ours, and by how much. */
  readonly issuer: Pick<Issuer, "clockToleranceSeconds">;
}

/** Gives the verified claims. */
export const verifySignature = (
  token: string,
  key: KeyObject,
  { alg, nowSeconds, issuer }: SignatureOptions,
): Result<Claims, TokenDenial> => {
  try {
    const claims = jwt.verify(token, key, {
      // Only the one the key was chosen for: a list would let the token choose (RFC 8725 section 3.1).
      algorithms: [alg],
      clockTimestamp: nowSeconds,
      clockTolerance: issuer.clockToleranceSeconds,
    });
    if (typeof claims === "string") {
      return refuse<TokenDenial>({ reason: "token_malformed", cause: "the payload is not a JSON object" });
    }
    return accept(claims);
  } catch (error) {
    return refuse(denialOf(error));
  }
};

// jsonwebtoken throws its own classes for most, and a plain TypeError for an ECDSA signature of wrong length.
// Its messages quote no token.
const denialOf = (error: unknown): TokenDenial => {
  const cause = (error as Error).message;
  if (error instanceof jwt.TokenExpiredError) return { reason: "token_expired", cause };
  if (error instanceof jwt.NotBeforeError) return { reason: "token_not_yet_valid", cause };
  if (/^invalid (exp|nbf) value$/.test(cause)) return { reason: "token_claim_invalid", cause };
  return { reason: "token_signature_invalid", cause };
};
