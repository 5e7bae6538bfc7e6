import { createProofReplays } from "../server/adapters/proof-replays.js";
import type { Claims, Issuer } from "../server/core/model.js";
import { createProvePossession } from "../server/prove-possession.js";
import { call, nonces } from "./fixtures/authentication.js";
import { principalWith } from "./fixtures/principal.js";
import { caller, callerJkt, proofFor } from "./fixtures/proofs.js";
import { ecKeyPair, issuerWith, nowSeconds } from "./fixtures/tokens.js";

const token = "aa.bb.cc";
const bound = { cnf: { jkt: callerJkt } };

const setUp = (claims: Claims, issuer: Partial<Issuer> = {}) => {
  let now = nowSeconds * 1000;
  const clock = () => now;
  const replays = createProofReplays({ issuers: [issuerWith()], clock });
  const provePossession = createProvePossession({ replays, nonces, clock });
  const principal = principalWith(claims, { issuer: issuerWith(issuer) });
  const prove = (scheme: "Bearer" | "DPoP", ...proofs: string[]) => {
    const rawHeaders = proofs.flatMap((proof) => ["DPoP", proof]);
    const proven = provePossession(principal, { scheme, token }, { ...call, rawHeaders });
    return proven.ok ? "proven" : proven.denial;
  };
  return { prove, replays, setNow: (seconds: number) => (now = seconds * 1000) };
};

const claimInvalid = (cause: string) => ({
  reason: "token_claim_invalid",
  cause: expect.stringContaining(cause) as string,
});

describe("a token that is bound to no key", () => {
  test("is its own proof as a bearer token, with or without a DPoP header", () => {
    expect(setUp({}).prove("Bearer")).toBe("proven");
    expect(setUp({}).prove("Bearer", "whatever")).toBe("proven");
  });

  test("is refused by the DPoP scheme, even with a good proof", () => {
    expect(setUp({}).prove("DPoP", proofFor(token))).toEqual(claimInvalid("has no cnf.jkt"));
  });

  test("is refused where its issuer must bind tokens", () => {
    expect(setUp({}, { dpop: "required" }).prove("Bearer")).toEqual(claimInvalid("must bind its tokens"));
  });
});

describe("a token that is bound to a key", () => {
  test("is taken with a proof of that key", () => {
    expect(setUp(bound).prove("DPoP", proofFor(token))).toBe("proven");
    expect(setUp(bound, { dpop: "required" }).prove("DPoP", proofFor(token))).toBe("proven");
  });

  test("is refused as a bearer token, even with a good proof (RFC 9449 section 7.1)", () => {
    expect(setUp(bound).prove("Bearer")).toEqual(claimInvalid("came without the DPoP scheme"));
    expect(setUp(bound).prove("Bearer", proofFor(token))).toEqual(claimInvalid("without the DPoP scheme"));
  });

  test("is refused without a proof and with another key's", () => {
    expect(setUp(bound).prove("DPoP")).toMatchObject({ reason: "proof_invalid" });
    expect(setUp(bound).prove("DPoP", proofFor(token, { pair: ecKeyPair() }))).toMatchObject({
      reason: "proof_invalid",
    });
  });

  test("is refused where the binding is one that nobody checks", () => {
    expect(setUp({ cnf: { "x5t#S256": callerJkt } }).prove("Bearer")).toEqual(claimInvalid("cnf binds"));
  });
});

describe("a proof", () => {
  test("serves once, however often its request is sent", () => {
    const { prove } = setUp(bound);
    const proof = proofFor(token);
    expect(prove("DPoP", proof)).toBe("proven");
    expect(prove("DPoP", proof)).toMatchObject({ cause: "DPoP: the proof was used before (jti)" });
    const sameId = proofFor(token, { claims: { jti: "again" } });
    expect(prove("DPoP", sameId)).toBe("proven");
    expect(prove("DPoP", proofFor(token, { claims: { jti: "again", iat: nowSeconds + 1 } }))).toMatchObject({
      reason: "proof_invalid",
    });
  });

  test("that is refused is not remembered, so that nobody can burn another's jti", () => {
    const { prove, replays } = setUp(bound);
    prove("DPoP", proofFor(token, { claims: { jti: "mine", htm: "POST" } }));
    expect(replays.size).toBe(0);
    expect(prove("DPoP", proofFor(token, { claims: { jti: "mine" } }))).toBe("proven");
  });

  test("needs no nonce where none is asked for, and any will do", () => {
    expect(setUp(bound).prove("DPoP", proofFor(token, { claims: { nonce: "any" } }))).toBe("proven");
  });
});

describe("where a nonce is asked for", () => {
  const nonce = nonces.nonceAt(nowSeconds);

  test.each([
    ["none", undefined, "DPoP: the nonce is missing"],
    ["a made-up one", "made-up", "DPoP: the nonce is not a current one of ours"],
    ["an old one", nonces.nonceAt(nowSeconds - 900), "DPoP: the nonce is not a current one of ours"],
  ])("a proof with %s is answered with the nonce to use", (_, old, cause) => {
    const { prove, replays } = setUp(bound, { dpopNonce: true });
    expect(prove("DPoP", proofFor(token, { claims: { nonce: old } }))).toEqual({
      reason: "proof_nonce_required",
      cause,
      nonce,
    });
    expect(replays.size).toBe(0);
  });

  test("a proof with the current one serves, once", () => {
    const { prove } = setUp(bound, { dpopNonce: true });
    const proof = proofFor(token, { claims: { nonce } });
    expect(prove("DPoP", proof)).toBe("proven");
    expect(prove("DPoP", proof)).toMatchObject({ reason: "proof_invalid" });
  });

  test("a bad proof is told so first: no nonce would help it", () => {
    const { prove } = setUp(bound, { dpopNonce: true });
    expect(prove("DPoP", proofFor(token, { pair: caller, claims: { htm: "PUT" } }))).toMatchObject({
      reason: "proof_invalid",
    });
  });

  test("the age of a proof counts all the same", () => {
    const { prove, setNow } = setUp(bound, { dpopNonce: true });
    setNow(nowSeconds + 91);
    const late = proofFor(token, { claims: { nonce: nonces.nonceAt(nowSeconds + 91) } });
    expect(prove("DPoP", late)).toMatchObject({ reason: "proof_invalid" });
  });
});
