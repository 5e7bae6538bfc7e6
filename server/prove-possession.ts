// Whether the caller may use the token it holds: a token bound to a key only with a DPoP proof of that key, once (RFC 9449
// section 7). A plain bearer token is its own proof, unless its issuer is configured to give none of these.
import type { PresentedToken } from "./core/bearer-token.js";
import { confirmedThumbprint } from "./core/confirmation.js";
import type { DpopNonces } from "./core/dpop-nonce.js";
import { checkProof } from "./core/dpop-proof.js";
import type { Issuer, TokenPrincipal } from "./core/model.js";
import { headerValues, type RawHeaders } from "./core/raw-headers.js";
import { accept, refuse, type Result } from "./core/result.js";
import type { Clock, ProofReplays } from "./ports.js";

export interface Possession {
  readonly replays: ProofReplays;
  readonly nonces: DpopNonces;
  readonly clock: Clock;
}

/** What a proof is made for. `uri` is absolute, as the client wrote it. */
export interface ProvenCall {
  readonly rawHeaders: RawHeaders;
  readonly method: string;
  readonly uri: string;
}

export type ProvePossession = (
  principal: TokenPrincipal,
  presented: PresentedToken,
  call: ProvenCall,
) => Result<undefined>;

export const createProvePossession =
  ({ replays, nonces, clock }: Possession): ProvePossession =>
  ({ issuer, subject, claims }, { scheme, token }, { rawHeaders, method, uri }) => {
    const bound = confirmedThumbprint(claims);
    if (!bound.ok) return denied(bound.denial);
    const jkt = bound.value;
    if (scheme === "Bearer") return bearerNeedsNoProof(jkt, issuer);
    if (jkt === undefined) return denied("the token came by the DPoP scheme and has no cnf.jkt");

    const nowSeconds = clock() / 1000;
    const expected = { method, uri, token, jkt, nowSeconds, issuer };
    const proof = checkProof(headerValues(rawHeaders, "dpop"), expected);
    if (!proof.ok) return proof;
    const { jti, nonce } = proof.value;
    if (issuer.dpopNonce && !nonces.isCurrent(nonce, nowSeconds)) {
      const cause = `DPoP: the nonce is ${nonce === undefined ? "missing" : "not a current one of ours"}`;
      return refuse({ reason: "proof_nonce_required", cause, nonce: nonces.nonceAt(nowSeconds) });
    }
    return replays.record({ jkt, jti, issuer: issuer.issuer, subject });
  };

export const bearerNeedsNoProof = (jkt: string | undefined, { name, dpop }: Issuer): Result<undefined> => {
  if (jkt !== undefined)
    return denied("the token is bound to a key (cnf.jkt) and came without the DPoP scheme");
  if (dpop === "required")
    return denied(`issuer ${name} must bind its tokens to a key: this one has no cnf.jkt`);
  return accept(undefined);
};

const denied = (cause: string): Result<never> => refuse({ reason: "token_claim_invalid", cause });
