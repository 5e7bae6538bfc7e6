// `explain --token`: the checks of a real token, against an issuer on a real socket.
import type { Explanation } from "../../server/cli/explanation.js";
import { json, startIssuer, type IssuerServer } from "../fixtures/issuer-server.js";
import { ecKeyPair, jwk, signedToken } from "../fixtures/tokens.js";
import { alice, configuration } from "./configurations.js";
import { grantway, newYear } from "./run-grantway.js";

const key = ecKeyPair();
const stranger = ecKeyPair();
let issuer: IssuerServer;
beforeEach(async () => {
  issuer = await startIssuer();
  issuer.publish(jwk(key, { kid: "k1", use: "sig" }));
});
afterEach(() => issuer.close());

const tokenOf = (claims: object = {}, header: object = {}, signer = key): string =>
  signedToken(
    { alg: "ES256", kid: "k1", ...header },
    {
      ...alice,
      iss: issuer.url,
      aud: "https://api.example.com",
      iat: newYear / 1000 - 60,
      exp: newYear / 1000 + 600,
      ...claims,
    },
    "ES256",
    signer.privateKey,
  );

const files = (token: string, entry: object = {}) => ({
  "gateway.yaml": {
    ...configuration,
    issuers: [{ ...configuration.issuers[0], issuer: issuer.url, ...entry }],
  },
  "token.jwt": `${token}\n`,
});

async function explain(token: string, argv: readonly string[] = [], entry: object = {}) {
  const command = ["explain", "--route", "GET /reports/7", "--token-file", "token.jwt", ...argv];
  const { status, out } = await grantway([...command, "--json"], { files: files(token, entry) });
  const explanation = JSON.parse(out) as Explanation;
  const checks = explanation.token?.checks.map(({ check, outcome }) => `${check} ${outcome}`);
  const { answer } = explanation;
  return { status, checks, reason: answer.granted ? undefined : answer.denial.reason, explanation };
}

const allPassed = ["form", "issuer", "algorithm", "key", "signature", "claims", "possession"].map(
  (check) => `${check} passed`,
);

test("a good token passes every check, one by one", async () => {
  expect(await explain(tokenOf())).toMatchObject({ status: 0, checks: allPassed });
});

test("--token gives the same as --token-file", async () => {
  const token = tokenOf();
  const argv = ["explain", "--route", "GET /reports/7", "--json"];
  const [direct, fromFile] = [
    await grantway([...argv, "--token", token], { files: files(token) }),
    await grantway([...argv, "--token-file", "token.jwt"], { files: files(token) }),
  ];
  expect(direct).toEqual(fromFile);
});

test.each<[string, () => string, number, string]>([
  ["that is none", () => "secret", 0, "token_malformed"],
  ["with a header of two lines", () => "a b", 0, "request_malformed"],
  ["over the size limit", () => tokenOf({ filler: "x".repeat(20_000) }), 0, "request_malformed"],
  ["of an unknown issuer", () => tokenOf({ iss: `${issuer.url}/` }), 1, "token_issuer_unknown"],
  ["by another algorithm", () => tokenOf({}, { alg: "ES512" }), 2, "token_algorithm_refused"],
  ["by a key that is not published", () => tokenOf({}, { kid: "k2" }), 3, "token_key_unknown"],
  ["signed by a stranger", () => tokenOf({}, {}, stranger), 4, "token_signature_invalid"],
  ["that has expired", () => tokenOf({ exp: newYear / 1000 - 60 }), 5, "token_expired"],
  ["of the future", () => tokenOf({ nbf: newYear / 1000 + 60 }), 5, "token_not_yet_valid"],
  ["for another API", () => tokenOf({ aud: "x" }), 5, "token_audience_invalid"],
  ["bound in an unknown way", () => tokenOf({ cnf: { x: 1 } }), 6, "token_claim_invalid"],
])("a token %s is refused at that very check", async (_, token, passed, reason) => {
  const result = await explain(token());
  expect([result.status, result.reason]).toEqual([1, reason]);
  expect(result.checks?.slice(0, passed)).toEqual(allPassed.slice(0, passed));
  expect(result.checks?.slice(passed)).toEqual([allPassed[passed]?.replace("passed", "failed")]);
});

test("a near miss of the issuer's name is told", async () => {
  const { explanation } = await explain(tokenOf({ iss: `${issuer.url}/` }));
  expect(JSON.stringify(explanation.answer)).toContain("trailing slash");
});

test("an expired token is explained with --at, its signature checked", async () => {
  const expired = tokenOf({ exp: newYear / 1000 - 3600, iat: newYear / 1000 - 7200 });
  expect((await explain(expired)).reason).toBe("token_expired");
  expect(await explain(expired, ["--at", "2025-12-31T22:30:00Z"])).toMatchObject({
    status: 0,
    checks: allPassed,
  });
});

describe("a token bound to a key", () => {
  const bound = () => tokenOf({ cnf: { jkt: "A".repeat(43) } });

  test("is explained without its proof, and that is said", async () => {
    const { status, checks } = await explain(bound());
    expect(status).toBe(0);
    expect(checks?.at(-1)).toBe("possession not checked");
  });

  test("is what an issuer may require", async () => {
    const required = { dpop: "required" };
    expect((await explain(bound(), [], required)).status).toBe(0);
    expect((await explain(tokenOf(), [], required)).reason).toBe("token_claim_invalid");
  });
});

describe("the issuer's keys", () => {
  test("are not asked for --offline, and the signature counts as not checked", async () => {
    const { status, checks } = await explain(tokenOf({}, {}, stranger), ["--offline"]);
    expect(status).toBe(0);
    expect(checks).toContain("signature not checked");
    expect(issuer.requests).toEqual([]);
  });

  test("that cannot be had are an outage, with a hint at --offline", async () => {
    issuer.answers.set("/jwks", json({}, 500));
    const { reason, checks } = await explain(tokenOf());
    expect([reason, checks?.at(-1)]).toEqual(["keys_unavailable", "key failed"]);
    const argv = ["explain", "--route", "GET /reports/7", "--token-file", "token.jwt"];
    expect((await grantway(argv, { files: files(tokenOf()) })).out).toContain("--offline explains the rest");
  });
});

test("the token stands nowhere in what is printed", async () => {
  const tokens = [
    tokenOf(),
    tokenOf({}, {}, stranger),
    tokenOf({ exp: 1 }),
    `${tokenOf()} x`,
    "s3cret.t0ken.part",
  ];
  for (const token of tokens) {
    for (const format of [[], ["--json"], ["--offline"]]) {
      const argv = ["explain", "--route", "GET /reports/7", "--token", token, ...format];
      const { out, err } = await grantway(argv, { files: files(token) });
      for (const part of token.split(/[. ]/).filter(({ length }) => length > 4)) {
        expect(out + err).not.toContain(part);
      }
    }
  }
});
