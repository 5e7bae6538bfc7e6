// Which key of an issuer's set a token header names (RFC 7515 section 4.1.4), and whether that key's own type
// fits the algorithm (RFC 7518 section 3, RFC 8725 section 3.1). The header alone never decides.
import type { KeyObject } from "node:crypto";
import type { SigningAlgorithm } from "./model.js";
import { quoted } from "./quoted.js";
import { accept, refuse, type Result } from "./result.js";

/** A public key from a JWK Set. `alg` is the JWK's own, where it has one. */
export interface SigningKey {
  readonly kid?: string;
  readonly alg?: string;
  readonly key: KeyObject;
}

export interface KeyHeader {
  readonly kid?: string;
  readonly alg: SigningAlgorithm;
}

/** RFC 7518 section 3.3. */
export const minModulusBits = 2048;
const curves: Readonly<Record<string, string>> = {
  ES256: "prime256v1",
  ES384: "secp384r1",
  ES512: "secp521r1",
};

/** The refusal is a sentence for the operator. */
export const selectKey = (
  keys: readonly SigningKey[],
  { kid, alg }: KeyHeader,
): Result<KeyObject, string> => {
  const named = kid === undefined ? keys : keys.filter((key) => key.kid === kid);
  const fitting = named.filter((key) => misfit(key, alg) === undefined);
  const [first, ...others] = fitting;
  if (first !== undefined) {
    // A key published twice is still one key.
    if (others.every(({ key }) => key.equals(first.key))) return accept(first.key);
    return refuse(
      `${fitting.length} keys of the issuer fit ${alg} and ${nameOf(kid)}: which one is not said`,
    );
  }
  const [near] = named;
  if (near === undefined) return refuse(`the issuer has no key with ${nameOf(kid)}`);
  return refuse(`no key of the issuer with ${nameOf(kid)} fits ${alg}: ${String(misfit(near, alg))}`);
};

const nameOf = (kid: string | undefined): string => (kid === undefined ? "no kid" : `kid ${quoted(kid)}`);

/** Why a key of a set does not serve an algorithm; `undefined`: it does. */
export const misfit = ({ key, alg: keyAlg }: SigningKey, alg: SigningAlgorithm): string | undefined => {
  if (keyAlg !== undefined && keyAlg !== alg) return `the key is for ${quoted(keyAlg)}`;
  return keyMisfit(key, alg);
};

/** Why a key's own type, size or curve does not serve an algorithm; `undefined`: it does. */
export const keyMisfit = (key: KeyObject, alg: SigningAlgorithm): string | undefined => {
  const curve = curves[alg];
  return curve === undefined ? rsaMisfit(key) : curveMisfit(key, curve);
};

const rsaMisfit = ({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string | undefined => {
  const { modulusLength = 0, publicExponent = 0n } = asymmetricKeyDetails ?? {};
  if (asymmetricKeyType !== "rsa") return `it is ${String(asymmetricKeyType)}, not rsa`;
  if (modulusLength < minModulusBits) return `it has ${modulusLength} bits, ${minModulusBits} are the least`;
  // With an exponent of 1 everyone can sign.
  return publicExponent < 3n ? `its exponent is ${publicExponent}` : undefined;
};

const curveMisfit = (
  { asymmetricKeyType, asymmetricKeyDetails }: KeyObject,
  curve: string,
): string | undefined => {
  const { namedCurve } = asymmetricKeyDetails ?? {};
  if (asymmetricKeyType !== "ec") return `it is ${String(asymmetricKeyType)}, not ec`;
  return namedCurve === curve ? undefined : `its curve is ${String(namedCurve)}, not ${curve}`;
};
