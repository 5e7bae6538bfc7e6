// The checks of a token as a list, each noted as it is made: what explain-token.ts and explain-claims.ts share.
import { confirmedThumbprint } from "../core/confirmation.js";
import type { Denial } from "../core/denial.js";
import type { Claims, Issuer, Principal, Voucher } from "../core/model.js";
import { checkClaims, scopesOf } from "../core/registered-claims.js";
import { accept, refuse, type Result } from "../core/result.js";
import { bearerNeedsNoProof } from "../prove-possession.js";
import type { Check, TokenStep } from "./explanation.js";

export interface Examined {
  readonly step: TokenStep;
  readonly principal: Result<Principal>;
}

/** Gathers what was checked, so that the first refusal ends the list. */
export class Checks {
  readonly #list: Check[] = [];
  #issuer: string | undefined;

  note<T>(check: string, result: Result<T>, passed: (value: T) => string): Result<T> {
    const outcome = result.ok ? "passed" : "failed";
    this.#list.push({
      check,
      outcome,
      detail: result.ok ? passed(result.value) : describeDenial(result.denial),
    });
    return result;
  }

  leave(check: string, outcome: "not checked" | "not applicable", detail: string): void {
    this.#list.push({ check, outcome, detail });
  }

  examined(from: TokenStep["from"], principal: Result<Principal>, assumed: readonly string[] = []): Examined {
    const issuer = this.#issuer === undefined ? {} : { issuer: this.#issuer };
    return { step: { from, ...issuer, checks: this.#list, assumed }, principal };
  }

  vouchedBy({ name, issuer }: Voucher): void {
    this.#issuer = name;
    this.note("issuer", accept(undefined), () => `${name} (${issuer})`);
  }

  issuerIs(result: Result<Issuer>): Result<Issuer> {
    if (result.ok) this.#issuer = result.value.name;
    return this.note("issuer", result, ({ name, issuer }) => `${name} (${issuer})`);
  }

  principalOf(claims: Claims, issuer: Issuer, now: number): Result<Principal> {
    const checked = this.note("claims", checkClaims(claims, issuer, now / 1000), describePrincipal);
    if (!checked.ok) return checked;
    const possession = this.#possession(claims, issuer);
    if (!possession.ok) return possession;
    return accept({ issuer, claims, scopes: scopesOf(claims), ...checked.value });
  }

  /** A proof is made for one call at one moment, so none can be explained. */
  #possession(claims: Claims, issuer: Issuer): Result<undefined> {
    const bound = confirmedThumbprint(claims);
    if (bound.ok && bound.value !== undefined) {
      this.leave("possession", "not checked", "the token is bound to a key: the call needs a DPoP proof");
      return accept(undefined);
    }
    const possession = bound.ok
      ? bearerNeedsNoProof(undefined, issuer)
      : refuse({ reason: "token_claim_invalid", cause: bound.denial } as const);
    return this.note("possession", possession, () => "a plain bearer token needs no proof");
  }
}

/** `sub "alice", ends 2026-11-21T20:00:00Z` */
export const describePrincipal = ({ subject, expiresAt }: Pick<Principal, "subject" | "expiresAt">): string =>
  `sub ${JSON.stringify(subject)}${expiresAt === Infinity ? "" : `, ends ${formatTime(expiresAt * 1000)}`}`;

/** `token_expired: exp was 60 s ago` */
export const describeDenial = (denial: Denial): string =>
  "cause" in denial ? `${denial.reason}: ${denial.cause}` : denial.reason;

export const formatTime = (milliseconds: number): string =>
  new Date(milliseconds).toISOString().replace(/\.\d+Z$/, "Z");
