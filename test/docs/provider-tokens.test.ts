// The samples of docs/identity-providers.md as signed tokens: taken by authenticate, with the issuer's keys fetched over a
// real socket, or refused where the page says so.
import { createHash, createSecretKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { createSigningKeys, type FetchedSigningKeys } from "../../server/adapters/signing-keys.js";
import { createAuthenticate, type Authenticate } from "../../server/authenticate.js";
import type { Issuer } from "../../server/core/model.js";
import { settingsOf } from "../config/documents.js";
import { authenticationWith, call } from "../fixtures/authentication.js";
import { startIssuer, type IssuerServer } from "../fixtures/issuer-server.js";
import { ecKeyPair, jwk, rsaKeyPair, signedToken, type KeyPair } from "../fixtures/tokens.js";
import { patched, type Claims } from "./patched-claims.js";
import { nearMisses } from "./provider-near-misses.js";
import { recipeNamed, recipes, type Recipe, type Sample } from "./provider-page.js";

const rsa = rsaKeyPair();
const keyPairs: Readonly<Record<string, KeyPair>> = { RS256: rsa, ES384: ecKeyPair("P-384") };
const keyPairOf = (alg: string): KeyPair => keyPairs[alg] ?? rsa;
const strangers: Readonly<Record<string, KeyPair>> = { RS256: rsaKeyPair(), ES384: ecKeyPair("P-384") };

/** What Keycloak has beside the key that signs: one that encrypts, and one of a kind that we do not take. */
const besides = [
  jwk(rsaKeyPair(), { kid: "encryption", use: "enc", alg: "RSA-OAEP" }),
  jwk(generateKeyPairSync("ed25519"), { kid: "eddsa", use: "sig", alg: "EdDSA" }),
];

let server: IssuerServer;
beforeAll(async () => {
  server = await startIssuer();
  const algorithms = new Map(recipes.map(({ sample: { header } }) => [header.kid, header.alg]));
  const keys = [...algorithms].map(([kid, alg]) => jwk(keyPairOf(alg), { kid, use: "sig", alg }));
  // As the API server of Kubernetes does: its key set is of no other type.
  server.answers.set("/jwks", (response) => {
    const type = "application/jwk-set+json";
    const acceptable = (response.req.headers.accept ?? "").includes(type);
    response.writeHead(acceptable ? 200 : 406, { "content-type": type });
    response.end(JSON.stringify({ keys: [...besides, ...keys] }));
  });
});
afterAll(() => server.close());

const fetched: FetchedSigningKeys[] = [];
afterAll(() => Promise.all(fetched.map((keys) => keys.close())));

/** The recipe's issuer, exactly as the page has it, but for where the keys are. */
const issuersOf = ({ configuration }: Recipe, overrides: Partial<Issuer> = {}): Issuer[] =>
  settingsOf(configuration).issuers.map((issuer) => ({
    ...issuer,
    jwksUri: `${server.url}/jwks`,
    ...overrides,
  }));

const authenticateFor = (recipe: Recipe, overrides: Partial<Issuer> = {}): Authenticate => {
  const issuers = issuersOf(recipe, overrides);
  const clock = () => (recipe.sample.claims.iat + 10) * 1000;
  const keys = createSigningKeys({ issuers, clock });
  fetched.push(keys);
  return createAuthenticate(authenticationWith({ issuers, clock, keys }));
};

const tokenOf = ({ header, claims }: Sample, key: KeyObject = keyPairOf(header.alg).privateKey): string =>
  signedToken(header, claims, header.alg, key);

const asThePageHasIt = new Map<Recipe, Authenticate>();

/** `taken as SUBJECT`, or the reason of the refusal. */
const verdictOn = async (recipe: Recipe, token: string, overrides?: Partial<Issuer>): Promise<string> => {
  const known = overrides ? undefined : asThePageHasIt.get(recipe);
  const authenticate = known ?? authenticateFor(recipe, overrides);
  if (!overrides) asThePageHasIt.set(recipe, authenticate);
  const principal = await authenticate(["Authorization", `Bearer ${token}`], call);
  return principal.ok ? `taken as ${principal.value.subject}` : principal.denial.reason;
};

const withHeader = ({ sample }: Recipe, members: object): Sample => ({
  ...sample,
  header: { ...sample.header, ...members },
});

const withClaims = ({ sample }: Recipe, claims: Claims): Sample => ({
  ...sample,
  claims: patched(sample.claims, claims) as Sample["claims"],
});

describe.each(recipes)("$title", (recipe) => {
  test("the sample, signed by the issuer, is taken", async () => {
    expect(await verdictOn(recipe, tokenOf(recipe.sample))).toBe(
      `taken as ${String(recipe.sample.claims.sub)}`,
    );
  });

  test("is refused with another's signature, an unknown key and an algorithm of the token's choice", async () => {
    const other = strangers[recipe.sample.header.alg]?.privateKey;
    expect(await verdictOn(recipe, tokenOf(recipe.sample, other))).toBe("token_signature_invalid");
    expect(await verdictOn(recipe, tokenOf(withHeader(recipe, { kid: "other" })))).toBe("token_key_unknown");
    const secret = createSecretKey(Buffer.alloc(64, 1));
    expect(await verdictOn(recipe, tokenOf(withHeader(recipe, { alg: "HS512" }), secret))).toBe(
      "token_algorithm_refused",
    );
  });

  test.each(nearMisses(recipe.title).filter(({ denial }) => denial.startsWith("token_")))(
    "$name is refused",
    async ({ claims, denial }) => {
      expect(await verdictOn(recipe, tokenOf(withClaims(recipe, claims)))).toBe(denial);
    },
  );

  test("is taken with the header's typ JWT, at+jwt or none, and with no other", async () => {
    const verdict = (typ?: string) => verdictOn(recipe, tokenOf(withHeader(recipe, { typ })));
    const taken = await Promise.all([verdict("JWT"), verdict("at+jwt"), verdict()]);
    expect(new Set(taken)).toEqual(new Set([`taken as ${String(recipe.sample.claims.sub)}`]));
    expect(await verdict("logout+jwt")).toBe("token_malformed");
  });
});

test("an access token of Okta's org server is refused by its typ, even if the rest were right", async () => {
  const okta = recipeNamed("Okta");
  const token = tokenOf(withHeader(okta, { typ: "application/okta-internal-at+jwt" }));
  expect(await verdictOn(okta, token)).toBe("token_malformed");
});

test("a token of Entra for Microsoft Graph is refused: what is signed is not the header that is sent", async () => {
  const entra = recipeNamed("Microsoft Entra ID");
  const nonce = "oQnQ3mOZ2Ck";
  const digest = createHash("sha256").update(nonce).digest("base64url");
  const [, claims, signature] = tokenOf(withHeader(entra, { nonce: digest })).split(".");
  const [header] = tokenOf(withHeader(entra, { nonce })).split(".");
  expect(await verdictOn(entra, [header, claims, signature].join("."))).toBe("token_signature_invalid");
});

test("a token of AWS needs ES384 among the algorithms, which is no default; one signed with RS256 is taken", async () => {
  const aws = recipeNamed("AWS workloads");
  const defaults: Partial<Issuer> = { algorithms: ["RS256", "ES256"] };
  expect(await verdictOn(aws, tokenOf(aws.sample), defaults)).toBe("token_algorithm_refused");
  const kid = recipeNamed("Okta").sample.header.kid;
  expect(await verdictOn(aws, tokenOf(withHeader(aws, { alg: "RS256", kid })))).toMatch(/^taken/);
});

test("a token of AWS for several audiences is taken when ours is among them", async () => {
  const aws = recipeNamed("AWS workloads");
  const aud = ["https://other.example.com", "https://gateway.example.com"];
  expect(await verdictOn(aws, tokenOf(withClaims(aws, { aud })))).toMatch(/^taken/);
});

test("a token of Cognito for a resource is taken when that resource is listed", async () => {
  const cognito = recipeNamed("Amazon Cognito: Access tokens");
  const token = tokenOf(withClaims(cognito, { aud: "https://api.example.com/reports" }));
  expect(await verdictOn(cognito, token, { audience: ["https://api.example.com/reports"] })).toMatch(
    /^taken/,
  );
});
