// What jsonwebtoken lets pass and we must not (RFC 7515 4.1.11, 7519 4.1, 8725 3.9 and 3.11, 9068 4). Every token
// here is well signed by the issuer's own key, and the library is shown to accept it.
import jwt from "jsonwebtoken";
import { createAuthenticate } from "../../server/authenticate.js";
import { accept } from "../../server/core/result.js";
import { authenticationWith, call, keysFrom } from "../fixtures/authentication.js";
import { goodClaims, nowSeconds, rsaKeyPair, signedToken } from "../fixtures/tokens.js";

const { publicKey, privateKey } = rsaKeyPair();
const authenticate = createAuthenticate(
  authenticationWith({ keys: keysFrom(() => Promise.resolve(accept(publicKey))) }),
);

const libraryAccepts = (token: string): boolean => {
  jwt.verify(token, publicKey, { algorithms: ["RS256"], clockTimestamp: nowSeconds });
  return true;
};

const reasonOf = async (token: string) => {
  const principal = await authenticate(["Authorization", `Bearer ${token}`], call);
  return principal.ok ? "authenticated" : principal.denial.reason;
};

const claimsText = JSON.stringify(goodClaims);

test.each([
  ["no exp", {}, { ...goodClaims, exp: undefined }, "token_claim_invalid"],
  ["an exp without end", {}, claimsText.replace(/"exp":\d+/, '"exp":1e999'), "token_claim_invalid"],
  ["an exp in milliseconds", {}, { ...goodClaims, exp: goodClaims.exp * 1000 }, "token_claim_invalid"],
  ["no aud", {}, { ...goodClaims, aud: undefined }, "token_audience_invalid"],
  ["another audience", {}, { ...goodClaims, aud: "https://other" }, "token_audience_invalid"],
  ["no sub", {}, { ...goodClaims, sub: undefined }, "token_claim_invalid"],
  ["no iss", {}, { ...goodClaims, iss: undefined }, "token_issuer_unknown"],
  ["an iat in the future", {}, { ...goodClaims, iat: nowSeconds + 31 }, "token_not_yet_valid"],
  ["an iat that is text", {}, { ...goodClaims, iat: "now" }, "token_claim_invalid"],
  ["a critical extension", { crit: ["https://example.com/x"] }, goodClaims, "token_malformed"],
  ["an unencoded-payload mark", { b64: false, crit: ["b64"] }, goodClaims, "token_malformed"],
  ["the type of a logout token", { typ: "logout+jwt" }, goodClaims, "token_malformed"],
  ["a nested token's mark", { cty: "JWT" }, goodClaims, "token_malformed"],
  ["a kid that is a number", { kid: 7 }, goodClaims, "token_malformed"],
  ["a payload that is text", {}, '"alice"', "token_malformed"],
  ["a payload that is a list", {}, "[]", "token_malformed"],
  ["sub twice", {}, claimsText.replace("{", '{"sub":"bob",'), "token_malformed"],
  [
    "a payload that is no UTF-8",
    {},
    Buffer.from(claimsText.replace("alice", "al\u00efce"), "latin1"),
    "token_malformed",
  ],
])("refuses %s", async (_, header, claims, reason) => {
  const token = signedToken({ alg: "RS256", kid: "k1", ...header }, claims, "RS256", privateKey);
  expect(libraryAccepts(token)).toBe(true);
  expect(await reasonOf(token)).toBe(reason);
});

test("refuses a signature spelled in a second way, which the library decodes to the same bytes", async () => {
  const token = signedToken({ alg: "RS256" }, goodClaims, "RS256", privateKey);
  // 256 bytes leave four spare bits in the last character.
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const respelled = token.slice(0, -1) + String(alphabet[alphabet.indexOf(token.slice(-1)) + 1]);
  expect(libraryAccepts(respelled)).toBe(true);
  expect(await reasonOf(respelled)).toBe("token_malformed");
  expect(await reasonOf(token)).toBe("authenticated");
});
