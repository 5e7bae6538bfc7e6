import { SignJWT, UnsecuredJWT } from "jose";
import fc from "fast-check";
import type { OidcProvider, Outcome } from "../../../../deploy/local/aws/model.js";
import {
  createWebIdentityVerifier,
  type WebIdentity,
} from "../../../../deploy/local/aws/sts/verify-web-identity.js";
import { now } from "../iam/sample-caller.js";
import {
  algorithms,
  clientId,
  createTokenKeys,
  legalClaims,
  oidcProvider,
  seconds,
} from "./web-identity-tokens.js";

const keys = createTokenKeys(...algorithms);
const strangers = createTokenKeys("ES256");

const asked: string[] = [];
const verify = (token: string, provider: OidcProvider = oidcProvider()): Promise<Outcome<WebIdentity>> =>
  createWebIdentityVerifier({
    providers: [provider],
    findKeys: (url) => {
      asked.push(url);
      return Promise.resolve({ ok: true, value: keys.published });
    },
    clock: () => now,
  })(token);
const refusal = async (token: string, provider?: OidcProvider): Promise<string> => {
  const outcome = await verify(token, provider);
  return outcome.ok ? "accepted" : `${outcome.error.status} ${outcome.error.type}: ${outcome.error.message}`;
};

test("says who it speaks for", async () => {
  const token = await keys.sign({ amr: ["pwd", "mfa"] });
  expect(await verify(token)).toEqual({
    ok: true,
    value: {
      provider: oidcProvider(),
      subject: "alice-1234",
      audience: clientId,
      amr: ["pwd", "mfa"],
      tags: [],
      transitiveTagKeys: [],
    },
  });
});

test.each(algorithms)("takes %s", async (alg) => {
  expect(await refusal(await keys.sign({}, { alg }))).toBe("accepted");
});

test.each<[string, object]>([
  ["a token about to end", { exp: seconds + 1 }],
  ["a token that ended less than five minutes ago", { exp: seconds - 299 }],
  ["a token of this very second", { iat: seconds, nbf: seconds }],
  ["a list of one audience", { aud: [clientId] }],
  ["azp that is the audience", { azp: clientId }],
  ["several audiences with azp", { aud: ["other", clientId], azp: clientId }],
  ["a subject of 255", { sub: "s".repeat(255) }],
  ["a source identity", { "https://aws.amazon.com/source_identity": "alice" }],
])("takes %s", async (_title, claims) => {
  expect(await refusal(await keys.sign(claims))).toBe("accepted");
});

test.each<[string, object, string]>([
  [
    "a token that ended five minutes ago",
    { exp: seconds - 300 },
    `400 ExpiredTokenException: Token expired: current date/time ${seconds} must be before the expiration date/time ${seconds - 300}`,
  ],
  ["no exp", { exp: undefined }, "400 InvalidIdentityToken: Missing a required claim: exp"],
  ["no iat", { iat: undefined }, "400 InvalidIdentityToken: Missing a required claim: iat"],
  ["no sub", { sub: undefined }, "400 InvalidIdentityToken: Missing a required claim: sub"],
  ["an empty sub", { sub: "" }, "400 InvalidIdentityToken: Missing a required claim: sub"],
  ["a subject of 256", { sub: "s".repeat(256) }, "400 InvalidIdentityToken: Missing a required claim: sub"],
  ["no aud", { aud: undefined }, "400 InvalidIdentityToken: Missing a required claim: aud"],
  ["no iss", { iss: undefined }, "400 InvalidIdentityToken: Missing a required claim: iss"],
  ["iss that is no text", { iss: 1 }, "400 InvalidIdentityToken: Missing a required claim: iss"],
  [
    "another issuer",
    { iss: "https://evil.example" },
    "400 InvalidIdentityToken: No OpenIDConnect provider found in your account for https://evil.example",
  ],
  [
    "the issuer with a slash",
    { iss: `${legalClaims.iss}/` },
    `400 InvalidIdentityToken: No OpenIDConnect provider found in your account for ${legalClaims.iss}/`,
  ],
  [
    "the issuer under https",
    { iss: legalClaims.iss.replace("http:", "https:") },
    "400 InvalidIdentityToken: No OpenIDConnect provider found in your account for https://127.0.0.1:4000",
  ],
  ["another audience", { aud: "other" }, "400 InvalidIdentityToken: Incorrect token audience"],
  ["no audience in the list", { aud: [] }, "400 InvalidIdentityToken: Incorrect token audience"],
  ["several audiences", { aud: [clientId, "x"] }, "400 InvalidIdentityToken: Incorrect token audience"],
  ["azp that is another client", { azp: "other" }, "400 InvalidIdentityToken: Incorrect token audience"],
  [
    "azp of a client that the provider does not have",
    { aud: [clientId, "other"], azp: "other" },
    "400 InvalidIdentityToken: Incorrect token audience",
  ],
  ["azp that is no text", { azp: 1 }, "400 InvalidIdentityToken: Incorrect token audience"],
  ["a future iat", { iat: seconds + 1 }, "400 InvalidIdentityToken: The token is not yet valid."],
  ["a future nbf", { nbf: seconds + 1 }, "400 InvalidIdentityToken: The token is not yet valid."],
  [
    "an nbf far ahead",
    { nbf: seconds + 301 },
    '400 InvalidIdentityToken: "nbf" claim timestamp check failed',
  ],
  [
    "a source identity with a space",
    { "https://aws.amazon.com/source_identity": "a b" },
    "403 IDPRejectedClaim: The token's claims are refused: Value 'a b' at 'source_identity'",
  ],
])("refuses %s", async (_title, claims, message) => {
  expect(await refusal(await keys.sign(claims))).toContain(message);
});

const notJwt = "400 InvalidIdentityToken: The ID Token provided is not a valid JWT.";
const unverified = "400 InvalidIdentityToken: The token's signature could not be verified";

test.each<[string, () => Promise<string> | string, string]>([
  ["text", () => "nothing", notJwt],
  ["an access token that is no JWT", () => "gho_0123456789", notJwt],
  ["three parts that are none", () => "a.b.c", notJwt],
  ["an access token (RFC 9068)", () => keys.sign({}, { typ: "at+jwt" }), notJwt],
  [
    "a token without kid",
    () => keys.sign({}, { kid: undefined } as object),
    "The token's header has no kid.",
  ],
  ["an unknown kid", () => keys.sign({}, { kid: "other" }), unverified],
  ["another's key under the same kid", () => strangers.sign(), unverified],
  [
    "a token that was changed",
    async () => {
      const [header, , signature] = (await keys.sign()).split(".");
      const claims = Buffer.from(JSON.stringify({ ...legalClaims, sub: "mallory" })).toString("base64url");
      return [header, claims, signature].join(".");
    },
    unverified,
  ],
  ["no signature", () => new UnsecuredJWT({ ...legalClaims }).encode(), "The token's header has no kid."],
  [
    "a shared secret",
    () =>
      new SignJWT({ ...legalClaims })
        .setProtectedHeader({ alg: "HS256", kid: "RS256" })
        .sign(new TextEncoder().encode("s".repeat(32))),
    unverified,
  ],
  ["an extension that must be understood", () => keys.sign({}, { crit: ["x"], x: 1 }), unverified],
])("%s", async (_title, make, message) => {
  expect(await refusal(await make())).toContain(message);
});

test("azp that is a client of the provider, and not the token's audience", async () => {
  const provider = oidcProvider(undefined, clientId, "other");
  expect(await refusal(await keys.sign({ aud: clientId, azp: "other" }), provider)).toBe(
    "400 InvalidIdentityToken: Incorrect token audience",
  );
  expect(await refusal(await keys.sign({ aud: "other", azp: "other" }), provider)).toBe("accepted");
});

test("nobody is asked for keys on a stranger's word", async () => {
  asked.length = 0;
  await refusal(await keys.sign({ iss: "http://127.0.0.1:1" }));
  expect(asked).toEqual([]);
});

test("why a provider's keys cannot be had is passed on", async () => {
  const error = { status: 400, type: "IDPCommunicationError", message: "down" };
  const verifyWithoutKeys = createWebIdentityVerifier({
    providers: [oidcProvider()],
    findKeys: () => Promise.resolve({ ok: false, error }),
    clock: () => now,
  });
  expect(await verifyWithoutKeys(await keys.sign())).toEqual({ ok: false, error });
});

test("a key that cannot be used is the token's fault, not a crash", async () => {
  const verifyWithBadKey = createWebIdentityVerifier({
    providers: [oidcProvider()],
    findKeys: () =>
      Promise.resolve({ ok: true, value: { keys: [{ kty: "RSA", kid: "RS256", n: "?", e: "?" }] } }),
    clock: () => now,
  });
  expect(await verifyWithBadKey(await keys.sign())).toMatchObject({
    error: { type: "InvalidIdentityToken" },
  });
});

test("whatever the token is, the answer is a refusal that STS has a code for", async () => {
  const part = fc.oneof(
    fc.string(),
    fc.json().map((text) => Buffer.from(text).toString("base64url")),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 5 }), async (parts) => {
      expect(await refusal(parts.join("."))).toMatch(/^400 InvalidIdentityToken: /);
    }),
    { numRuns: 300 },
  );
});
