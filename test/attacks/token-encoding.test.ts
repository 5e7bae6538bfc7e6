// One token, one spelling (RFC 7515 sections 2, 3.1 and 7.1, RFC 7519 sections 5.2 and 7.2, RFC 7516 section 3.1): what a
// second reader could read otherwise is refused, although the issuer's signature under it is good.
import { createAuthenticate } from "../../server/authenticate.js";
import { accept } from "../../server/core/result.js";
import { authenticationWith, call, keysFrom } from "../fixtures/authentication.js";
import { base64url, goodClaims, rsaKeyPair, signatureOf, signedToken } from "../fixtures/tokens.js";

const { publicKey, privateKey } = rsaKeyPair();
const keys = keysFrom(() => Promise.resolve(accept(publicKey)));
const authenticate = createAuthenticate(authenticationWith({ keys }));

const reasonOf = async (header: string, ask = authenticate) => {
  const principal = await ask(["Authorization", header], call);
  return principal.ok ? "authenticated" : principal.denial.reason;
};

const rs256 = (claims: string | object, header: string | object = { alg: "RS256" }) =>
  signedToken(header, claims, "RS256", privateKey);
/** Signed as it is spelled, so that only the spelling is at fault. */
const spelled = (header: string, claims: string) => {
  const input = `${header}.${claims}`;
  return `${input}.${base64url(signatureOf("RS256", input, privateKey))}`;
};

const good = rs256(goodClaims);
const header = base64url('{"alg":"RS256"}');
// Padded with blanks to a length that base64 must pad.
const claims = base64url(
  `${JSON.stringify(goodClaims)}${" ".repeat(3 - (JSON.stringify(goodClaims).length % 3) + 1)}`,
);
const claimsText = JSON.stringify(goodClaims);

test("the honest token passes", async () => {
  expect(await reasonOf(`Bearer ${good}`)).toBe("authenticated");
  expect(await reasonOf(`Bearer ${spelled(header, claims)}`)).toBe("authenticated");
});

test.each([
  ["an encrypted token (JWE, five parts)", `${good}.${header}.${header}`, "token_malformed"],
  ["a token with a fourth part", `${good}.${header}`, "token_malformed"],
  ["a token without a signature", good.slice(0, good.lastIndexOf(".") + 1), "token_malformed"],
  ["padding at the end", `${good}==`, "token_malformed"],
  ["padding in the claims", spelled(header, `${claims}==`), "request_malformed"],
  ["a space in the token", `${good.slice(0, 40)} ${good.slice(40)}`, "request_malformed"],
  ["a tab after the token", `${good}\t`, "request_malformed"],
  [
    "base64 in place of base64url",
    spelled(header, base64url('{"a":"???>>>"}').replaceAll("_", "/")),
    "token_malformed",
  ],
  ["data after the signature", `${good}AAAA`, "token_signature_invalid"],
  ["data after the claims", rs256(`${claimsText}{"sub":"bob"}`), "token_malformed"],
  ["data after the header", rs256(goodClaims, '{"alg":"RS256"} {"alg":"none"}'), "token_malformed"],
  ["a byte order mark", rs256(`\ufeff${claimsText}`), "token_malformed"],
  ["a claim twice", rs256(claimsText.replace("{", '{"sub":"bob",')), "token_malformed"],
  ["a claim twice, once escaped", rs256(claimsText.replace("{", '{"s\\u0075b":"bob",')), "token_malformed"],
  ["a member twice deep inside", rs256(claimsText.replace("{", '{"x":[{"a":1,"a":2}],')), "token_malformed"],
  ["a header member twice", rs256(goodClaims, '{"alg":"none","alg":"RS256"}'), "token_malformed"],
  ["a token nested in a token (cty)", rs256(good, { alg: "RS256", cty: "JWT" }), "token_malformed"],
  ["a token nested in a token (bare)", rs256(good), "token_malformed"],
  [
    "claims nested deeper than any reader",
    rs256(`{"a":${"[".repeat(99)}${"]".repeat(99)}}`),
    "token_malformed",
  ],
])("refuses %s", async (_, token, reason) => {
  expect(await reasonOf(`Bearer ${token}`)).toBe(reason);
});

test("takes a token of just limits.tokenBytes and refuses one byte more, before any key is asked for", async () => {
  const limited = (tokenBytes: number) => createAuthenticate(authenticationWith({ keys, tokenBytes }));
  expect(await reasonOf(`Bearer ${good}`, limited(good.length))).toBe("authenticated");
  const unasked = keysFrom(() => Promise.reject(new Error("a key was asked for")));
  const ask = createAuthenticate(authenticationWith({ keys: unasked, tokenBytes: good.length - 1 }));
  expect(await reasonOf(`Bearer ${good}`, ask)).toBe("request_malformed");
});
