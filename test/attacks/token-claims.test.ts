// Whom a token is for, and when (RFC 7519 sections 4.1.3 to 4.1.6, RFC 9068 section 4, RFC 8725 sections 3.9 and 3.11):
// well-signed tokens at both sides of every edge.
import { createAuthenticate } from "../../server/authenticate.js";
import type { Issuer } from "../../server/core/model.js";
import { accept } from "../../server/core/result.js";
import { authenticationWith, call, keysFrom } from "../fixtures/authentication.js";
import { goodClaims, issuerWith, nowSeconds as now, rsaKeyPair, signedToken } from "../fixtures/tokens.js";

const { publicKey, privateKey } = rsaKeyPair();
const keys = keysFrom(() => Promise.resolve(accept(publicKey)));

const reasonOf = async (claims: object, issuer: Partial<Issuer> = {}, header: object = {}) => {
  const token = signedToken({ alg: "RS256", ...header }, { ...goodClaims, ...claims }, "RS256", privateKey);
  const authenticate = createAuthenticate(authenticationWith({ issuers: [issuerWith(issuer)], keys }));
  const principal = await authenticate(["Authorization", `Bearer ${token}`], call);
  return principal.ok ? "authenticated" : principal.denial.reason;
};

describe.each([0, 30, 300])("with a tolerance of %d s", (clockToleranceSeconds) => {
  test.each([
    ["exp past, just tolerated", { exp: now - clockToleranceSeconds + 1 }, "authenticated"],
    ["exp past, just too long", { exp: now - clockToleranceSeconds }, "token_expired"],
    ["nbf ahead, just tolerated", { nbf: now + clockToleranceSeconds }, "authenticated"],
    ["nbf ahead, just too far", { nbf: now + clockToleranceSeconds + 1 }, "token_not_yet_valid"],
    ["iat ahead, just tolerated", { iat: now + clockToleranceSeconds }, "authenticated"],
    ["iat ahead, just too far", { iat: now + clockToleranceSeconds + 1 }, "token_not_yet_valid"],
  ])("%s", async (_, claims, reason) => {
    expect(await reasonOf(claims, { clockToleranceSeconds })).toBe(reason);
  });
});

test.each([
  ["aud as text", { aud: goodClaims.aud }, "authenticated"],
  ["aud as a list", { aud: ["https://other", goodClaims.aud] }, "authenticated"],
  ["aud of another API", { aud: "https://other" }, "token_audience_invalid"],
  [
    "no aud, and the right client_id",
    { aud: undefined, client_id: goodClaims.aud },
    "token_audience_invalid",
  ],
  ["another aud, and the right azp", { aud: "https://other", azp: goodClaims.aud }, "token_audience_invalid"],
  ["several aud, and any azp", { aud: ["a", goodClaims.aud], azp: "client" }, "authenticated"],
])("%s", async (_, claims, reason) => {
  expect(await reasonOf(claims)).toBe(reason);
});

test("client_id stands in for a missing aud only where the configuration says so", async () => {
  const cognito = { clientIdAsAudience: true, audience: ["client-1"] };
  const claims = { aud: undefined, client_id: "client-1", token_use: "access" };
  expect(await reasonOf(claims, cognito)).toBe("authenticated");
  expect(await reasonOf(claims, { ...cognito, clientIdAsAudience: false })).toBe("token_audience_invalid");
  expect(await reasonOf({ ...claims, aud: "https://other" }, cognito)).toBe("token_audience_invalid");
});

test.each([
  ["at+jwt", "authenticated"],
  ["application/at+jwt", "authenticated"],
  ["JWT", "authenticated"],
  [undefined, "authenticated"],
  ["dpop+jwt", "token_malformed"],
  ["logout+jwt", "token_malformed"],
  ["secevent+jwt", "token_malformed"],
])("typ %j is %s", async (typ, reason) => {
  expect(await reasonOf({}, {}, { typ })).toBe(reason);
});
