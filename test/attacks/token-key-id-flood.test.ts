// auth0/node-jwks-rsa#509 and coreos/go-oidc#482: made-up key ids flood the issuer, or lock out honest callers.
import { createSigningKeys } from "../../server/adapters/signing-keys.js";
import { createAuthenticate } from "../../server/authenticate.js";
import { authenticationWith, call } from "../fixtures/authentication.js";
import { startIssuer } from "../fixtures/issuer-server.js";
import { goodClaims, issuerWith, jwk, nowSeconds, rsaKeyPair, signedToken } from "../fixtures/tokens.js";

const pair = rsaKeyPair();

test("a flood of made-up key ids costs the issuer one fetch and honest callers nothing", async () => {
  const server = await startIssuer();
  server.publish(jwk(pair, { kid: "k1" }));
  const issuers = [issuerWith({ issuer: server.url, jwksUri: `${server.url}/jwks` })];
  const clock = () => nowSeconds * 1000;
  const keys = createSigningKeys({ issuers, clock });
  const authenticate = createAuthenticate(authenticationWith({ issuers, keys, clock }));
  const reasonOf = async (kid: string) => {
    const claims = { ...goodClaims, iss: server.url };
    const token = signedToken({ alg: "RS256", kid }, claims, "RS256", pair.privateKey);
    const principal = await authenticate(["Authorization", `Bearer ${token}`], call);
    return principal.ok ? "authenticated" : principal.denial.reason;
  };

  await keys.warm();
  const reasons = await Promise.all(
    Array.from({ length: 200 }, (_, i) => reasonOf(i % 4 === 0 ? "k1" : `made-up-${i}`)),
  );
  for (let i = 0; i < 20; i += 1) reasons.push(await reasonOf(`later-${i}`));
  expect(server.requests).toEqual(["/jwks", "/jwks"]);
  expect(reasons.filter((reason) => reason === "authenticated")).toHaveLength(50);
  expect(reasons.filter((reason) => reason === "token_key_unknown")).toHaveLength(170);
  await keys.close();
  await server.close();
});
