// The ProofReplays port: which DPoP proofs were used (RFC 9449 section 11.1), in this process only. A proof may be used once
// at each replica; `dpopNonce` narrows that, since nonces are each replica's own.
import { hash } from "node:crypto";
import { replayWindowSeconds } from "../core/dpop-proof.js";
import type { Issuer } from "../core/model.js";
import { accept, refuse } from "../core/result.js";
import type { Clock, ProofReplays } from "../ports.js";

/** About 120 bytes each. */
const maxProofs = 500_000;

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
  const seenAt = new Map<string, number>();

  const forgetOld = (now: number): void => {
    for (const [digest, at] of seenAt) {
      if (now - at <= windowMs) return;
      seenAt.delete(digest);
    }
  };

  return {
    record: ({ jkt, jti }) => {
      const now = clock();
      forgetOld(now);
      const digest = hash("sha256", `${jkt} ${jti}`, "base64url");
      if (seenAt.has(digest)) {
        return refuse({ reason: "proof_invalid", cause: "DPoP: the proof was used before (jti)" });
      }
      if (seenAt.size >= max) {
        const cause = `${max} DPoP proofs are remembered, and none may be forgotten yet`;
        return refuse({ reason: "overloaded", cause, retryAfterSeconds: 1 });
      }
      seenAt.set(digest, now);
      return accept(undefined);
    },
    get size() {
      return seenAt.size;
    },
  };
};
