import { createAuthenticate, type Authentication } from "../server/authenticate.js";
import { accept, refuse, type Result } from "../server/core/result.js";
import { authenticationWith, call, keysFrom } from "./fixtures/authentication.js";
import { goodClaims, issuerWith, nowSeconds, rsaKeyPair, signedToken } from "./fixtures/tokens.js";

const rsa = rsaKeyPair();
const main = issuerWith();
const tenant = issuerWith({ name: "tenant", issuer: "https://id.example.com/tenant", audience: null });

const rs256 = (claims: object, header: object = {}) =>
  signedToken({ alg: "RS256", kid: "k1", ...header }, claims, "RS256", rsa.privateKey);

const authenticate = (token: string, overrides: Partial<Authentication> = {}, allowBare = false) =>
  createAuthenticate(
    authenticationWith({
      issuers: [main, tenant],
      keys: keysFrom(() => Promise.resolve(accept(rsa.publicKey))),
      tokenBytes: 4096,
      ...overrides,
    }),
  )(["Host", "gateway", "Authorization", token], { ...call, allowBare });

const reasonOf = async (...args: Parameters<typeof authenticate>) => {
  const principal = await authenticate(...args);
  return principal.ok ? "authenticated" : principal.denial.reason;
};

describe("authenticate", () => {
  test("makes a principal of a good token: issuer, subject, claims, end and scopes", async () => {
    const claims = { ...goodClaims, scope: "reports:read reports:write", groups: ["analysts"] };
    expect(await authenticate(`Bearer ${rs256(claims)}`)).toEqual({
      ok: true,
      value: {
        issuer: main,
        subject: "alice",
        claims,
        expiresAt: nowSeconds + 600,
        scopes: new Set(["reports:read", "reports:write"]),
      },
    });
  });

  test("takes the issuer that the token names, with that issuer's own audience rule", async () => {
    const claims = { ...goodClaims, iss: tenant.issuer, aud: "anyone" };
    expect(await authenticate(`Bearer ${rs256(claims)}`)).toMatchObject({
      ok: true,
      value: { issuer: tenant },
    });
    expect(await reasonOf(`Bearer ${rs256({ ...claims, iss: main.issuer })}`)).toBe("token_audience_invalid");
  });

  test("takes a bare token at the grant door only", async () => {
    expect(await reasonOf(rs256(goodClaims), {}, true)).toBe("authenticated");
    expect(await reasonOf(rs256(goodClaims), {}, false)).toBe("request_malformed");
  });

  test("misses credentials where there is no Authorization header", async () => {
    const keys = keysFrom(() => Promise.reject(new Error("not asked for")));
    const authenticateAnyone = createAuthenticate(authenticationWith({ keys }));
    expect(await authenticateAnyone(["Host", "gateway"], { ...call, allowBare: true })).toEqual(
      refuse({ reason: "credentials_missing" }),
    );
  });

  test.each([
    ["a token that is none", "Bearer abc", "token_malformed"],
    ["a token over the limit", `Bearer ${"a".repeat(4097)}`, "request_malformed"],
    [
      "an unknown issuer",
      `Bearer ${rs256({ ...goodClaims, iss: "https://evil.example" })}`,
      "token_issuer_unknown",
    ],
    ["an algorithm not listed", `Bearer ${rs256(goodClaims, { alg: "RS512" })}`, "token_algorithm_refused"],
  ])("refuses %s before any key is asked for", async (_, header, reason) => {
    const keys = keysFrom(() => Promise.reject(new Error("a key was asked for")));
    expect(await reasonOf(header, { keys })).toBe(reason);
  });

  test.each([
    ["a wrong signature", { ...goodClaims }, rsaKeyPair().publicKey, "token_signature_invalid"],
    ["an expired token", { ...goodClaims, exp: nowSeconds - 30 }, rsa.publicKey, "token_expired"],
    [
      "a token from the future",
      { ...goodClaims, iat: nowSeconds + 31 },
      rsa.publicKey,
      "token_not_yet_valid",
    ],
    ["a token without exp", { ...goodClaims, exp: undefined }, rsa.publicKey, "token_claim_invalid"],
    ["a token without aud", { ...goodClaims, aud: undefined }, rsa.publicKey, "token_audience_invalid"],
    ["a token without sub", { ...goodClaims, sub: undefined }, rsa.publicKey, "token_claim_invalid"],
  ])("refuses %s", async (_, claims, key, reason) => {
    const keys = keysFrom(() => Promise.resolve(accept(key)));
    expect(await reasonOf(`Bearer ${rs256(claims)}`, { keys })).toBe(reason);
  });

  test("asks for the key by the token's kid and algorithm, and for nothing else of its header", async () => {
    const asked: unknown[] = [];
    const keys = keysFrom((issuer, header) => {
      asked.push([issuer.name, header]);
      return Promise.resolve(accept(rsa.publicKey));
    });
    await authenticate(`Bearer ${rs256(goodClaims, { jku: "https://evil.example/", typ: "at+jwt" })}`, {
      keys,
    });
    expect(asked).toEqual([["main", { kid: "k1", alg: "RS256" }]]);
  });

  test("an issuer that cannot be asked is an outage, not a bad token", async () => {
    const outage: Result<never> = refuse({ reason: "keys_unavailable", cause: "down", retryAfterSeconds: 2 });
    const keys = keysFrom(() => Promise.resolve(outage));
    expect(await authenticate(`Bearer ${rs256(goodClaims)}`, { keys })).toBe(outage);
  });

  test("looks at the clock after the keys came, so a token that ran out meanwhile is refused", async () => {
    let now = (nowSeconds + 629) * 1000;
    const keys = keysFrom(() => {
      now += 5_000;
      return Promise.resolve(accept(rsa.publicKey));
    });
    expect(await reasonOf(`Bearer ${rs256(goodClaims)}`, { clock: () => now })).toBe("authenticated");
    expect(await reasonOf(`Bearer ${rs256(goodClaims)}`, { clock: () => now, keys })).toBe("token_expired");
  });

  test("no refusal quotes the token", async () => {
    const token = rs256({ ...goodClaims, exp: 1 });
    for (const header of [`Bearer ${token}`, token, `Basic ${token}`, `Bearer ${token} ${token}`]) {
      const text = JSON.stringify(await authenticate(header));
      for (const part of token.split(".")) expect(text).not.toContain(part);
    }
  });
});
