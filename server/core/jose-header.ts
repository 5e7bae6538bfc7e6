// What a JWT's JOSE header may say (RFC 7515 section 4, RFC 8725). Key references in it (`jku`, `x5u`,
// `jwk`, `x5c`) are ignored: keys come from the issuer alone. Whether `alg` is allowed is decided later.
import { quoted } from "./quoted.js";
import { accept, refuse, type Result } from "./result.js";
import type { JsonObject } from "./strict-json.js";

export interface JoseHeader {
  readonly alg: string;
  readonly kid?: string;
}

const maxKidChars = 256;
/** RFC 7519 5.1 and RFC 9068 2.1. What another type (a logout token, say) asserts is not for us. */
const acceptedTypes = ["jwt", "at+jwt"];

/** The refusal is a sentence for the operator. */
export const readJoseHeader = (header: JsonObject): Result<JoseHeader, string> => {
  const { alg, kid } = header;
  if (typeof alg !== "string") return refuse("the header has no alg");
  if (kid !== undefined && !isKeyId(kid)) {
    return refuse(`kid is ${quoted(kid)}, not a string of 1 to ${maxKidChars} characters`);
  }
  const fault = extensionFault(header) ?? typeFault(header);
  if (fault !== undefined) return refuse(fault);
  return accept(kid === undefined ? { alg } : { alg, kid });
};

const isKeyId = (kid: unknown): kid is string =>
  typeof kid === "string" && kid.length > 0 && kid.length <= maxKidChars;

/** For every JOSE header, a token's or a proof's. */
export const extensionFault = ({ crit, b64, zip }: JsonObject): string | undefined => {
  // RFC 7515 section 4.1.11: what is critical and not understood must be refused. We understand none.
  if (crit !== undefined) return "the header has crit, and no extension is understood";
  if (b64 !== undefined) return "the header has b64 (RFC 7797), which a JWT must not use";
  if (zip !== undefined) return "the header has zip, which belongs to encrypted tokens";
  return undefined;
};

const typeFault = ({ typ, cty }: JsonObject): string | undefined => {
  if (typ !== undefined && !acceptedTypes.includes(mediaSubtype(typ))) {
    return `typ is ${quoted(typ)}, neither JWT nor at+jwt`;
  }
  if (mediaSubtype(cty) === "jwt") return "cty is JWT: a token nested in a token is not taken";
  return undefined;
};

/** RFC 7515 section 4.1.9: media types are case-insensitive and may leave out `application/`. */
export const mediaSubtype = (type: unknown): string =>
  typeof type === "string" ? type.toLowerCase().replace(/^application\//, "") : "";
