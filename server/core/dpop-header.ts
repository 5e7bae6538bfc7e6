// The JOSE header of a DPoP proof: type, algorithm and the public key that it brings along (RFC 9449 section 4.2). The
// one place where a key from a header is used; whether the token is bound to that key is for dpop-proof.ts.
import { createPublicKey, hash, type JsonWebKey, type KeyObject } from "node:crypto";
import { extensionFault, mediaSubtype } from "./jose-header.js";
import { signingAlgorithms, type SigningAlgorithm } from "./model.js";
import { quoted } from "./quoted.js";
import { accept, refuse, type Result } from "./result.js";
import { keyMisfit } from "./select-key.js";
import { isJsonObject, type JsonObject } from "./strict-json.js";

export interface ProofKey {
  readonly alg: SigningAlgorithm;
  readonly key: KeyObject;
  /** RFC 7638 thumbprint, base64url. */
  readonly jkt: string;
}

/** RFC 7518 section 6: `k` is the symmetric key, the others belong to private RSA and EC keys. */
const secretMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/** The refusal is a sentence for the operator. */
export const readProofHeader = (header: JsonObject): Result<ProofKey, string> => {
  const { typ, alg, jwk } = header;
  if (mediaSubtype(typ) !== "dpop+jwt") return refuse(`typ is ${quoted(typ)}, not dpop+jwt`);
  const allowed = signingAlgorithms.find((candidate) => candidate === alg);
  if (allowed === undefined)
    return refuse(`alg is ${quoted(alg)}, not one of ${signingAlgorithms.join(", ")}`);
  const fault = extensionFault(header);
  if (fault !== undefined) return refuse(fault);
  const key = publicKeyOf(jwk);
  if (!key.ok) return key;
  const misfit = keyMisfit(key.value, allowed);
  if (misfit !== undefined) return refuse(`its key does not fit ${allowed}: ${misfit}`);
  return accept({ alg: allowed, key: key.value, jkt: jwkThumbprint(key.value) });
};

/** RFC 7638 sections 3.1 and 3.2, of an RSA or EC key. */
export const jwkThumbprint = (key: KeyObject): string => {
  const { crv, e, kty, n, x, y } = key.export({ format: "jwk" });
  // In lexicographic order and without blanks; what the key type does not have, JSON.stringify leaves out.
  return hash("sha256", JSON.stringify({ crv, e, kty, n, x, y }), "base64url");
};

const publicKeyOf = (jwk: unknown): Result<KeyObject, string> => {
  if (!isJsonObject(jwk)) return refuse("the header has no jwk that is an object");
  const secret = secretMembers.find((member) => member in jwk);
  if (secret !== undefined) return refuse(`its jwk has ${secret}: it is no public key`);
  try {
    return accept(createPublicKey({ key: jwk as JsonWebKey, format: "jwk" }));
  } catch {
    return refuse("its jwk is not readable");
  }
};
