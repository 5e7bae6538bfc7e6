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
  const [header, claims, signature, ...more] = token.split(".");
  if (more.length === 2) return malformed("the token has five parts: encrypted tokens (JWE) are not taken");
  if (header === undefined || claims === undefined || signature === undefined || more.length > 0) {
    return malformed("the token has not three parts");
  }
  if (decodeBase64url(signature) === undefined) return malformed("the signature is empty or not base64url");

  const headerMembers = decodeObject("header", header);
  if (!headerMembers.ok) return headerMembers;
  const unverifiedHeader = readJoseHeader(headerMembers.value);
  if (!unverifiedHeader.ok) return malformed(unverifiedHeader.denial);
  const unverifiedClaims = decodeObject("claim set", claims);
  if (!unverifiedClaims.ok) return unverifiedClaims;
  return accept({ unverifiedHeader: unverifiedHeader.value, unverifiedClaims: unverifiedClaims.value });
};

const decodeObject = (name: string, part: string): Result<JsonObject> => {
  const bytes = decodeBase64url(part);
  if (bytes === undefined) return malformed(`the ${name} is empty or not base64url`);
  const text = decodeUtf8(bytes);
  if (text === undefined) return malformed(`the ${name} is not UTF-8`);
  const members = parseJsonObject(text);
  return members.ok ? members : malformed(`the ${name} ${members.denial}`);
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
