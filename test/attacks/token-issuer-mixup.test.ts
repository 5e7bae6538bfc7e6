// Two trusted issuers with one key id: neither may speak for the other (RFC 8725 sections 2.7 and 3.8).
import { createSigningKeys } from "../../server/adapters/signing-keys.js";
import { createAuthenticate } from "../../server/authenticate.js";
import { authenticationWith, call } from "../fixtures/authentication.js";
import { startIssuer, type IssuerServer } from "../fixtures/issuer-server.js";
import { goodClaims, issuerWith, jwk, nowSeconds, rsaKeyPair, signedToken } from "../fixtures/tokens.js";

const pairs = { one: rsaKeyPair(), two: rsaKeyPair() };

describe("two issuers whose keys have the same kid", () => {
  let servers: { one: IssuerServer; two: IssuerServer };
  beforeEach(async () => {
    servers = { one: await startIssuer(), two: await startIssuer() };
    servers.one.publish(jwk(pairs.one, { kid: "k1" }));
    servers.two.publish(jwk(pairs.two, { kid: "k1" }));
  });
  afterEach(async () => {
    await Promise.all([servers.one.close(), servers.two.close()]);
  });

  const authenticateAll = async (tokens: readonly string[]) => {
    const issuers = (["one", "two"] as const).map((name) => issuerWith({ name, issuer: servers[name].url }));
    const clock = () => nowSeconds * 1000;
    const keys = createSigningKeys({ issuers, clock });
    const authenticate = createAuthenticate(authenticationWith({ issuers, keys, clock }));
    const principals = await Promise.all(
      tokens.map((token) => authenticate(["Authorization", `Bearer ${token}`], call)),
    );
    await keys.close();
    return principals.map((one) => (one.ok ? one.value.issuer.name : one.denial.reason));
  };

  const token = (iss: string, signer: keyof typeof pairs, header: object = { kid: "k1" }) =>
    signedToken({ alg: "RS256", ...header }, { ...goodClaims, iss }, "RS256", pairs[signer].privateKey);

  test("each token is judged with its own issuer's key", async () => {
    const { one, two } = servers;
    expect(
      await authenticateAll([
        token(one.url, "one"),
        token(two.url, "two"),
        token(one.url, "two"),
        token(two.url, "one"),
      ]),
    ).toEqual(["one", "two", "token_signature_invalid", "token_signature_invalid"]);
  });

  test("the same without a kid", async () => {
    const { one } = servers;
    expect(await authenticateAll([token(one.url, "one", {}), token(one.url, "two", {})])).toEqual([
      "one",
      "token_signature_invalid",
    ]);
  });
});
