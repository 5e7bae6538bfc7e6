// A token that brings its own key: `jwk`, `jku`, `x5u`, `x5c` in the header (CVE-2018-0114, RFC 8725 section 3.10).
import { createSigningKeys, type FetchedSigningKeys } from "../../server/adapters/signing-keys.js";
import { createAuthenticate } from "../../server/authenticate.js";
import { authenticationWith, call } from "../fixtures/authentication.js";
import { json, startIssuer, type IssuerServer } from "../fixtures/issuer-server.js";
import { goodClaims, issuerWith, jwk, nowSeconds, rsaKeyPair, signedToken } from "../fixtures/tokens.js";

const [honest, attacker] = [rsaKeyPair(), rsaKeyPair()];

describe("a key that the token brings along", () => {
  let server: IssuerServer;
  let keys: FetchedSigningKeys;
  beforeEach(async () => {
    server = await startIssuer();
    server.publish(jwk(honest, { kid: "k1" }));
    server.answers.set(
      "/evil",
      json({ keys: [jwk(attacker, { kid: "k1" }), jwk(attacker, { kid: "evil" })] }),
    );
  });
  afterEach(async () => {
    await keys.close();
    await server.close();
  });

  const reasonOf = async (header: object, pair = attacker) => {
    const issuers = [issuerWith({ issuer: server.url })];
    const clock = () => nowSeconds * 1000;
    keys = createSigningKeys({ issuers, clock });
    const claims = { ...goodClaims, iss: server.url };
    const token = signedToken({ alg: "RS256", ...header }, claims, "RS256", pair.privateKey);
    const authenticate = createAuthenticate(authenticationWith({ issuers, keys, clock }));
    const principal = await authenticate(["Authorization", `Bearer ${token}`], call);
    return principal.ok ? "authenticated" : principal.denial.reason;
  };

  test("the honest token passes, even with a reference that is ignored", async () => {
    expect(await reasonOf({ kid: "k1", jku: `${server.url}/evil` }, honest)).toBe("authenticated");
    expect(server.requests).not.toContain("/evil");
  });

  test.each([
    ["jwk", () => ({ kid: "k1", jwk: jwk(attacker, { kid: "k1" }) }), "token_signature_invalid"],
    ["jwk without kid", () => ({ jwk: jwk(attacker) }), "token_signature_invalid"],
    ["jku", () => ({ kid: "k1", jku: `${server.url}/evil` }), "token_signature_invalid"],
    ["jku with a kid of its own", () => ({ kid: "evil", jku: `${server.url}/evil` }), "token_key_unknown"],
    ["x5u", () => ({ kid: "k1", x5u: `${server.url}/evil` }), "token_signature_invalid"],
    ["x5c", () => ({ kid: "k1", x5c: ["MIIB"] }), "token_signature_invalid"],
    ["kid that is a URL", () => ({ kid: `${server.url}/evil` }), "token_key_unknown"],
    ["kid that is a path", () => ({ kid: "../../evil" }), "token_key_unknown"],
    ["kid that is a prototype's member", () => ({ kid: "__proto__" }), "token_key_unknown"],
  ])("%s is never followed", async (_, header, reason) => {
    expect(await reasonOf(header())).toBe(reason);
    expect(server.requests).not.toContain("/evil");
  });
});
