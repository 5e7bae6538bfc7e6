// The verified-token cache on the way through: what a hit saves, and what ends an entry.
import { createVerifiedTokens } from "../server/adapters/verified-tokens.js";
import { createAuthenticate } from "../server/authenticate.js";
import { accept, refuse, type Result } from "../server/core/result.js";
import type { KeyObject } from "node:crypto";
import { authenticationWith, call, keysFrom } from "./fixtures/authentication.js";
import { accepted } from "./fixtures/outcome.js";
import { boundClaims, proofFor } from "./fixtures/proofs.js";
import { goodClaims, nowSeconds, rsaKeyPair, signedToken } from "./fixtures/tokens.js";

const rsa = rsaKeyPair();
const rs256 = (claims: object) => signedToken({ alg: "RS256" }, claims, "RS256", rsa.privateKey);
const token = rs256(goodClaims);

const setUp = () => {
  const state = {
    now: nowSeconds * 1000,
    isCurrent: true,
    found: accept(rsa.publicKey) as Result<KeyObject>,
    finds: 0,
  };
  const verifiedTokens = createVerifiedTokens();
  const keys = keysFrom(
    () => {
      state.finds += 1;
      return Promise.resolve(state.found);
    },
    (_, key) => state.isCurrent && key === rsa.publicKey,
  );
  const authenticate = createAuthenticate(
    authenticationWith({ keys, verifiedTokens, clock: () => state.now }),
  );
  const bearer = (text = token) => authenticate(["Authorization", `Bearer ${text}`], call);
  return { state, verifiedTokens, authenticate, bearer };
};

describe("a token that was verified before", () => {
  test("costs no key and no signature check, and gives the very same Principal", async () => {
    const { state, bearer } = setUp();
    const first = accepted(await bearer());
    // Whatever is asked now would refuse.
    state.found = refuse({ reason: "keys_unavailable", cause: "down", retryAfterSeconds: 1 });
    expect(accepted(await bearer())).toBe(first);
    expect(state.finds).toBe(1);
  });

  test("is frozen through and through, since it serves other requests too", async () => {
    const principal = accepted(await setUp().bearer(rs256({ ...goodClaims, groups: [["a"]] })));
    const groups = principal.claims.groups as unknown[];
    for (const value of [principal, principal.claims, groups, groups[0]])
      expect(Object.isFrozen(value)).toBe(true);
  });

  test("is refused from the moment it runs out, tolerance included", async () => {
    const { state, bearer, verifiedTokens } = setUp();
    await bearer();
    state.now = (goodClaims.exp + 30) * 1000 - 1;
    expect((await bearer()).ok).toBe(true);
    expect(state.finds).toBe(1);
    state.now += 1;
    expect(await bearer()).toMatchObject({ denial: { reason: "token_expired" } });
    expect(verifiedTokens.size).toBe(0);
  });

  test("is verified anew when the key that verified it is no longer the issuer's", async () => {
    const { state, bearer, verifiedTokens } = setUp();
    await bearer();
    state.isCurrent = false;
    state.found = refuse({ reason: "token_key_unknown", cause: "withdrawn" });
    expect(await bearer()).toMatchObject({ denial: { reason: "token_key_unknown" } });
    expect(verifiedTokens.size).toBe(0);
    Object.assign(state, { isCurrent: true, found: accept(rsa.publicKey) });
    expect((await bearer()).ok).toBe(true);
  });

  test("does not lend its place to a token that differs in one character", async () => {
    const { bearer } = setUp();
    await bearer();
    const at = token.length - 20;
    const changed = token.slice(0, at) + (token[at] === "A" ? "B" : "A") + token.slice(at + 1);
    expect(await bearer(changed)).toMatchObject({ denial: { reason: "token_signature_invalid" } });
  });

  test("must be proven each time: a bound token from the cache is no bearer token", async () => {
    const { authenticate, bearer, state } = setUp();
    const bound = rs256(boundClaims);
    const proven = () => ["Authorization", `DPoP ${bound}`, "DPoP", proofFor(bound)];
    expect((await authenticate(proven(), call)).ok).toBe(true);
    expect(await bearer(bound)).toMatchObject({ denial: { reason: "token_claim_invalid" } });
    expect(await authenticate(["Authorization", `DPoP ${bound}`], call)).toMatchObject({
      denial: { reason: "proof_invalid" },
    });
    expect((await authenticate(proven(), call)).ok).toBe(true);
    expect(state.finds).toBe(1);
  });
});

test("a refused token is not remembered", async () => {
  const { bearer, verifiedTokens, state } = setUp();
  await bearer(rs256({ ...goodClaims, aud: "other" }));
  await bearer(rs256({ ...goodClaims, aud: "other" }));
  expect([verifiedTokens.size, state.finds]).toEqual([0, 2]);
});
