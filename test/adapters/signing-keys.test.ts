import { createFetchJson } from "../../server/adapters/fetch-json.js";
import { createSigningKeys, type FetchedSigningKeys } from "../../server/adapters/signing-keys.js";
import type { Issuer } from "../../server/core/model.js";
import { json, startIssuer, type IssuerServer } from "../fixtures/issuer-server.js";
import { ecKeyPair, issuerWith, jwk, rsaKeyPair } from "../fixtures/tokens.js";

const [first, second] = [rsaKeyPair(), rsaKeyPair()];

describe("createSigningKeys", () => {
  let server: IssuerServer;
  let now: number;
  let closers: (() => Promise<void>)[];
  beforeEach(async () => {
    server = await startIssuer();
    server.publish(jwk(first, { kid: "k1" }));
    now = 0;
    closers = [server.close];
  });
  afterEach(async () => {
    for (const close of closers.reverse()) await close();
  });

  const setUp = (overrides: Partial<Issuer> = {}, deadlineMs = 5_000) => {
    const issuer = issuerWith({ issuer: server.url, ...overrides });
    const fetched: unknown[] = [];
    const keys = createSigningKeys({
      issuers: [issuer],
      clock: () => now,
      fetcher: createFetchJson({ deadlineMs }),
      onFetched: ({ name }, outcome) => fetched.push([name, outcome.ok]),
    });
    closers.push(() => keys.close());
    return { issuer, keys, fetched };
  };

  const find = async ({ keys, issuer }: { keys: FetchedSigningKeys; issuer: Issuer }, kid = "k1") => {
    const found = await keys.find(issuer, { kid, alg: "RS256" });
    return found.ok ? found.value : found.denial;
  };

  const expectUnavailable = async (setup: ReturnType<typeof setUp>, cause: string) => {
    expect(await find(setup)).toEqual({
      reason: "keys_unavailable",
      cause: expect.stringContaining(cause) as string,
      retryAfterSeconds: 2,
    });
  };

  test("finds a key by discovery", async () => {
    const setup = setUp();
    const key = await find(setup);
    expect("equals" in key && key.equals(first.publicKey)).toBe(true);
    expect(server.requests).toEqual(["/.well-known/openid-configuration", "/jwks"]);
    expect(setup.keys.status()).toEqual([{ issuer: "main", ready: true, keys: 1, hasHadKeys: true }]);
    expect(setup.fetched).toEqual([["main", true]]);
  });

  test("asks for the document below an issuer with a path, without doubling its slash", async () => {
    const issuer = `${server.url}/tenant/`;
    const document = json({ issuer, jwks_uri: `${server.url}/jwks` });
    server.answers.set("/tenant/.well-known/openid-configuration", document);
    expect(await find(setUp({ issuer }))).toHaveProperty("asymmetricKeyType", "rsa");
  });

  test("does not look for a discovery document where the key set's place is configured", async () => {
    await find(setUp({ jwksUri: `${server.url}/jwks` }));
    expect(server.requests).toEqual(["/jwks"]);
  });

  test("fetches once for a hundred simultaneous first callers", async () => {
    const setup = setUp();
    await Promise.all(Array.from({ length: 100 }, () => find(setup)));
    expect(server.requests).toHaveLength(2);
  });

  test("follows a rotation as soon as a token names the new key", async () => {
    const setup = setUp();
    await find(setup);
    server.publish(jwk(first, { kid: "k1" }), jwk(second, { kid: "k2" }));
    const key = await find(setup, "k2");
    expect("equals" in key && key.equals(second.publicKey)).toBe(true);
    server.publish(jwk(second, { kid: "k2" }));
    now = 60 * 60_000;
    expect(await find(setup, "k1")).toHaveProperty("reason", "token_key_unknown");
  });

  test.each([
    ["names another issuer", { issuer: "https://evil.example" }, "names issuer"],
    ["names itself with one slash more", {}, "names issuer"],
    ["names no key set", { jwks_uri: undefined }, "names jwks_uri undefined"],
    ["names a key set over plain http elsewhere", { jwks_uri: "http://keys.example/" }, "not an https URL"],
    ["names a key set in a file", { jwks_uri: "file:///etc/keys" }, "not an https URL"],
    ["names a key set that is no URL", { jwks_uri: "keys" }, "not an https URL"],
  ])("a discovery document that %s is not followed", async (_, members, cause) => {
    const jwksUri = `${server.url}/jwks`;
    const document = {
      issuer: `${server.url}${"issuer" in members || "jwks_uri" in members ? "" : "/"}`,
      jwks_uri: jwksUri,
      ...members,
    };
    server.answers.set("/.well-known/openid-configuration", json(document));
    await expectUnavailable(setUp(), cause);
    expect(server.requests).toEqual(["/.well-known/openid-configuration"]);
  });

  test("a discovery document that is a list is an outage with a cause", async () => {
    server.answers.set("/.well-known/openid-configuration", json([]));
    await expectUnavailable(setUp(), "names issuer undefined");
  });

  test("an issuer that answers HTML is an outage with a cause", async () => {
    server.answers.set("/jwks", (response) =>
      response.writeHead(200, { "content-type": "text/html" }).end("<html></html>"),
    );
    await expectUnavailable(setUp(), "/jwks answered no JSON (text/html)");
  });

  test("an issuer whose answer is too large is an outage with a cause", async () => {
    server.answers.set("/jwks", json({ keys: [], padding: "a".repeat(262_144) }));
    await expectUnavailable(setUp(), "/jwks answered more than 262144 bytes");
  });

  test("an issuer that is too slow is an outage with a cause", async () => {
    server.answers.set("/jwks", () => undefined);
    await expectUnavailable(
      setUp({ jwksUri: `${server.url}/jwks` }, 100),
      "/jwks gave no answer within 100 ms",
    );
  });

  test("an issuer that is down is an outage with a cause, and old keys serve meanwhile", async () => {
    const warmed = setUp();
    await warmed.keys.warm();
    await server.close();
    now = 20 * 60_000;
    expect(await find(warmed)).toHaveProperty("asymmetricKeyType", "rsa");
    await expectUnavailable(setUp(), "failed: ECONNREFUSED");
  });

  test("warming never rejects and the status names what failed", async () => {
    const dead = issuerWith({ name: "dead", issuer: server.url, jwksUri: `${server.url}/nothing` });
    const live = issuerWith({ name: "live", issuer: server.url });
    const keys = createSigningKeys({ issuers: [dead, live], clock: () => now });
    closers.push(() => keys.close());
    await keys.warm();
    expect(keys.status()).toEqual([
      {
        ...{ issuer: "dead", ready: false, keys: 0, hasHadKeys: false },
        lastError: `${server.url}/nothing answered 404, not 200`,
      },
      { issuer: "live", ready: true, keys: 1, hasHadKeys: true },
    ]);
  });

  test("a key whose type does not fit the algorithm is not handed out", async () => {
    server.publish(jwk(ecKeyPair(), { kid: "k1" }));
    expect(await find(setUp())).toEqual({
      reason: "token_key_unknown",
      cause: 'no key of the issuer with kid "k1" fits RS256: it is ec, not rsa',
    });
  });

  test("an issuer it was not made for is a bug, not a refusal", () => {
    const { keys } = setUp();
    expect(() => keys.find(issuerWith({ name: "other" }), { alg: "RS256" })).toThrow(
      "issuer other is not one",
    );
  });
});
