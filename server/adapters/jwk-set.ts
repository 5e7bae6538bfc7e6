// Reads an issuer's JWK Set (RFC 7517 section 5) by jwks-rsa, which leaves out keys that are not for signing, not
// public, or not readable. Its cache and rate limit are off: issuer-keys.ts holds the whole set.
import { createPublicKey } from "node:crypto";
import jwksRsa from "jwks-rsa";
import { accept, refuse, type Result } from "../core/result.js";
import type { SigningKey } from "../core/select-key.js";
import { isJsonObject, type JsonObject } from "../core/strict-json.js";

/** An empty list means that the issuer published no usable key. The refusal is a sentence for the operator. */
export const readJwkSet = async (
  jwksUri: string,
  jwkSet: unknown,
): Promise<Result<readonly SigningKey[], string>> => {
  if (!isJsonObject(jwkSet) || !Array.isArray(jwkSet.keys)) {
    return refuse(`${jwksUri} answered JSON that is no JWK Set`);
  }
  // jwks-rsa throws on a key that is no object, and does not look at key_ops.
  const keys = jwkSet.keys.filter(isJsonObject).filter(mayVerify);
  const client = new jwksRsa.JwksClient({
    jwksUri,
    cache: false,
    rateLimit: false,
    fetcher: () => Promise.resolve({ keys }),
  });
  try {
    return accept((await client.getSigningKeys()).map(toSigningKey));
  } catch (error) {
    // JwksError: it found no key, or none for signing.
    if (error instanceof jwksRsa.JwksError) return accept([]);
    throw error;
  }
};

/** RFC 7517 section 4.3. */
const mayVerify = ({ key_ops: operations }: JsonObject): boolean =>
  operations === undefined || (Array.isArray(operations) && operations.includes("verify"));

/** jwks-rsa's types promise `kid` and `alg`; it gives them only where the JWK has them. */
const toSigningKey = (jwk: {
  readonly kid?: string;
  readonly alg?: string;
  getPublicKey(): string;
}): SigningKey => ({
  ...(jwk.kid === undefined ? {} : { kid: jwk.kid }),
  ...(jwk.alg === undefined ? {} : { alg: jwk.alg }),
  key: createPublicKey(jwk.getPublicKey()),
});
