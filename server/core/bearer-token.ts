// Finds the bearer token of a request: one Authorization header with one token (RFC 6750 section 2.1,
// RFC 9110 section 11.6.2). It does not look into the token, and reads no token from a query or a body.
import { accept, refuse, type Result } from "./result.js";

export interface BearerTokenOptions {
  /** The grant door: AWS SDKs send the token file as it is, without a scheme. */
  readonly allowBare: boolean;
  readonly tokenBytes: number;
}

const base64urlParts = /^[\w-]+\.[\w-]+\.[\w-]+$/;
const schemeAndRest = /^(\S+) +(.*)$/;
const b64token = /^[\w.~+/-]+=*$/;
/** Authorization schemes that a cause may name. Anything else could be a secret. */
const knownSchemes = ["Basic", "Digest", "Negotiate", "DPoP", "AWS4-HMAC-SHA256"];

/** `rawHeaders`: name, value, name, value, as node:http gives them. */
export const bearerToken = (
  rawHeaders: readonly string[],
  { allowBare, tokenBytes }: BearerTokenOptions,
): Result<string> => {
  const [value, second] = authorizationValues(rawHeaders);
  if (value === undefined) return refuse({ reason: "credentials_missing" });
  if (second !== undefined) return malformed("there is more than one Authorization header");
  // Not `token_malformed`: after a 401 clients fetch a new token, and that one would be as long.
  if (value.length > tokenBytes + "Bearer ".length) return tooLong(tokenBytes);
  if (base64urlParts.test(value)) return bareToken(value, allowBare, tokenBytes);
  return tokenOfBearerScheme(value);
};

const authorizationValues = (rawHeaders: readonly string[]): string[] =>
  rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1]?.toLowerCase() === "authorization");

const bareToken = (value: string, allowBare: boolean, tokenBytes: number): Result<string> => {
  if (!allowBare) return malformed("a JWT without the Bearer scheme; only the grant door takes it bare");
  return value.length > tokenBytes ? tooLong(tokenBytes) : accept(value);
};

const tokenOfBearerScheme = (value: string): Result<string> => {
  const [, scheme = value, token = ""] = schemeAndRest.exec(value) ?? [];
  // RFC 9110 section 11.1: the scheme is case-insensitive.
  if (scheme.toLowerCase() !== "bearer") return malformed(otherScheme(scheme));
  if (token === "") return malformed("the Bearer scheme carries no token");
  if (/[\s,]/.test(token)) return malformed("the Bearer scheme carries more than one token");
  if (!b64token.test(token)) return malformed("the bearer token has a character outside b64token");
  return accept(token);
};

const otherScheme = (scheme: string): string => {
  const known = knownSchemes.find((name) => name.toLowerCase() === scheme.toLowerCase());
  return known === undefined
    ? "the Authorization scheme is not Bearer"
    : `the Authorization scheme is ${known}, not Bearer`;
};

const tooLong = (tokenBytes: number): Result<never> =>
  malformed(`the bearer token is longer than ${tokenBytes} bytes`);

const malformed = (cause: string): Result<never> => refuse({ reason: "request_malformed", cause });
