// A caller as bare claims describe him, without a token: what is given is checked as in a token, and what every token
// must have is taken to be as it should.
import type { Claims, Issuer } from "../core/model.js";
import { accept, refuse, type Result } from "../core/result.js";
import { trustedIssuer } from "../core/trusted-issuer.js";
import { Checks, type Examined } from "./token-checks.js";

export interface BareClaims {
  readonly claims: Claims;
  /** Its short name; else `iss` tells, else there is only one. */
  readonly issuer?: string | undefined;
}

export function explainClaims(
  { claims, issuer: name }: BareClaims,
  { issuers, now }: { readonly issuers: readonly Issuer[]; readonly now: number },
): Examined {
  const checks = new Checks();
  for (const check of ["form", "algorithm", "signature"]) {
    checks.leave(check, "not applicable", "bare claims were given, no token");
  }
  const trusted = checks.issuerIs(issuerOf(claims, name, issuers));
  if (!trusted.ok) return checks.examined("claims", trusted);
  const issuer = trusted.value;
  const defaults: Claims = {
    iss: issuer.issuer,
    ...(asksForAudience(issuer, claims) && { aud: issuer.audience?.[0] }),
    // Longer than any session: so that it is the rule that says how long one lives.
    exp: Math.floor(now / 1000) + 86_400,
  };
  const assumed = Object.keys(defaults).filter((claim) => !Object.hasOwn(claims, claim));
  const principal = checks.principalOf({ ...defaults, ...claims }, issuer, now);
  return checks.examined("claims", principal, assumed);
}

/** Where `client_id` may stand in for `aud` and is given, it should be looked at. */
const asksForAudience = ({ audience, clientIdAsAudience }: Issuer, claims: Claims): boolean =>
  audience !== null && !(clientIdAsAudience && claims.client_id !== undefined);

function issuerOf(claims: Claims, name: string | undefined, issuers: readonly Issuer[]): Result<Issuer> {
  const [only, ...others] = issuers;
  if (name === undefined) {
    if (claims.iss !== undefined) return trustedIssuer(claims.iss, issuers);
    if (only !== undefined && others.length === 0) return accept(only);
    const names = issuers.map((issuer) => issuer.name).join(", ");
    const cause = `the claims have no iss; --issuer (in a case: issuer) names one of ${names}`;
    return refuse({ reason: "token_issuer_unknown", cause });
  }
  const named = issuers.find((issuer) => issuer.name === name);
  if (named !== undefined) return accept(named);
  return refuse({ reason: "token_issuer_unknown", cause: `no issuer has the name ${JSON.stringify(name)}` });
}
