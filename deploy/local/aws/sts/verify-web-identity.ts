// Who does this ID token speak for? Checked as STS checks it, with another JWT library than the gateway's.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc.html
// Says nothing on what the one it speaks for may do.
import {
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  errors,
  jwtVerify,
  type JWTPayload,
} from "jose";
import type { Clock } from "../../../../server/ports.js";
import type { AwsError, OidcProvider, Outcome } from "../model.js";
import { readClaimedAttributes, type ClaimedAttributes } from "./claimed-attributes.js";
import type { FindProviderKeys } from "./provider-keys.js";
import { expiredIdentityToken, invalidIdentityToken, refused } from "./refusals.js";

export interface WebIdentity extends ClaimedAttributes {
  readonly provider: OidcProvider;
  readonly subject: string;
  readonly audience: string;
  /** How the user logged in (RFC 8176). */
  readonly amr: readonly string[];
}

export type VerifyWebIdentity = (token: string) => Promise<Outcome<WebIdentity>>;

const algorithms = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"];
/** IAM takes a token for five more minutes, for clocks that differ. */
const graceSeconds = 300;

export function createWebIdentityVerifier(settings: {
  readonly providers: readonly OidcProvider[];
  readonly findKeys: FindProviderKeys;
  readonly clock: Clock;
}): VerifyWebIdentity {
  const { providers, findKeys, clock } = settings;
  return async (token) => {
    const issuer = readIssuer(token);
    if (!issuer.ok) return issuer;
    const provider = providers.find(({ url }) => url === issuer.value);
    if (provider === undefined) return refused(noProvider(issuer.value));
    const keys = await findKeys(provider.url);
    if (!keys.ok) return keys;
    const nowMs = clock();
    try {
      const { payload } = await jwtVerify(token, createLocalJWKSet(keys.value), {
        algorithms,
        issuer: provider.url,
        requiredClaims: ["sub", "aud", "iat", "exp"],
        currentDate: new Date(nowMs),
        clockTolerance: graceSeconds,
      });
      return readIdentity(payload, provider, nowMs);
    } catch (error) {
      return refused(faultOf(error, nowMs));
    }
  };
}

const noProvider = (issuer: string): AwsError =>
  invalidIdentityToken(`No OpenIDConnect provider found in your account for ${issuer.slice(0, 300)}`);
const notJwt = invalidIdentityToken(
  "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)",
);
const missing = (claim: string): AwsError => invalidIdentityToken(`Missing a required claim: ${claim}`);

/** Not yet verified: it only says whose keys to verify with. */
function readIssuer(token: string): Outcome<string> {
  try {
    const { typ, kid } = decodeProtectedHeader(token);
    const { iss } = decodeJwt(token);
    // Whether STS takes an access token (RFC 9068, at+jwt) or a key without a name is not documented: the twin does not.
    if (typ !== undefined && typ.toUpperCase() !== "JWT") return refused(notJwt);
    if (typeof kid !== "string") return refused(invalidIdentityToken("The token's header has no kid."));
    return typeof iss === "string" ? { ok: true, value: iss } : refused(missing("iss"));
  } catch {
    return refused(notJwt);
  }
}

function readIdentity(claims: JWTPayload, provider: OidcProvider, nowMs: number): Outcome<WebIdentity> {
  const now = Math.floor(nowMs / 1000);
  const { sub, amr, nbf = now, iat = now } = claims;
  if (nbf > now || iat > now) return refused(invalidIdentityToken("The token is not yet valid."));
  if (typeof sub !== "string" || sub === "" || sub.length > 255) return refused(missing("sub"));
  const audience = findAudience(claims, provider.clientIds);
  if (audience === undefined) return refused(invalidIdentityToken("Incorrect token audience"));
  const attributes = readClaimedAttributes(claims);
  if (!attributes.ok) return attributes;
  const methods = Array.isArray(amr) ? amr.filter((method) => typeof method === "string") : [];
  return { ok: true, value: { ...attributes.value, provider, subject: sub, audience, amr: methods } };
}

/** With several audiences `azp` says which one counts, and where it is there it must be one of them. */
function findAudience({ aud = [], azp }: JWTPayload, clientIds: readonly string[]): string | undefined {
  const audiences = typeof aud === "string" ? [aud] : aud;
  const audience = azp ?? (audiences.length === 1 ? audiences[0] : undefined);
  if (typeof audience !== "string" || !audiences.includes(audience)) return undefined;
  return clientIds.includes(audience) ? audience : undefined;
}

function faultOf(error: unknown, nowMs: number): AwsError {
  if (error instanceof errors.JWTExpired) {
    return expiredIdentityToken(
      `Token expired: current date/time ${Math.floor(nowMs / 1000)} must be before the expiration date/time ${error.payload.exp ?? "?"}`,
    );
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    return error.reason === "missing" ? missing(error.claim) : invalidIdentityToken(error.message);
  }
  // Every other refusal of jose's is about keys, algorithm or signature; an error that is not jose's is about a key.
  const why = error instanceof errors.JOSEError ? error.message : "a key of the provider cannot be used";
  return invalidIdentityToken(`The token's signature could not be verified: ${why}.`);
}
