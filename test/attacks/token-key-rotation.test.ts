// Rotation under load: an issuer that publishes its new key before it signs with it loses no caller, and the old key ends
// with the next refresh, for tokens that were verified before as well (auth0/node-jwks-rsa#509, ory/oathkeeper#763).
import { createSigningKeys } from "../../server/adapters/signing-keys.js";
import { createAuthenticate } from "../../server/authenticate.js";
import { authenticationWith, call } from "../fixtures/authentication.js";
import { startIssuer, type IssuerServer } from "../fixtures/issuer-server.js";
import { goodClaims, issuerWith, jwk, nowSeconds, rsaKeyPair, signedToken } from "../fixtures/tokens.js";

const [oldPair, newPair] = [rsaKeyPair(), rsaKeyPair()];
const minuteMs = 60_000;

let server: IssuerServer;
beforeEach(async () => {
  server = await startIssuer();
  server.publish(jwk(oldPair, { kid: "old" }));
});
afterEach(() => server.close());

const setUp = () => {
  const clock = { now: nowSeconds * 1000 };
  const issuers = [issuerWith({ issuer: server.url, jwksUri: `${server.url}/jwks` })];
  const keys = createSigningKeys({ issuers, clock: () => clock.now });
  const authenticate = createAuthenticate(authenticationWith({ issuers, keys, clock: () => clock.now }));
  const tokenBy = (kid: "old" | "new", sub: string) => {
    const claims = { ...goodClaims, iss: server.url, sub, exp: nowSeconds + 86_400 };
    const { privateKey } = kid === "old" ? oldPair : newPair;
    return signedToken({ alg: "RS256", kid }, claims, "RS256", privateKey);
  };
  const reasonOf = async (token: string) => {
    const principal = await authenticate(["Authorization", `Bearer ${token}`], call);
    return principal.ok ? "authenticated" : principal.denial.reason;
  };
  /** `count` callers at once, each with a token of its own. */
  const burst = async (count: number, kidOf: (i: number) => "old" | "new") =>
    new Set(
      await Promise.all(Array.from({ length: count }, (_, i) => reasonOf(tokenBy(kidOf(i), `caller-${i}`)))),
    );
  return { clock, keys, tokenBy, reasonOf, burst };
};

test("600 callers at once, before, while and after the key changes, are all authenticated", async () => {
  const { clock, keys, burst } = setUp();
  const all = new Set(["authenticated"]);
  expect(await burst(200, () => "old")).toEqual(all);
  server.publish(jwk(oldPair, { kid: "old" }), jwk(newPair, { kid: "new" }));
  clock.now += minuteMs;
  // The first with the new key make the gateway look; nobody else waits for that or is refused.
  expect(await burst(200, (i) => (i % 2 === 0 ? "old" : "new"))).toEqual(all);
  server.publish(jwk(newPair, { kid: "new" }));
  clock.now += 11 * minuteMs;
  expect(await burst(200, () => "new")).toEqual(all);
  expect(server.requests.length).toBeLessThanOrEqual(3);
  await keys.close();
});

test("a flood of made-up key ids before the change does not hide the new key for longer than its cool-down", async () => {
  const { clock, keys, burst, reasonOf } = setUp();
  await burst(1, () => "old");
  const madeUp = signedToken(
    { alg: "RS256", kid: "x" },
    { ...goodClaims, iss: server.url },
    "RS256",
    oldPair.privateKey,
  );
  expect(await reasonOf(madeUp)).toBe("token_key_unknown");
  server.publish(jwk(oldPair, { kid: "old" }), jwk(newPair, { kid: "new" }));
  clock.now += 30_000;
  expect(await burst(200, (i) => (i % 2 === 0 ? "old" : "new"))).toEqual(new Set(["authenticated"]));
  await keys.close();
});

test("a withdrawn key is refused after the next refresh, even for a token that was verified before", async () => {
  const { clock, keys, tokenBy, reasonOf } = setUp();
  const token = tokenBy("old", "alice");
  expect(await reasonOf(token)).toBe("authenticated");
  server.publish(jwk(newPair, { kid: "new" }));
  await keys.warm();
  clock.now += minuteMs;
  expect(await reasonOf(token)).toBe("token_key_unknown");
  await keys.close();
});

test("callers with verified tokens alone make the gateway look for withdrawn keys", async () => {
  const { clock, keys, tokenBy, reasonOf } = setUp();
  const token = tokenBy("old", "alice");
  await reasonOf(token);
  server.publish(jwk(newPair, { kid: "new" }));
  clock.now += 10 * minuteMs;
  expect(await reasonOf(token)).toBe("authenticated");
  // Joins the fetch that the hit began in the background.
  await keys.warm();
  expect(server.requests).toEqual(["/jwks", "/jwks"]);
  expect(await reasonOf(token)).toBe("token_key_unknown");
  await keys.close();
});
