import type { SigningAlgorithm } from "../../server/core/model.js";
import { signingAlgorithms } from "../../server/core/model.js";
import { verifySignature } from "../../server/core/signature.js";
import {
  ecKeyPair,
  goodClaims,
  issuerWith,
  nowSeconds,
  rsaKeyPair,
  signedToken,
} from "../fixtures/tokens.js";

const rsa = rsaKeyPair();
const curves: Readonly<Record<string, string>> = { ES256: "P-256", ES384: "P-384", ES512: "P-521" };
const pairFor = (alg: string) => (curves[alg] === undefined ? rsa : ecKeyPair(curves[alg]));

const verify = (token: string, key = rsa.publicKey, alg: SigningAlgorithm = "RS256") =>
  verifySignature(token, key, { alg, issuer: issuerWith(), nowSeconds });

const outcome = (...args: Parameters<typeof verify>) => {
  const claims = verify(...args);
  return claims.ok ? "verified" : claims.denial.reason;
};

const rs256 = (claims: object | string) => signedToken({ alg: "RS256" }, claims, "RS256", rsa.privateKey);

describe("verifySignature", () => {
  test.each(signingAlgorithms)("verifies %s and refuses the token with one claim changed", (alg) => {
    const pair = pairFor(alg);
    const token = signedToken({ alg }, goodClaims, alg, pair.privateKey);
    expect(verify(token, pair.publicKey, alg)).toEqual({ ok: true, value: goodClaims });
    const [header, , signature] = token.split(".");
    const bob = Buffer.from(JSON.stringify({ ...goodClaims, sub: "bob" })).toString("base64url");
    expect(outcome(`${String(header)}.${bob}.${String(signature)}`, pair.publicKey, alg)).toBe(
      "token_signature_invalid",
    );
  });

  test("refuses a signature by another key", () => {
    expect(outcome(rs256(goodClaims), rsaKeyPair().publicKey)).toBe("token_signature_invalid");
  });

  test("refuses an algorithm other than the one the key was chosen for", () => {
    const token = signedToken({ alg: "PS256" }, goodClaims, "PS256", rsa.privateKey);
    expect(outcome(token, rsa.publicKey, "RS256")).toBe("token_signature_invalid");
    expect(outcome(token, rsa.publicKey, "PS256")).toBe("verified");
  });

  test("refuses an ECDSA signature of a wrong length, which the library answers with a TypeError", () => {
    const pair = ecKeyPair();
    const token = signedToken({ alg: "ES256" }, goodClaims, "ES256", pair.privateKey);
    expect(outcome(token.slice(0, -8), pair.publicKey, "ES256")).toBe("token_signature_invalid");
  });

  test.each([
    ["expired", { ...goodClaims, exp: nowSeconds - 30 }, "token_expired"],
    ["within the tolerance", { ...goodClaims, exp: nowSeconds - 29 }, "verified"],
    ["not yet valid", { ...goodClaims, nbf: nowSeconds + 31 }, "token_not_yet_valid"],
    ["dated in text", { ...goodClaims, exp: "tomorrow" }, "token_claim_invalid"],
    ["begun in text", { ...goodClaims, nbf: "yesterday" }, "token_claim_invalid"],
    ["with a payload that is a string", '"alice"', "token_malformed"],
  ])("a well-signed token %s is told apart", (_, claims, expected) => {
    expect(outcome(rs256(claims))).toBe(expected);
  });

  test("the cause quotes no part of the token", () => {
    const token = rs256(goodClaims);
    const refused = verify(token, rsaKeyPair().publicKey);
    for (const part of token.split(".")) expect(JSON.stringify(refused)).not.toContain(part);
  });
});
