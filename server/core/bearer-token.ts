// Finds the access token of a request: one Authorization header with one token, by the Bearer scheme or by DPoP (RFC 6750
// section 2.1, RFC 9449 section 7.1, RFC 9110 section 11.6.2). It does not look into the token, and reads none from a
// query or a body.
import { headerValues, type RawHeaders } from "./raw-headers.js";
import { accept, refuse, type Result } from "./result.js";

export interface BearerTokenOptions {
  /** The grant door: AWS SDKs send the token file as it is, without a scheme. */
  readonly allowBare: boolean;
  readonly tokenBytes: number;
}

export interface PresentedToken {
  /** A bare token counts as `Bearer`: whoever holds it may use it. */
  readonly scheme: "Bearer" | "DPoP";
  readonly token: string;
}

const schemes = ["Bearer", "DPoP"] as const;
/** What nearly every caller sends: read in one go, where the rest says in words what is wrong. */
const bearer = /^Bearer ([\w.~+/-]+=*)$/;
const base64urlParts = /^[\w-]+\.[\w-]+\.[\w-]+$/;
const schemeAndRest = /^(\S+) +(.*)$/;
const b64token = /^[\w.~+/-]+=*$/;
/** Authorization schemes that a cause may name. Anything else could be a secret. */
const otherSchemes = ["Basic", "Digest", "Negotiate", "AWS4-HMAC-SHA256"];

export const presentedToken = (
  rawHeaders: RawHeaders,
  { allowBare, tokenBytes }: BearerTokenOptions,
): Result<PresentedToken> => {
  const [value, second] = headerValues(rawHeaders, "authorization");
  if (second !== undefined) return malformed("there is more than one Authorization header");
  // Empty: what AWS SDKs send of an empty token file.
  if (value === undefined || value === "") return refuse({ reason: "credentials_missing" });
  // Not `token_malformed`: after a 401 clients fetch a new token, and that one would be as long.
  if (value.length > tokenBytes + "Bearer ".length) return tooLong(tokenBytes);
  const usual = bearer.exec(value)?.[1];
  const presented =
    usual !== undefined
      ? accept({ scheme: "Bearer", token: usual } as const)
      : base64urlParts.test(value)
        ? bareToken(value, allowBare)
        : tokenOfScheme(value);
  return presented.ok && presented.value.token.length > tokenBytes ? tooLong(tokenBytes) : presented;
};

const bareToken = (token: string, allowBare: boolean): Result<PresentedToken> =>
  allowBare
    ? accept({ scheme: "Bearer", token })
    : malformed("a JWT without the Bearer scheme; only the grant door takes it bare");

const tokenOfScheme = (value: string): Result<PresentedToken> => {
  const [, first = value, token = ""] = schemeAndRest.exec(value) ?? [];
  // RFC 9110 section 11.1: the scheme is case-insensitive.
  const scheme = schemes.find((name) => name.toLowerCase() === first.toLowerCase());
  if (scheme === undefined) return malformed(otherScheme(first));
  if (token === "") return malformed(`the ${scheme} scheme carries no token`);
  if (/[\s,]/.test(token)) return malformed(`the ${scheme} scheme carries more than one token`);
  if (!b64token.test(token)) return malformed("the token has a character outside b64token");
  return accept({ scheme, token });
};

const otherScheme = (scheme: string): string => {
  const known = otherSchemes.find((name) => name.toLowerCase() === scheme.toLowerCase());
  return known === undefined
    ? "the Authorization scheme is neither Bearer nor DPoP"
    : `the Authorization scheme is ${known}, neither Bearer nor DPoP`;
};

const tooLong = (tokenBytes: number): Result<never> =>
  malformed(`the token is longer than ${tokenBytes} bytes`);

const malformed = (cause: string): Result<never> => refuse({ reason: "request_malformed", cause });
