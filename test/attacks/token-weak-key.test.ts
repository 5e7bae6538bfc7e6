// An issuer that publishes a key that anyone could sign with, or one of another kind (RFC 7518 section 3, RFC 8725
// sections 3.2 and 3.5): the key is passed over, the tokens it signs are refused, its neighbours serve.
import { createHash, createPublicKey, verify } from "node:crypto";
import { createSigningKeys } from "../../server/adapters/signing-keys.js";
import { createAuthenticate } from "../../server/authenticate.js";
import { signingAlgorithms } from "../../server/core/model.js";
import { authenticationWith, call } from "../fixtures/authentication.js";
import { startIssuer, type IssuerServer } from "../fixtures/issuer-server.js";
import {
  base64url,
  ecKeyPair,
  goodClaims,
  issuerWith,
  jwk,
  nowSeconds,
  rsaKeyPair,
  signedToken,
  type KeyPair,
} from "../fixtures/tokens.js";

const good = rsaKeyPair();
let server: IssuerServer;
beforeAll(async () => {
  server = await startIssuer();
});
afterAll(() => server.close());

const reasonsFor = async (published: object, ...tokens: string[]) => {
  server.publish({ ...published, kid: "odd" }, jwk(good, { kid: "good" }));
  const issuers = [issuerWith({ issuer: server.url, algorithms: signingAlgorithms })];
  const clock = () => nowSeconds * 1000;
  const keys = createSigningKeys({ issuers, clock });
  const authenticate = createAuthenticate(authenticationWith({ issuers, keys, clock }));
  const reasons: string[] = [];
  for (const token of tokens) {
    const principal = await authenticate(["Authorization", `Bearer ${token}`], call);
    reasons.push(principal.ok ? "authenticated" : principal.denial.reason);
  }
  await keys.close();
  return reasons;
};

const tokenBy = (alg: string, kid: string, { privateKey }: KeyPair) =>
  signedToken({ alg, kid }, { ...goodClaims, iss: server.url }, alg, privateKey);

/** RFC 8017 section 9.2 for 2048 bits: with an exponent of 1 it is its own signature. */
const paddedDigest = (input: string): Buffer => {
  const digest = createHash("sha256").update(input).digest();
  const digestInfo = Buffer.concat([Buffer.from("3031300d060960864801650304020105000420", "hex"), digest]);
  const padding = Buffer.alloc(256 - 3 - digestInfo.length, 0xff);
  return Buffer.concat([Buffer.of(0, 1), padding, Buffer.of(0), digestInfo]);
};

test.each([
  ["an RSA key of 1024 bits", "RS256", rsaKeyPair(1024)],
  ["an RSA key of 2040 bits", "PS256", rsaKeyPair(2040)],
  ["a key on another curve than alg says", "ES256", ecKeyPair("P-384")],
  ["a key on a curve outside JWA's list", "ES256", ecKeyPair("secp256k1")],
])("%s signs nothing, and the good key beside it serves", async (_, alg, pair) => {
  const tokens = [tokenBy(alg, "odd", pair), tokenBy("RS256", "good", good)];
  expect(await reasonsFor(jwk(pair), ...tokens)).toEqual(["token_key_unknown", "authenticated"]);
});

test("an RSA key with exponent 1 signs nothing, although everyone can sign for it", async () => {
  const input = tokenBy("RS256", "odd", good).split(".").slice(0, 2).join(".");
  const forged = paddedDigest(input);
  const everyones = createPublicKey({ key: jwk(good, { e: "AQ" }), format: "jwk" });
  expect(verify("sha256", Buffer.from(input), everyones, forged)).toBe(true);
  const token = `${input}.${base64url(forged)}`;
  expect(await reasonsFor(jwk(good, { e: "AQ" }), token)).toEqual(["token_key_unknown"]);
});

test("a key of 2048 bits is just strong enough", async () => {
  const pair = rsaKeyPair(2048);
  expect(await reasonsFor(jwk(pair), tokenBy("RS256", "odd", pair))).toEqual(["authenticated"]);
});

test("a key that its issuer keeps for one algorithm serves no other", async () => {
  const pair = rsaKeyPair();
  const tokens = [tokenBy("PS256", "odd", pair), tokenBy("RS256", "odd", pair)];
  expect(await reasonsFor(jwk(pair, { alg: "PS256" }), ...tokens)).toEqual([
    "authenticated",
    "token_key_unknown",
  ]);
});
