// Who calls a route that leaves that to a custom authorizer: the claims given stand for the context that it would answer.
// The authorizer itself is not asked: only it knows whom it lets in.
import type { Authorizer, Principal } from "../core/model.js";
import { accept, refuse, type Result } from "../core/result.js";
import type { Evidence } from "./explain-token.js";
import { Checks, describePrincipal, type Examined } from "./token-checks.js";

export function explainContext(evidence: Evidence, authorizer: Authorizer, now: number): Examined {
  const checks = new Checks();
  checks.vouchedBy(authorizer);
  checks.leave("authorizer", "not checked", `${authorizer.name} was not asked: it may refuse this caller`);
  const principal = checks.note("context", principalOf(evidence, authorizer, now), describePrincipal);
  return checks.examined("claims", principal);
}

/** `principalId` is the claim `sub`, as the gateway writes it. */
function principalOf(evidence: Evidence, authorizer: Authorizer, now: number): Result<Principal> {
  const failed = (cause: string) => refuse({ reason: "authorizer_failed", cause } as const);
  if (evidence.kind === "token")
    return failed(
      `a token is authorizer ${authorizer.name}'s to read; --claims gives the context it would answer`,
    );
  const { claims } = evidence;
  const { sub, exp } = claims;
  if (typeof sub !== "string" || sub === "")
    return failed("the claims have no sub: the authorizer's principalId");
  const expiresAt = typeof exp === "number" ? exp : Infinity;
  if (expiresAt <= now / 1000) {
    const cause = "the exp in the context has passed";
    return refuse({ reason: "authorizer_unauthorized", cause, scheme: "Custom" });
  }
  return accept({ issuer: authorizer, subject: sub, claims, expiresAt, scopes: new Set<string>() });
}
