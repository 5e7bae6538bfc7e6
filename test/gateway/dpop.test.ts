// Proof of possession from end to end (RFC 9449), with proofs and thumbprints that another implementation makes.
import { createHash, randomUUID } from "node:crypto";
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from "jose";
import type { Settings } from "../../server/config/compile.js";
import type { Issuer } from "../../server/core/model.js";
import { rawRequest, requestText } from "../fixtures/raw-http.js";
import { startStack, type Stack } from "../fixtures/stack.js";

let stack: Stack;
let privateKey: CryptoKey;
let jwk: JWK;
let token: string;

const start = async (changed: Partial<Issuer>, listen: Partial<Settings["listen"]> = {}): Promise<void> => {
  stack = await startStack({
    adjust: (settings) => ({
      ...settings,
      listen: { ...settings.listen, ...listen },
      issuers: settings.issuers.map((issuer) => ({ ...issuer, ...changed })),
    }),
  });
  const pair = await generateKeyPair("ES256");
  privateKey = pair.privateKey;
  jwk = await exportJWK(pair.publicKey);
  token = await stack.issuer.mint("alice", { cnf: { jkt: await calculateJwkThumbprint(jwk) } });
};
afterEach(() => stack.close());

const proofOf = (method: string, path: string, claims: object = {}): Promise<string> =>
  new SignJWT({
    jti: randomUUID(),
    htm: method,
    htu: `${stack.url}${path}`,
    ath: createHash("sha256").update(token).digest("base64url"),
    ...claims,
  })
    .setProtectedHeader({ typ: "dpop+jwt", alg: "ES256", jwk })
    .setIssuedAt()
    .sign(privateKey);

const send = (path: string, proof: string | undefined, scheme = "DPoP", method = "GET"): Promise<Response> =>
  fetch(`${stack.url}${path}`, {
    method,
    headers: { authorization: `${scheme} ${token}`, ...(proof !== undefined && { dpop: proof }) },
  });

const challengeOf = (response: Response) => response.headers.get("www-authenticate") ?? "";

test("a bound token with its proof goes through both doors, and the proof stays here", async () => {
  await start({});
  const echoed = await send("/echo/a%2Fb?x=1", await proofOf("GET", "/echo/a%2fb"));
  expect(echoed.status).toBe(200);
  const event = (await echoed.json()) as { headers: Record<string, string> };
  expect(Object.keys(event.headers)).not.toContain("dpop");
  expect(JSON.stringify(event)).not.toContain(token);

  const granted = await send("/grant/hello", await proofOf("POST", "/grant/hello"), "DPoP", "POST");
  expect([granted.status, Object.keys((await granted.json()) as object)]).toEqual([
    200,
    expect.arrayContaining(["AccessKeyId"]),
  ]);
});

test("without its proof, with a used one, or as a bearer token it is refused, and each is told apart", async () => {
  await start({});
  const proof = await proofOf("GET", "/hello");
  expect((await send("/hello", proof)).status).toBe(200);
  for (const bad of [proof, undefined, await proofOf("POST", "/hello")]) {
    const response = await send("/hello", bad);
    expect(response.status).toBe(401);
    expect(challengeOf(response)).toMatch(
      /^DPoP realm="grantway", error="invalid_dpop_proof", algs="[^"]*ES256[^"]*"$/,
    );
    expect(await response.json()).toMatchObject({ type: "urn:grantway:problem:proof_invalid" });
  }
  const stolen = await send("/hello", await proofOf("GET", "/hello"), "Bearer");
  expect(stolen.status).toBe(401);
  expect(challengeOf(stolen)).toMatch(/^Bearer .*error="invalid_token", DPoP .*error="invalid_token"/);
});

test("an issuer that must bind its tokens has no plain bearer tokens", async () => {
  await start({ dpop: "required" });
  expect((await stack.fetchAs("alice", "/hello")).status).toBe(401);
  expect((await send("/hello", await proofOf("GET", "/hello"))).status).toBe(200);
  expect(stack.logLines().find(({ status }) => status === 401)).toMatchObject({
    reason: "token_claim_invalid",
    cause: "issuer local must bind its tokens to a key: this one has no cnf.jkt",
  });
});

test("where nonces are asked for, the answer names the one to use", async () => {
  await start({ dpopNonce: true });
  const first = await send("/hello", await proofOf("GET", "/hello"));
  expect(first.status).toBe(401);
  expect(challengeOf(first)).toContain('DPoP realm="grantway", error="use_dpop_nonce"');
  const nonce = first.headers.get("dpop-nonce");
  expect(nonce).toMatch(/^[\w-]{43}$/);
  expect((await send("/hello", await proofOf("GET", "/hello", { nonce }))).status).toBe(200);
});

test.each([0, 1])(
  "a proof for another server does not serve here by an X-Forwarded-Host, with %i trusted proxies",
  async (trustProxy) => {
    await start({}, { trustProxy });
    const dpop = await proofOf("GET", "/hello", { htu: "http://elsewhere.example/hello" });
    const headers = { authorization: `DPoP ${token}`, dpop, "x-forwarded-host": "elsewhere.example" };
    const response = await fetch(`${stack.url}/hello`, { headers });
    expect(await response.json()).toMatchObject({ type: "urn:grantway:problem:proof_invalid" });
  },
);

test("a proof for another server does not serve here by its Host, where the gateway knows its own origins", async () => {
  await start({}, { origins: ["https://api.example.com", "http://elsewhere.example"] });
  const statusFor = async (host: string): Promise<number> => {
    const proof = await proofOf("GET", "/hello", { htu: `http://${host}/hello` });
    const lines = [`Host: ${host}`, `Authorization: DPoP ${token}`, `DPoP: ${proof}`, "Connection: close"];
    return (await rawRequest(stack.url, requestText("GET /hello HTTP/1.1", ...lines))).status;
  };
  expect(await statusFor("elsewhere.example")).toBe(200);
  expect(await statusFor("evil.example")).toBe(401);
  expect(stack.logLines().at(-1)).toMatchObject({
    reason: "proof_invalid",
    cause: 'DPoP: htu is "http://evil.example/hello", the request came to "no known host"',
  });
});
