// The local OpenID provider over real sockets: what a relying party sees, checked with jose.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { createServer, request, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  jwtVerify,
  type JSONWebKeySet,
  type JWTVerifyResult,
} from "jose";
import { fetchToken, type TokenRequest } from "../../../../deploy/local/issuer/fetch-token.js";
import { startOpenIdProvider, type OpenIdProvider } from "../../../../deploy/local/issuer/openid-provider.js";

const audience = "https://api.grantway.local";
let provider: OpenIdProvider;

beforeAll(async () => {
  provider = await startOpenIdProvider({ port: 0 });
});
afterAll(() => provider.close());

async function fetchJson(url: string): Promise<Record<string, unknown>> {
  const response = await fetch(url);
  expect(response.status).toBe(200);
  return (await response.json()) as Record<string, unknown>;
}

const discover = (): Promise<Record<string, unknown>> =>
  fetchJson(`${provider.issuer}/.well-known/openid-configuration`);

async function publishedKeys(): Promise<JSONWebKeySet> {
  const { jwks_uri: uri } = await discover();
  return (await fetchJson(String(uri))) as unknown as JSONWebKeySet;
}

async function obtainToken(request: TokenRequest): Promise<string> {
  const token = await fetchToken(provider.issuer, request);
  if (!token.ok) throw new Error(token.denial);
  return token.value;
}

async function verify(token: string): Promise<JWTVerifyResult> {
  const { jwks_uri: uri } = await discover();
  const keys = createRemoteJWKSet(new URL(String(uri)));
  return jwtVerify(token, keys, { issuer: provider.issuer, audience, typ: "at+jwt" });
}

describe("discovery", () => {
  it("names exactly the issuer it was started as, without a trailing slash", async () => {
    expect(provider.issuer).toBe(`http://127.0.0.1:${provider.port}`);
    expect((await discover()).issuer).toBe(provider.issuer);
  });

  it("publishes an RS256 and an ES256 key and no private member of either", async () => {
    const { keys } = await publishedKeys();
    expect(keys.map(({ alg, kty, use }) => ({ alg, kty, use }))).toEqual([
      { alg: "RS256", kty: "RSA", use: "sig" },
      { alg: "ES256", kty: "EC", use: "sig" },
    ]);
    for (const key of keys)
      for (const secret of ["d", "p", "q", "dp", "dq", "qi"]) expect(key).not.toHaveProperty(secret);
  });

  it("has its own sign-in page, not the development one, and offers the authorization code flow with PKCE", async () => {
    expect(await discover()).toMatchObject({
      code_challenge_methods_supported: ["S256"],
      grant_types_supported: expect.arrayContaining(["authorization_code"]) as string[],
    });
    const signIn = await fetch(`${provider.issuer}/interaction/abc`);
    expect([signIn.status, await signIn.text()]).toEqual([
      400,
      expect.stringContaining("This sign-in has ended"),
    ]);
  });
});

describe("access tokens", () => {
  it.each([
    { user: "alice", groups: ["analysts"], tenant: "acme" },
    { user: "bob", groups: [], tenant: "acme" },
    { user: "carol", groups: ["analysts"], tenant: "globex" },
  ])("carry the claims of $user and verify against the published keys", async ({ user, groups, tenant }) => {
    const { payload, protectedHeader } = await verify(await obtainToken({ user }));
    expect(payload).toMatchObject({
      sub: user,
      email: `${user}@example.com`,
      email_verified: true,
      groups,
      tenant,
    });
    expect(payload).toMatchObject({ scope: "reports:read reports:write", client_id: "grantway-shell" });
    expect(payload).toMatchObject({ jti: expect.any(String) as string, aud: audience });
    expect(Number(payload.exp) - Number(payload.iat)).toBe(3_600);
    expect(protectedHeader).toMatchObject({ alg: "RS256", typ: "at+jwt" });
  });

  it("live as long and carry the scope that was asked for", async () => {
    const { payload } = await verify(await obtainToken({ user: "bob", ttlSeconds: "60", scope: "jobs:run" }));
    expect(Number(payload.exp) - Number(payload.iat)).toBe(60);
    expect(payload.scope).toBe("jobs:run");
  });

  it.each(["1", "86400"])("are given for a life of %s s", async (ttlSeconds) => {
    expect(await fetchToken(provider.issuer, { user: "alice", ttlSeconds })).toMatchObject({ ok: true });
  });

  it.each(["0", "86401", "-1", "1e3", "60 ", "999999999999"])(
    "are refused for a life of %j s",
    async (ttlSeconds) => {
      expect(await fetchToken(provider.issuer, { user: "alice", ttlSeconds })).toEqual({
        ok: false,
        denial: `${provider.issuer} gives no token: ttl must be 1 to 86400 seconds`,
      });
    },
  );

  it.each(["mallory", "", "Alice", "__proto__", 'al"ice'])(
    "are refused to %j, who is no sample user",
    async (user) => {
      expect(await fetchToken(provider.issuer, { user })).toEqual({
        ok: false,
        denial: `${provider.issuer} gives no token: no such user; there are: alice, bob, carol`,
      });
    },
  );
});

describe("for tests", () => {
  it("mints a token with claims added, replaced and removed", async () => {
    const { payload } = await verify(
      await provider.mint("alice", { tenant: "other", extra: 1, email: undefined }),
    );
    expect(payload).toMatchObject({ sub: "alice", tenant: "other", extra: 1 });
    expect(payload).not.toHaveProperty("email");
  });

  it("mints an expired token, signed with ES256, that fails for its age alone", async () => {
    const token = await provider.mint("alice", { exp: 1 }, { alg: "ES256" });
    await expect(verify(token)).rejects.toMatchObject({ code: "ERR_JWT_EXPIRED" });
  });

  it("verifies nothing signed before the keys were rotated", async () => {
    const keysBefore = createLocalJWKSet(await publishedKeys());
    const tokenBefore = await obtainToken({ user: "alice" });
    await expect(jwtVerify(tokenBefore, keysBefore)).resolves.toBeDefined();
    await provider.rotateKeys();
    await expect(verify(tokenBefore)).rejects.toMatchObject({ code: "ERR_JWKS_NO_MATCHING_KEY" });
    await expect(verify(await obtainToken({ user: "alice" }))).resolves.toBeDefined();
    await expect(verify(await provider.mint("alice"))).resolves.toBeDefined();
  });
});

describe("by the name in the request", () => {
  const tokenBy = async (host: string): Promise<[number, boolean]> => {
    const headers = { host, "content-type": "application/x-www-form-urlencoded" };
    const asked = request(`${provider.issuer}/token`, { method: "POST", headers });
    asked.end("grant_type=urn:grantway:local:user&client_id=grantway-shell&user=alice");
    const [response] = (await once(asked, "response")) as [IncomingMessage];
    return [response.statusCode ?? 0, (await text(response)).includes("access_token")];
  };

  it.each(["127.0.0.1:4000", "localhost:4000", "LOCALHOST", "[::1]:4000", "127.1.2.3"])(
    "%s is answered",
    async (host) => {
      expect(await tokenBy(host)).toEqual([200, true]);
    },
  );

  it.each(["evil.example", "evil.example:4000", "localhost.evil.example", "127.0.0.1.evil.example"])(
    "%j, which a page of another site may have led here (DNS rebinding), gets nothing",
    async (host) => {
      expect(await tokenBy(host)).toEqual([421, false]);
    },
  );
});

describe("start and end", () => {
  it("prints nothing, whether it grants or refuses", async () => {
    const script = `
      import { startOpenIdProvider } from "./deploy/local/issuer/openid-provider.ts";
      import { fetchToken } from "./deploy/local/issuer/fetch-token.ts";
      const provider = await startOpenIdProvider({ port: 0 });
      await fetchToken(provider.issuer, { user: "mallory" });
      await fetchToken(provider.issuer, { user: "alice" });
      const fromBrowser = { headers: { origin: "https://example.com" } };
      await fetch(provider.issuer + "/auth?client_id=nobody", fromBrowser);
      const body = new URLSearchParams({ client_id: "grantway-shell", grant_type: "authorization_code" });
      await fetch(provider.issuer + "/token", { method: "POST", body, ...fromBrowser });
      await provider.close();`;
    const command = ["--import", "tsx", "--input-type=module", "--eval", script];
    expect(await promisify(execFile)(process.execPath, command)).toEqual({ stdout: "", stderr: "" });
  });

  it("rejects with Node's own error when the port is taken", async () => {
    const holder = createServer().listen(0, "127.0.0.1");
    await once(holder, "listening");
    const address = holder.address();
    const port = typeof address === "object" && address ? address.port : 0;
    await expect(startOpenIdProvider({ port })).rejects.toMatchObject({ code: "EADDRINUSE", port });
    holder.close();
  });

  it("ends connections that are idle and those half way through a request when it is closed", async () => {
    const closing = await startOpenIdProvider({ port: 0 });
    await obtainToken({ user: "alice" });
    const halfWay = connect(closing.port, "127.0.0.1")
      .on("error", () => undefined)
      .resume();
    await once(halfWay, "connect");
    halfWay.write("POST /token HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
    await fetch(`${closing.issuer}/jwks`);
    const ended = once(halfWay, "close");
    await closing.close();
    await ended;
    await closing.close();
    await expect(fetch(`${closing.issuer}/jwks`)).rejects.toThrow();
  });
});
