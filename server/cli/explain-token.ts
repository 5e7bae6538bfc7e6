// Who calls: the checks of verify-token.ts one by one, on a token or on bare claims. Takes a token apart with the same
// functions and in the same order; the token itself stands in nothing that this gives back.
import { presentedToken } from "../core/bearer-token.js";
import type { Denial } from "../core/denial.js";
import { decodeUnverified, type UnverifiedJwt } from "../core/jwt.js";
import type { Claims, Issuer, SigningAlgorithm } from "../core/model.js";
import { quoted } from "../core/quoted.js";
import { accept, type Result } from "../core/result.js";
import { verifySignature } from "../core/signature.js";
import { allowedAlgorithm, trustedIssuer } from "../core/trusted-issuer.js";
import type { SigningKeys } from "../ports.js";
import { explainClaims, type BareClaims } from "./explain-claims.js";
import { Checks, type Examined } from "./token-checks.js";

export type Evidence =
  { readonly kind: "token"; readonly token: string } | ({ readonly kind: "claims" } & BareClaims);

export interface TokenChecking {
  readonly issuers: readonly Issuer[];
  readonly tokenBytes: number;
  /** Absent: the signature is not checked. */
  readonly keys?: SigningKeys | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
}

export function explainToken(evidence: Evidence, checking: TokenChecking): Examined | Promise<Examined> {
  return evidence.kind === "token"
    ? examineToken(evidence.token, checking)
    : explainClaims(evidence, checking);
}

async function examineToken(token: string, checking: TokenChecking): Promise<Examined> {
  const checks = new Checks();
  const decoded = checks.note(
    "form",
    decode(token, checking),
    ({ unverifiedHeader: { alg, kid } }) =>
      `a JWT of ${token.length} characters, alg ${alg}, ${kid === undefined ? "no kid" : `kid ${quoted(kid)}`}`,
  );
  if (!decoded.ok) return checks.examined("token", decoded);
  const trusted = checks.issuerIs(trustedIssuer(decoded.value.unverifiedClaims.iss, checking.issuers));
  if (!trusted.ok) return checks.examined("token", trusted);
  const issuer = trusted.value;
  const alg = checks.note(
    "algorithm",
    allowedAlgorithm(decoded.value.unverifiedHeader.alg, issuer),
    (name) => `${name} is one of ${issuer.algorithms.join(", ")}`,
  );
  if (!alg.ok) return checks.examined("token", alg);
  const claims = await noteSignature(checks, token, decoded.value, { issuer, alg: alg.value, checking });
  if (!claims.ok) return checks.examined("token", claims);
  return checks.examined("token", checks.principalOf(claims.value, issuer, checking.now));
}

/** As the Authorization header would carry it. */
function decode(token: string, { tokenBytes }: TokenChecking): Result<UnverifiedJwt> {
  const presented = presentedToken(["authorization", `Bearer ${token}`], { allowBare: false, tokenBytes });
  return presented.ok ? decodeUnverified(token) : presented;
}

async function noteSignature(
  checks: Checks,
  token: string,
  { unverifiedHeader, unverifiedClaims }: UnverifiedJwt,
  given: { readonly issuer: Issuer; readonly alg: SigningAlgorithm; readonly checking: TokenChecking },
): Promise<Result<Claims>> {
  const { issuer, alg, checking } = given;
  if (checking.keys === undefined) {
    checks.leave("signature", "not checked", "offline: anybody could have written these claims");
    return accept(unverifiedClaims);
  }
  const key = await checking.keys.find(issuer, { ...unverifiedHeader, alg });
  checks.note(
    "key",
    key,
    ({ asymmetricKeyType }) => `the issuer publishes it (${asymmetricKeyType ?? "key"})`,
  );
  if (!key.ok) return key;
  const verified = verifySignature(token, key.value, { alg, issuer, nowSeconds: checking.now / 1000 });
  // jsonwebtoken looks at the time only once the signature holds.
  const isTimeOnly = !verified.ok && isAboutTime(verified.denial);
  checks.note("signature", isTimeOnly ? accept(unverifiedClaims) : verified, () => "holds");
  return isTimeOnly ? accept(unverifiedClaims) : verified;
}

const isAboutTime = ({ reason }: Denial): boolean =>
  reason === "token_expired" || reason === "token_not_yet_valid";
