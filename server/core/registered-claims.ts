// The claims of a verified token against its issuer's entry (RFC 7519 section 4.1, RFC 9068 section 4), in one
// place. Stricter than jsonwebtoken: `exp` and `sub` must be there, `aud` is never skipped by accident.
import type { Denial, TokenReason } from "./denial.js";
import type { Claims, Issuer } from "./model.js";
import { nearMiss } from "./near-miss.js";
import { quoted } from "./quoted.js";
import { accept, refuse, type Result } from "./result.js";

export interface RegisteredClaims {
  readonly subject: string;
  /** Seconds since 1970-01-01T00:00:00Z. */
  readonly expiresAt: number;
}

/** The last second of year 9999: later ones have no ISO 8601 form that AWS reads. Milliseconds fail here too. */
const maxNumericDate = 253_402_300_799;

export const checkClaims = (claims: Claims, issuer: Issuer, nowSeconds: number): Result<RegisteredClaims> => {
  const { iss, sub, exp } = claims;
  if (iss !== issuer.issuer) return denied("token_claim_invalid", `iss is not that of issuer ${issuer.name}`);
  // RFC 7519 leaves sub optional. Here it names the session, so that a call is always some caller's.
  if (typeof sub !== "string" || sub === "") {
    return denied("token_claim_invalid", "sub is missing or no text: it names the session");
  }
  if (!isNumericDate(exp)) return denied("token_claim_invalid", "exp is missing or no date in seconds");
  const denial =
    timeDenial(claims, exp, nowSeconds, issuer.clockToleranceSeconds) ??
    audienceDenial(claims, issuer) ??
    acceptDenial(claims, issuer);
  return denial === undefined ? accept({ subject: sub, expiresAt: exp }) : refuse(denial);
};

/** From `scope` (RFC 8693 section 4.2: separated by spaces) and `scp` (Entra ID, Okta), each text or list. */
export const scopesOf = ({ scope, scp }: Claims): ReadonlySet<string> =>
  new Set([...scopeList(scope), ...scopeList(scp)]);

const scopeList = (claim: unknown): string[] => {
  if (typeof claim === "string") return claim.split(" ").filter((scope) => scope !== "");
  return Array.isArray(claim) ? claim.filter((scope) => typeof scope === "string") : [];
};

export const isNumericDate = (value: unknown): value is number =>
  typeof value === "number" && value >= 0 && value <= maxNumericDate;

const timeDenial = (
  { nbf, iat }: Claims,
  exp: number,
  now: number,
  tolerance: number,
): Denial | undefined => {
  for (const [name, date] of Object.entries({ nbf, iat })) {
    if (date === undefined) continue;
    if (!isNumericDate(date))
      return { reason: "token_claim_invalid", cause: `${name} is no date in seconds` };
    if (date > now + tolerance) {
      return { reason: "token_not_yet_valid", cause: `${name} is ${seconds(date - now)} ahead of our clock` };
    }
  }
  if (now < exp + tolerance) return undefined;
  return { reason: "token_expired", cause: `exp was ${seconds(now - exp)} ago` };
};

const seconds = (count: number): string => `${Math.round(count)} s`;

// `azp` is not looked at: it names the client that asked for the token (OpenID Connect Core 3.1.3.7 binds clients), and a
// resource server is meant where `aud` says so. An issuer's `accept` may hold it to a list.
const audienceDenial = (
  claims: Claims,
  { name, audience, clientIdAsAudience }: Issuer,
): Denial | undefined => {
  if (audience === null) return undefined;
  const standsIn = claims.aud === undefined && clientIdAsAudience;
  const [claim, aud] = standsIn ? ["client_id", claims.client_id] : ["aud", claims.aud];
  const audiences: readonly unknown[] = Array.isArray(aud) && !standsIn ? aud : [aud];
  if (audiences.some((one) => typeof one === "string" && audience.includes(one))) return undefined;
  const cause =
    aud === undefined
      ? `the token has no ${standsIn ? "aud and no client_id" : "aud"}, issuer ${name} asks for one`
      : `${claim} is ${audiences.slice(0, 5).map(quoted).join(", ")}, issuer ${name} asks for ` +
        audience.map(quoted).join(" or ") +
        nearAudience(audiences, audience);
  return { reason: "token_audience_invalid", cause };
};

const nearAudience = (audiences: readonly unknown[], configured: readonly string[]): string => {
  for (const one of audiences.slice(0, 5)) {
    if (typeof one !== "string") continue;
    const near = configured.map((audience) => nearMiss(one, audience)).find((miss) => miss !== undefined);
    if (near !== undefined) return `: ${near}`;
  }
  return "";
};

const acceptDenial = (claims: Claims, issuer: Issuer): Denial | undefined => {
  if (issuer.accept === undefined) return undefined;
  const accepted = issuer.accept.evaluate({ claims });
  if (accepted.ok && accepted.value === true) return undefined;
  const cause = accepted.ok ? "is not true" : `fails: ${accepted.denial}`;
  return { reason: "token_claim_invalid", cause: `accept of issuer ${issuer.name} ${cause}` };
};

const denied = (reason: TokenReason, cause: string): Result<never> => refuse({ reason, cause });
