// Checks one DPoP proof against the request it came with and the token it is for (RFC 9449 section 4.3). Whether it needs
// a nonce and whether it was seen before is decided in prove-possession.ts.
import { hash } from "node:crypto";
import { readProofHeader } from "./dpop-header.js";
import { comparableUri } from "./http-uri.js";
import { decodeCompact } from "./jwt.js";
import type { Claims, Issuer } from "./model.js";
import { quoted } from "./quoted.js";
import { accept, refuse, type Result } from "./result.js";
import { verifySignature } from "./signature.js";

export interface ExpectedProof {
  readonly method: string;
  /** Absolute; query and fragment are not looked at. */
  readonly uri: string;
  readonly token: string;
  /** The thumbprint that the token is bound to. */
  readonly jkt: string;
  readonly nowSeconds: number;
  /** The token's: callers' clocks are held to the same tolerance as its own. */
  readonly issuer: Pick<Issuer, "clockToleranceSeconds">;
}

export interface Proof {
  readonly jti: string;
  readonly nonce?: unknown;
}

/** Room for a key and a signature of RSA 8192 bits, and it bounds what a proof can cost. */
const maxProofBytes = 8_192;
const maxJtiChars = 256;
const maxAgeSeconds = 60;

/** For how long a proof that is accepted now may be accepted again, if nobody remembers it. */
export const replayWindowSeconds = (clockToleranceSeconds: number): number =>
  maxAgeSeconds + 2 * clockToleranceSeconds;

/** `values`: those of every DPoP header. Refuses with `proof_invalid`. */
export const checkProof = (values: readonly string[], expected: ExpectedProof): Result<Proof> => {
  const [text, second] = values;
  if (text === undefined) return invalid("there is no DPoP header");
  if (second !== undefined) return invalid("there is more than one DPoP header");
  if (text.length > maxProofBytes) return invalid(`the proof is longer than ${maxProofBytes} bytes`);
  const decoded = decodeCompact(text);
  if (!decoded.ok) return invalid(decoded.denial.replace(/^the token /, "it "));
  const signer = readProofHeader(decoded.value.header);
  if (!signer.ok) return invalid(signer.denial);
  // Before the signature: a key that the issuer did not bind this token to costs us no arithmetic.
  if (signer.value.jkt !== expected.jkt) return invalid("its key is not the one that the token is bound to");
  const claims = verifySignature(text, signer.value.key, { ...expected, alg: signer.value.alg });
  if (!claims.ok) return invalid(claims.denial.cause);
  return readProof(claims.value, expected);
};

const readProof = (claims: Claims, expected: ExpectedProof): Result<Proof> => {
  const { jti, nonce } = claims;
  if (typeof jti !== "string" || jti === "" || jti.length > maxJtiChars) {
    return invalid(`jti is no text of 1 to ${maxJtiChars} characters`);
  }
  const fault = requestFault(claims, expected) ?? ageFault(claims.iat, expected);
  if (fault !== undefined) return invalid(fault);
  if (claims.ath !== hash("sha256", expected.token, "base64url")) {
    return invalid("ath is not the hash of the token that came with it");
  }
  return accept({ jti, nonce });
};

const requestFault = ({ htm, htu }: Claims, { method, uri }: ExpectedProof): string | undefined => {
  if (htm !== method) return `htm is ${quoted(htm)}, the request's method is ${quoted(method)}`;
  const requested = comparableUri(uri);
  const named = typeof htu === "string" ? comparableUri(htu) : undefined;
  if (requested !== undefined && named === requested) return undefined;
  // The commonest fault of a new installation: listen.trustProxy or listen.origins does not fit.
  return `htu is ${quoted(htu)}, the request came to ${quoted(requested ?? "no known host")}`;
};

const ageFault = (
  iat: unknown,
  { nowSeconds, issuer: { clockToleranceSeconds: tolerance } }: ExpectedProof,
): string | undefined => {
  if (typeof iat !== "number") return "iat is no date in seconds";
  const age = nowSeconds - iat;
  if (age > maxAgeSeconds + tolerance) return `iat is ${Math.round(age)} s ago by our clock`;
  return age < -tolerance ? `iat is ${Math.round(-age)} s ahead of our clock` : undefined;
};

const invalid = (cause: string): Result<never> =>
  refuse({ reason: "proof_invalid", cause: `DPoP: ${cause}` });
