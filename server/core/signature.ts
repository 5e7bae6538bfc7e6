// The signature check of a JWT, by jsonwebtoken (RFC 7515 section 5.2). It also looks at `exp` and `nbf`, but what
// it lets pass is checked again in registered-claims.ts, where `iss` and `aud` are judged as well.
import type { KeyObject } from "node:crypto";
import jwt from "jsonwebtoken";
import type { Denial } from "./denial.js";
import type { Claims, Issuer, SigningAlgorithm } from "./model.js";
import { accept, refuse, type Result } from "./result.js";

/** `nowSeconds`: seconds since 1970-01-01T00:00:00Z. Gives the verified claims. */
export const verifySignature = (
  token: string,
  key: KeyObject,
  { alg, issuer, nowSeconds }: { alg: SigningAlgorithm; issuer: Issuer; nowSeconds: number },
): Result<Claims> => {
  try {
    const claims = jwt.verify(token, key, {
      // Only the one the key was chosen for: a list would let the token choose (RFC 8725 section 3.1).
      algorithms: [alg],
      clockTimestamp: nowSeconds,
      clockTolerance: issuer.clockToleranceSeconds,
    });
    if (typeof claims === "string") {
      return refuse({ reason: "token_malformed", cause: "the payload is not a JSON object" });
    }
    return accept(claims);
  } catch (error) {
    return refuse(denialOf(error));
  }
};

// jsonwebtoken throws its own classes for most, and a plain TypeError for an ECDSA signature of wrong length.
// Its messages quote no token.
const denialOf = (error: unknown): Denial => {
  const cause = error instanceof Error ? error.message : String(error);
  if (error instanceof jwt.TokenExpiredError) return { reason: "token_expired", cause };
  if (error instanceof jwt.NotBeforeError) return { reason: "token_not_yet_valid", cause };
  if (/^invalid (exp|nbf) value$/.test(cause)) return { reason: "token_claim_invalid", cause };
  return { reason: "token_signature_invalid", cause };
};
