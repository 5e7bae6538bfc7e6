// Claim values -> RoleSessionName, SourceIdentity and tag value, without collisions: two different texts never give
// the same identifier, so one caller can never be taken for another in CloudTrail, in a policy or in the cache.
import { hash } from "node:crypto";

// STS: RoleSessionName and SourceIdentity are 2-64 characters of [\w+=,.@-]. `=` and `+` are ours to mark with.
const outsideIdentifier = /[^A-Za-z0-9_,.@-]/gu;
const identifierLength = { min: 2, max: 64 };

// STS: tag values are 0-256 characters of [\p{L}\p{Z}\p{N}_.:/=+\-@]. A literal `=` stays unless it would read as an escape.
const outsideTag = /[^\p{L}\p{Z}\p{N}_.:/=+\-@]|=(?=[0-9A-F]{2})|^:/gu;
// In a list the colon is ours to part the elements with; one that begins a plain text would make it look like a list.
const outsideTagElement = /[^\p{L}\p{Z}\p{N}_./=+\-@]|=(?=[0-9A-F]{2})/gu;
export const maxTagValueLength = 256;

/**
 * A RoleSessionName or SourceIdentity for any non-empty text. Characters STS refuses, and `=` and `+`, become `=XX`
 * for each UTF-8 byte (`auth0|abc` -> `auth0=7Cabc`). What is longer than 64 characters keeps its first 20, then `+`
 * and the SHA-256 of the whole text in base64url. A single character is followed by `=`.
 *
 * @returns undefined for text that has no form: empty, or not well-formed Unicode (a lone surrogate).
 */
export function sessionIdentifier(text: string): string | undefined {
  if (text === "" || !text.isWellFormed()) return undefined;
  const escaped = text.replace(outsideIdentifier, escapeBytes);
  if (escaped.length > identifierLength.max) {
    const digest = hash("sha256", text, "base64url");
    return `${escaped.slice(0, 20)}+${digest}`;
  }
  return escaped.length < identifierLength.min ? `${escaped}=` : escaped;
}

/**
 * The identifier of a caller whom no expression names: the issuer's short name, a dot, and `sub`. A short name holds
 * no dot, so two issuers can never name the same session.
 */
export function defaultSessionIdentifier(issuerName: string, subject: string): string | undefined {
  return subject === "" ? undefined : sessionIdentifier(`${issuerName}.${subject}`);
}

/**
 * A session tag's value. Text that STS takes is left as it is; other characters become `=XX` for each UTF-8 byte
 * (`auth0|abc` -> `auth0=7Cabc`), and an `=` that would read as such an escape becomes `=3D`. A list keeps its order and
 * is written `:a:b:`, so that IAM's `:a:*` and `:*:a:*` ask for one element; a colon inside an element, and one that begins a
 * plain text, becomes `=3A`. The length is for the caller to check: STS takes 256 characters.
 *
 * @returns undefined for what has no form: text that is not well-formed Unicode.
 */
export function tagValue(claim: string | readonly string[]): string | undefined {
  if (![claim].flat().every((text) => text.isWellFormed())) return undefined;
  if (typeof claim === "string") return claim.replace(outsideTag, escapeBytes);
  const elements = claim.map((element) => element.replace(outsideTagElement, escapeBytes));
  return `:${elements.map((element) => `${element}:`).join("")}`;
}

function escapeBytes(character: string): string {
  return Array.from(
    Buffer.from(character, "utf8"),
    (byte) => `=${byte.toString(16).toUpperCase().padStart(2, "0")}`,
  ).join("");
}
