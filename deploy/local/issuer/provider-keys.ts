// The key pairs the local OpenID provider signs with (RFC 7517), made anew at every start, and tokens made with them.
import { SignJWT, calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from "jose";

export type ProviderAlgorithm = "RS256" | "ES256";

export interface ProviderKeys {
  /** Private JWKs, as oidc-provider takes them; it publishes their public halves. */
  readonly jwks: { readonly keys: JWK[] };
  sign(claims: Readonly<Record<string, unknown>>, header: JwtHeader): Promise<string>;
}

export interface JwtHeader {
  readonly alg?: ProviderAlgorithm;
  readonly typ?: string;
  readonly kid?: string;
}

export async function generateProviderKeys(): Promise<ProviderKeys> {
  const [rs256, es256] = await Promise.all([generateKey("RS256"), generateKey("ES256")]);
  const keys = { RS256: rs256, ES256: es256 };
  return {
    jwks: { keys: [rs256, es256] },
    sign: (claims, { alg = "RS256", typ = "at+jwt", kid = keys[alg].kid }) =>
      new SignJWT(claims).setProtectedHeader({ alg, typ, kid }).sign(keys[alg]),
  };
}

async function generateKey(alg: ProviderAlgorithm): Promise<JWK & { kid: string }> {
  const { privateKey } = await generateKeyPair(alg, { modulusLength: 2048, extractable: true });
  const jwk = await exportJWK(privateKey);
  return { ...jwk, alg, use: "sig", kid: await calculateJwkThumbprint(jwk) };
}
