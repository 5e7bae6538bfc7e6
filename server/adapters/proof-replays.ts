// The ProofReplays port: which DPoP proofs were used (RFC 9449 section 11.1), in this process only. A proof may be used once
// at each replica; `dpopNonce` narrows that, since nonces are each replica's own.
import { hash } from "node:crypto";
import { replayWindowSeconds } from "../core/dpop-proof.js";
import type { Issuer } from "../core/model.js";
import { accept, refuse } from "../core/result.js";
import type { Clock, ProofReplays } from "../ports.js";

/** About 150 bytes each. */
const maxProofs = 500_000;
/** One caller's part of them: 400 proofs a second, and nine others still find room. */
const callerShare = 1 / 10;

export interface ProofReplaysOptions {
  readonly issuers: readonly Issuer[];
  readonly clock: Clock;
  readonly max?: number;
}

export const createProofReplays = ({
  issuers,
  clock,
  max = maxProofs,
}: ProofReplaysOptions): ProofReplays & { readonly size: number } => {
  // One window for all issuers: so the oldest entry is always the first to go.
  const tolerances = issuers.map(({ clockToleranceSeconds }) => clockToleranceSeconds);
  const windowMs = replayWindowSeconds(Math.max(0, ...tolerances)) * 1000;
  const maxOfCaller = Math.max(1, Math.floor(max * callerShare));
  const seen = new Map<string, { readonly at: number; readonly caller: string }>();
  const held = new Map<string, number>();

  const forgetOld = (now: number): void => {
    for (const [digest, { at, caller }] of seen) {
      if (now - at <= windowMs) return;
      seen.delete(digest);
      const left = heldBy(caller) - 1;
      if (left > 0) held.set(caller, left);
      else held.delete(caller);
    }
  };
  const heldBy = (caller: string): number => held.get(caller) ?? 0;

  return {
    record: ({ jkt, jti, issuer, subject }) => {
      const now = clock();
      forgetOld(now);
      const digest = hash("sha256", `${jkt} ${jti}`, "base64url");
      if (seen.has(digest)) {
        return refuse({ reason: "proof_invalid", cause: "DPoP: the proof was used before (jti)" });
      }
      const caller = hash("sha256", JSON.stringify([issuer, subject]), "base64url");
      if (heldBy(caller) >= maxOfCaller) {
        const cause = `${maxOfCaller} DPoP proofs of this caller are remembered, and none may be forgotten yet`;
        return refuse({ reason: "rate_exceeded", cause, retryAfterSeconds: 1 });
      }
      if (seen.size >= max) {
        const cause = `${max} DPoP proofs are remembered, and none may be forgotten yet`;
        return refuse({ reason: "overloaded", cause, retryAfterSeconds: 1 });
      }
      seen.set(digest, { at: now, caller });
      held.set(caller, heldBy(caller) + 1);
      return accept(undefined);
    },
    get size() {
      return seen.size;
    },
  };
};
