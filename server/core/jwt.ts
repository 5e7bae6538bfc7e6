// Takes a JWT in compact form apart (RFC 7515 section 7.1, RFC 7519 section 7.2), strictly: one spelling
// per token, no padding, no trailing data. Nothing it returns is verified yet.
import { readJoseHeader, type JoseHeader } from "./jose-header.js";
import type { Claims } from "./model.js";
import { accept, refuse, type Result } from "./result.js";
import { parseJsonObject, type JsonObject } from "./strict-json.js";

export interface UnverifiedJwt {
  readonly unverifiedHeader: JoseHeader;
  readonly unverifiedClaims: Claims;
}

export const decodeUnverified = (token: string): Result<UnverifiedJwt> => {
  const decoded = decodeCompact(token);
  if (!decoded.ok) return malformed(decoded.denial);
  const unverifiedHeader = readJoseHeader(decoded.value.header);
  if (!unverifiedHeader.ok) return malformed(unverifiedHeader.denial);
  return accept({ unverifiedHeader: unverifiedHeader.value, unverifiedClaims: decoded.value.claims });
};

/** Header and claim set of a compact JWT, whatever they say. The refusal is a sentence for the operator. */
export const decodeCompact = (
  token: string,
): Result<{ readonly header: JsonObject; readonly claims: Claims }, string> => {
  const [header, claims, signature, ...more] = token.split(".");
  if (more.length === 2) return refuse("the token has five parts: encrypted tokens (JWE) are not taken");
  if (header === undefined || claims === undefined || signature === undefined || more.length > 0) {
    return refuse("the token has not three parts");
  }
  if (decodeBase64url(signature) === undefined) return refuse("the signature is empty or not base64url");

  const headerMembers = decodeObject("header", header);
  if (!headerMembers.ok) return headerMembers;
  const claimMembers = decodeObject("claim set", claims);
  if (!claimMembers.ok) return claimMembers;
  return accept({ header: headerMembers.value, claims: claimMembers.value });
};

const decodeObject = (name: string, part: string): Result<JsonObject, string> => {
  const bytes = decodeBase64url(part);
  if (bytes === undefined) return refuse(`the ${name} is empty or not base64url`);
  const text = decodeUtf8(bytes);
  if (text === undefined) return refuse(`the ${name} is not UTF-8`);
  const members = parseJsonObject(text);
  return members.ok ? members : refuse(`the ${name} ${members.denial}`);
};

const decodeBase64url = (part: string): Buffer | undefined => {
  const bytes = Buffer.from(part, "base64url");
  // Buffer skips characters it does not know and ignores spare bits: only one spelling comes back equal.
  return part !== "" && bytes.toString("base64url") === part ? bytes : undefined;
};

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const decodeUtf8 = (bytes: Buffer): string | undefined => {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
};

const malformed = (cause: string): Result<never> => refuse({ reason: "token_malformed", cause });
