// A sign-in by authorization code and PKCE (RFC 6749 4.1, RFC 7636) at the local OpenID provider, as the demo page does
// it, and what is refused.
import { createHash } from "node:crypto";
import { createRemoteJWKSet, decodeJwt, jwtVerify } from "jose";
import { startOpenIdProvider, type OpenIdProvider } from "../../../../deploy/local/issuer/openid-provider.js";
import { Visitor, type Seen } from "./visitor.js";

let provider: OpenIdProvider;
beforeAll(async () => {
  provider = await startOpenIdProvider({ port: 0, accessTokenTtlSeconds: 120 });
});
afterAll(() => provider.close());

const redirectUri = "http://127.0.0.1:3999/demo/";
const verifier = "v".repeat(43);
const asked = {
  client_id: "grantway-demo",
  response_type: "code",
  redirect_uri: redirectUri,
  scope: "openid profile company reports:read",
  state: "the-state",
  nonce: "the-nonce",
  code_challenge: createHash("sha256").update(verifier).digest("base64url"),
  code_challenge_method: "S256",
};

type Fields = Readonly<Record<string, string | undefined>>;
const given = (fields: Fields): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).flatMap(([k, v]) => (v === undefined ? [] : [[k, v]])));

const begin = (visitor: Visitor, changed: Fields = {}): Promise<Seen> =>
  visitor.open(`${provider.issuer}/auth?${new URLSearchParams(given({ ...asked, ...changed })).toString()}`);

/** What the client's address was given, in its query or, where `response_type` asks for it, in its fragment. */
function answerAt(seen: Seen): URLSearchParams {
  const { hash, searchParams } = new URL(seen.headers.get("location") ?? "none:");
  return hash === "" ? searchParams : new URLSearchParams(hash.slice(1));
}

async function codeOf(user: string, visitor = new Visitor()): Promise<string> {
  return answerAt(await visitor.submit(await begin(visitor), { user })).get("code") ?? "";
}

async function redeem(fields: Fields, headers: Record<string, string> = {}) {
  const body = new URLSearchParams(given({ client_id: "grantway-demo", ...fields }));
  const response = await fetch(`${provider.issuer}/token`, { method: "POST", body, headers });
  const { status } = response;
  return {
    status,
    headers: response.headers,
    answer: (await response.json()) as Readonly<Record<string, string>>,
  };
}

const redeemCode = (code: string, changed: Fields = {}) =>
  redeem({
    grant_type: "authorization_code",
    code,
    code_verifier: verifier,
    redirect_uri: redirectUri,
    ...changed,
  });

describe("a sign-in", () => {
  it("gives the chosen user's tokens: one for the API, one that says who he is", async () => {
    const visitor = new Visitor();
    const back = await visitor.submit(await begin(visitor), { user: "alice" });
    expect(back.status).toBe(303);
    expect(back.headers.get("location")).toMatch(/^http:\/\/127\.0\.0\.1:3999\/demo\/\?code=/);
    expect(answerAt(back).get("state")).toBe("the-state");
    const { status, answer } = await redeemCode(answerAt(back).get("code") ?? "");
    expect(status).toBe(200);
    const keys = createRemoteJWKSet(new URL(`${provider.issuer}/jwks`));
    const api = { issuer: provider.issuer, audience: "https://api.grantway.local", typ: "at+jwt" };
    const access = await jwtVerify(answer.access_token ?? "", keys, api);
    expect(access.payload).toMatchObject({
      sub: "alice",
      groups: ["analysts"],
      tenant: "acme",
      scope: "reports:read",
      client_id: "grantway-demo",
    });
    expect(Number(access.payload.exp) - Number(access.payload.iat)).toBe(120);
    const client = { issuer: provider.issuer, audience: "grantway-demo" };
    const id = await jwtVerify(answer.id_token ?? "", keys, client);
    expect(id.payload).toMatchObject({ sub: "alice", name: "Alice Example", nonce: "the-nonce" });
  });

  it("asks each time who it is, so that one browser can be alice and then bob", async () => {
    const visitor = new Visitor();
    const first = await redeemCode(await codeOf("alice", visitor));
    const second = await redeemCode(await codeOf("bob", visitor));
    expect(decodeJwt(first.answer.access_token ?? "").sub).toBe("alice");
    expect(decodeJwt(second.answer.access_token ?? "").sub).toBe("bob");
  });

  it("goes back with access_denied when the user cancels", async () => {
    const visitor = new Visitor();
    const back = await visitor.submit(await begin(visitor), { cancel: "yes" });
    expect(answerAt(back).get("error")).toBe("access_denied");
    expect(answerAt(back).get("code")).toBeNull();
  });

  it.each([{ prompt: "consent", scope: "openid offline_access" }, { prompt: "login" }])(
    "asks once where a client asks for %j",
    async (changed) => {
      const visitor = new Visitor();
      const back = await visitor.submit(await begin(visitor, changed), { user: "carol" });
      expect(answerAt(back).get("code")).toEqual(expect.any(String));
    },
  );

  it("never goes through unseen", async () => {
    const visitor = new Visitor();
    await codeOf("alice", visitor);
    expect(answerAt(await begin(visitor, { prompt: "none" })).get("error")).toBe("login_required");
  });
});

describe("the page", () => {
  it("runs no script, may be framed by nobody and lets its form lead back to the client alone", async () => {
    const { headers, text } = await begin(new Visitor());
    const style = /<style>([^]*)<\/style>/.exec(text)?.[1] ?? "";
    const digest = createHash("sha256").update(style).digest("base64");
    expect(headers.get("content-security-policy")).toBe(
      `default-src 'none'; style-src 'sha256-${digest}'; form-action 'self' http://127.0.0.1:3999; ` +
        "base-uri 'none'; frame-ancestors 'none'",
    );
    expect(headers.get("cache-control")).toBe("no-store");
    expect(text).not.toMatch(/<script| on[a-z]+=/);
    expect(text).toContain("For this laptop only.");
  });

  it.each([{ user: "mallory" }, { user: "<b>" }, {}, { user: "x".repeat(2_000) }])(
    "asks once more after %j",
    async (form: Record<string, string>) => {
      const visitor = new Visitor();
      const again = await visitor.submit(await begin(visitor), form);
      expect([again.status, again.text]).toEqual([400, expect.stringContaining("Who are you?")]);
      expect(again.text).not.toContain("mallory");
    },
  );

  it("is no page for a browser that did not begin the sign-in", async () => {
    const { url } = await begin(new Visitor());
    for (const form of [undefined, { user: "alice" }]) {
      const { status, text } = await new Visitor().open(url, form);
      expect([status, text]).toEqual([400, expect.stringContaining("This sign-in has ended")]);
    }
  });
});

describe("refused is", () => {
  it.each<[string, Fields, string]>([
    ["no PKCE", { code_challenge: undefined, code_challenge_method: undefined }, "invalid_request"],
    ["plain PKCE", { code_challenge: verifier, code_challenge_method: "plain" }, "invalid_request"],
    ["another response type", { response_type: "id_token" }, "invalid_request"],
  ])("%s", async (_what, changed, error) => {
    expect(answerAt(await begin(new Visitor(), changed)).get("error")).toBe(error);
  });

  it.each([
    "http://127.0.0.1:3999/demo",
    "http://127.0.0.1:3999/other/",
    "http://localhost:3999/demo/",
    "https://127.0.0.1:3999/demo/",
    "http://127.0.0.1.example.com/demo/",
    "http://127.0.0.1:3999@example.com/demo/",
    "http://example.com/demo/",
  ])("the redirect URI %s, with no redirect to it", async (uri) => {
    const seen = await begin(new Visitor(), { redirect_uri: uri });
    expect([seen.status, seen.headers.get("location")]).toEqual([400, null]);
    expect(seen.text).toContain("invalid_redirect_uri");
  });

  it.each<[string, Fields]>([
    ["a code of another client's", { client_id: "grantway-cli" }],
    ["a code of another client's", { client_id: "grantway-shell" }],
    ["a wrong verifier", { code_verifier: "w".repeat(43) }],
    ["no verifier", { code_verifier: undefined }],
    ["a code for another address", { redirect_uri: "http://127.0.0.1:3998/demo/" }],
  ])("%s (%j)", async (_what, changed) => {
    const { status, answer } = await redeemCode(await codeOf("alice"), changed);
    expect([status, answer.access_token]).toEqual([400, undefined]);
  });

  it("a code that was used before", async () => {
    const code = await codeOf("alice");
    expect((await redeemCode(code)).status).toBe(200);
    expect(await redeemCode(code)).toMatchObject({ status: 400, answer: { error: "invalid_grant" } });
  });
});

describe("refresh tokens", () => {
  const refresh = (token = "") => redeem({ grant_type: "refresh_token", refresh_token: token });

  it("are rotated, outlive the signing keys, and end with the whole sign-in when one is used twice", async () => {
    const first = await redeemCode(await codeOf("alice"));
    await provider.rotateKeys();
    const second = await refresh(first.answer.refresh_token);
    expect(decodeJwt(second.answer.access_token ?? "").sub).toBe("alice");
    expect(second.answer.refresh_token).not.toBe(first.answer.refresh_token);
    expect(await refresh(first.answer.refresh_token)).toMatchObject({
      status: 400,
      answer: { error: "invalid_grant" },
    });
    expect(await refresh(second.answer.refresh_token)).toMatchObject({ status: 400 });
  });

  it("end when they are revoked, and another sign-in of the same user goes on", async () => {
    const [one, other] = [await redeemCode(await codeOf("alice")), await redeemCode(await codeOf("alice"))];
    const body = new URLSearchParams({ client_id: "grantway-demo", token: one.answer.refresh_token ?? "" });
    expect((await fetch(`${provider.issuer}/token/revocation`, { method: "POST", body })).status).toBe(200);
    expect((await refresh(one.answer.refresh_token)).status).toBe(400);
    expect((await refresh(other.answer.refresh_token)).status).toBe(200);
  });
});

describe("across origins", () => {
  const page = { origin: "http://127.0.0.1:3999" };

  it("a page on this machine reads discovery, keys and its client's tokens", async () => {
    for (const path of ["/.well-known/openid-configuration", "/jwks"]) {
      const { headers } = await fetch(`${provider.issuer}${path}`, { headers: page });
      expect(headers.get("access-control-allow-origin")).toBe(page.origin);
    }
    const fields = { grant_type: "authorization_code", code: await codeOf("alice") };
    const redeemed = await redeem({ ...fields, code_verifier: verifier, redirect_uri: redirectUri }, page);
    expect([redeemed.status, redeemed.headers.get("access-control-allow-origin")]).toEqual([
      200,
      page.origin,
    ]);
  });

  it.each([
    ["grantway-demo", "https://example.com"],
    ["grantway-demo", "http://127.0.0.1.example.com"],
    ["grantway-demo", "null"],
    ["grantway-shell", "http://127.0.0.1:3999"],
    ["grantway-cli", "http://127.0.0.1:3999"],
  ])("as %s a page of %s reads no token", async (clientId, origin) => {
    const shell = { client_id: clientId, grant_type: "urn:grantway:local:user", user: "alice" };
    const { headers, status } = await redeem(shell, { origin });
    expect([status, headers.get("access-control-allow-origin")]).toEqual([400, null]);
  });
});
