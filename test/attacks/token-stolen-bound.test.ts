// A token bound to its owner's key is worth nothing to whoever took it (RFC 9449 sections 2 and 11), nor is a proof that
// was overheard.
import { createAuthenticate } from "../../server/authenticate.js";
import { accept } from "../../server/core/result.js";
import { authenticationWith, call, keysFrom } from "../fixtures/authentication.js";
import { athOf, boundClaims, caller, callerJkt, proofFor } from "../fixtures/proofs.js";
import { ecKeyPair, jwk, nowSeconds, rsaKeyPair, signedToken } from "../fixtures/tokens.js";

const { publicKey, privateKey } = rsaKeyPair();
const thief = ecKeyPair();
const stolen = signedToken({ alg: "RS256" }, boundClaims, "RS256", privateKey);
const another = signedToken({ alg: "RS256" }, { ...boundClaims, jti: "2" }, "RS256", privateKey);

const keys = keysFrom(() => Promise.resolve(accept(publicKey)));
const authenticate = createAuthenticate(authenticationWith({ keys }));

const reasonOf = async (authorization: string, proof?: string, to = call) => {
  const rawHeaders = ["Authorization", authorization, ...(proof === undefined ? [] : ["DPoP", proof])];
  const principal = await authenticate(rawHeaders, to);
  return principal.ok ? "authenticated" : principal.denial.reason;
};

test("its owner uses it, once for each proof", async () => {
  const proof = proofFor(stolen);
  expect(await reasonOf(`DPoP ${stolen}`, proof)).toBe("authenticated");
  expect(await reasonOf(`DPoP ${stolen}`, proof)).toBe("proof_invalid");
});

test("the grant door does not take it bare, nor as a bearer token", async () => {
  const grant = { ...call, allowBare: true };
  expect(await reasonOf(stolen, undefined, grant)).toBe("token_claim_invalid");
  expect(await reasonOf(stolen, proofFor(stolen), grant)).toBe("token_claim_invalid");
  expect(await reasonOf(`Bearer ${stolen}`, undefined, grant)).toBe("token_claim_invalid");
  expect(await reasonOf(`DPoP ${stolen}`, proofFor(stolen), grant)).toBe("authenticated");
});

test.each([
  ["no proof", () => undefined],
  ["a proof by the thief's key", () => proofFor(stolen, { pair: thief })],
  [
    "the thief's signature under the owner's key",
    () => proofFor(stolen, { pair: thief, header: { jwk: jwk(caller) } }),
  ],
  ["the owner's thumbprint as kid", () => proofFor(stolen, { pair: thief, header: { kid: callerJkt } })],
  ["a proof for another method", () => proofFor(stolen, { claims: { htm: "DELETE" } })],
  ["a proof for another URI", () => proofFor(stolen, { claims: { htu: "https://gateway.example/other" } })],
  ["a proof for another token", () => proofFor(stolen, { claims: { ath: athOf(another) } })],
  ["a proof for no token", () => proofFor(stolen, { claims: { ath: undefined } })],
  ["a proof of yesterday", () => proofFor(stolen, { claims: { iat: nowSeconds - 86_400 } })],
  ["a proof made ahead", () => proofFor(stolen, { claims: { iat: nowSeconds + 86_400 } })],
  ["an unsigned proof", () => proofFor(stolen, { header: { alg: "none" } })],
  ["the token itself as proof", () => stolen],
])("a thief with %s is refused", async (_, proof) => {
  expect(await reasonOf(`DPoP ${stolen}`, proof())).toBe("proof_invalid");
});

test("a token that the thief bound to a key in a forged cnf has no good signature", async () => {
  const [header, , signature] = stolen.split(".");
  const claims = Buffer.from(JSON.stringify({ ...boundClaims, cnf: undefined })).toString("base64url");
  const forged = `${String(header)}.${claims}.${String(signature)}`;
  expect(await reasonOf(`Bearer ${forged}`)).toBe("token_signature_invalid");
});
