// Nonces for DPoP proofs (RFC 9449 sections 8 and 9) that nobody has to remember: an HMAC of a slot of time. They show that
// a proof was made lately, not long before; that it is used once is the replay window's matter.
import { createHmac, timingSafeEqual } from "node:crypto";

/** A nonce serves until the end of the slot after its own: 5 to 10 minutes. */
const slotSeconds = 300;

export interface DpopNonces {
  nonceAt(nowSeconds: number): string;
  isCurrent(nonce: unknown, nowSeconds: number): boolean;
}

export const createDpopNonces = (secret: Buffer): DpopNonces => {
  const nonceOf = (slot: number): string =>
    createHmac("sha256", secret).update(`dpop-nonce:${slot}`).digest("base64url");
  const slotAt = (nowSeconds: number): number => Math.floor(nowSeconds / slotSeconds);
  return {
    nonceAt: (nowSeconds) => nonceOf(slotAt(nowSeconds)),
    isCurrent: (nonce, nowSeconds) => {
      const slot = slotAt(nowSeconds);
      return typeof nonce === "string" && [slot, slot - 1].some((one) => isSameText(nonce, nonceOf(one)));
    },
  };
};

const isSameText = (one: string, other: string): boolean => {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
};
