import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";
import { createVerifiedTokens } from "../../server/adapters/verified-tokens.js";
import { principalWith } from "../fixtures/principal.js";
import { rsaKeyPair } from "../fixtures/tokens.js";

const { publicKey: key } = rsaKeyPair();
const verified = { principal: principalWith(), key };

describe("the verified-token cache", () => {
  test("gives back the very object, for the very token", () => {
    const tokens = createVerifiedTokens();
    tokens.set("aa.bb.cc", verified);
    expect(tokens.get("aa.bb.cc")).toBe(verified);
    expect(tokens.get("aa.bb.cd")).toBeUndefined();
    tokens.delete("aa.bb.cc");
    expect(tokens.get("aa.bb.cc")).toBeUndefined();
  });

  test("is bounded in number: the one that nobody used longest goes first", () => {
    const tokens = createVerifiedTokens({ max: 2 });
    tokens.set("a", verified);
    tokens.set("b", verified);
    tokens.get("a");
    tokens.set("c", verified);
    expect(["a", "b", "c"].map((token) => tokens.get(token) !== undefined)).toEqual([true, false, true]);
  });

  test("is bounded in size, whatever the number", () => {
    const tokens = createVerifiedTokens({ maxSize: 100 });
    tokens.set("a".repeat(60), verified);
    tokens.set("b".repeat(41), verified);
    expect(tokens.size).toBe(1);
    tokens.set("c".repeat(101), verified);
    expect(tokens.size).toBe(1);
  });

  test("holds 10,000 tokens of a common size", () => {
    const tokens = createVerifiedTokens();
    for (let i = 0; i < 10_001; i += 1) tokens.set(String(i).padEnd(1_200, "."), verified);
    expect(tokens.size).toBe(10_000);
  });

  test("keeps a digest and never the token, so that no heap dump shows one", () => {
    const kept = jest.spyOn(LRUCache.prototype, "set");
    createVerifiedTokens().set("aa.bb.cc", verified);
    const digest = createHash("sha256").update("aa.bb.cc").digest("base64url");
    expect(kept.mock.calls).toEqual([[digest, verified, { size: 8 }]]);
    kept.mockRestore();
  });
});
