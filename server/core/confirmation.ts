// The `cnf` claim: the key that a token is bound to (RFC 7800 section 3.1, RFC 9449 section 6.1). Only `jkt` can be checked
// here; a token bound in another way is refused, since taking it as a plain bearer token would undo the binding.
import type { Claims } from "./model.js";
import { accept, refuse, type Result } from "./result.js";
import { isJsonObject } from "./strict-json.js";

/** A SHA-256 in base64url. */
const thumbprint = /^[\w-]{43}$/;

/** The thumbprint, or `undefined` for a token that whoever holds it may use. The refusal is a sentence for the operator. */
export const confirmedThumbprint = ({ cnf }: Claims): Result<string | undefined, string> => {
  if (cnf === undefined) return accept(undefined);
  if (!isJsonObject(cnf)) return refuse("cnf is no object");
  const { jkt, ...others } = cnf;
  if (Object.keys(others).length > 0) return refuse("cnf binds the token in a way that is not checked here");
  if (typeof jkt !== "string" || !thumbprint.test(jkt)) return refuse("cnf.jkt is no SHA-256 thumbprint");
  return accept(jkt);
};
