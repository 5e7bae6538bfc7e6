import { createDpopNonces } from "../../server/core/dpop-nonce.js";
import { nowSeconds } from "../fixtures/tokens.js";

const nonces = createDpopNonces(Buffer.alloc(32, 1));
/** The start of a slot. */
const start = nowSeconds - (nowSeconds % 300);

describe("DPoP nonces", () => {
  test("serve in their own slot and in the next, and no longer", () => {
    const nonce = nonces.nonceAt(start);
    expect(nonces.isCurrent(nonce, start)).toBe(true);
    expect(nonces.isCurrent(nonce, start + 599)).toBe(true);
    expect(nonces.isCurrent(nonce, start + 600)).toBe(false);
  });

  test("do not serve before their slot", () => {
    expect(nonces.isCurrent(nonces.nonceAt(start), start - 1)).toBe(false);
  });

  test("stay the same in a slot and differ from the next one's", () => {
    expect(nonces.nonceAt(start)).toBe(nonces.nonceAt(start + 299));
    expect(nonces.nonceAt(start)).not.toBe(nonces.nonceAt(start + 300));
    expect(nonces.nonceAt(start)).toMatch(/^[\w-]{43}$/);
  });

  test("cannot be made without the secret", () => {
    const forged = createDpopNonces(Buffer.alloc(32, 2)).nonceAt(start);
    expect(nonces.isCurrent(forged, start)).toBe(false);
  });

  test.each([undefined, null, "", 7, ["a"], "a".repeat(43)])("%j is none", (nonce) => {
    expect(nonces.isCurrent(nonce, start)).toBe(false);
  });
});
