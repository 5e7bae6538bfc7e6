import { allowedAlgorithm, trustedIssuer } from "../../server/core/trusted-issuer.js";
import { issuerWith } from "../fixtures/tokens.js";

const slash = issuerWith({ name: "slash", issuer: "https://login.example.com/" });
const tenant = issuerWith({ name: "tenant", issuer: "https://id.example.com/Tenant" });

describe("trustedIssuer", () => {
  test("finds each issuer by its exact name", () => {
    expect(trustedIssuer("https://login.example.com/", [slash, tenant])).toEqual({ ok: true, value: slash });
    expect(trustedIssuer("https://id.example.com/Tenant", [slash, tenant])).toEqual({
      ok: true,
      value: tenant,
    });
  });

  test.each([
    ["https://login.example.com", 'configured "https://login.example.com/", token has no trailing slash'],
    [
      "https://id.example.com/Tenant/",
      'configured "https://id.example.com/Tenant", token has a trailing slash',
    ],
    [
      "https://id.example.com/tenant",
      'configured "https://id.example.com/Tenant", token differs in letter case',
    ],
    [
      "https://LOGIN.example.com",
      'configured "https://login.example.com/", token differs in letter case, and token has no trailing slash',
    ],
    ["https://evil.example", 'iss is "https://evil.example", which no issuer of the configuration equals'],
    [
      "https://login.example.com//",
      'iss is "https://login.example.com//", which no issuer of the configuration equals',
    ],
    ["", 'iss is "", which no issuer of the configuration equals'],
    [undefined, "the token has no iss that is a string"],
    [["https://login.example.com/"], "the token has no iss that is a string"],
  ])("refuses %j and explains the near miss", (iss, cause) => {
    expect(trustedIssuer(iss, [slash, tenant])).toEqual({
      ok: false,
      denial: { reason: "token_issuer_unknown", cause },
    });
  });

  test("quotes a long or many-lined iss on one short line", () => {
    const refused = trustedIssuer(`a\n${"b".repeat(10_000)}`, [slash]);
    const cause = !refused.ok && "cause" in refused.denial ? refused.denial.cause : "";
    expect(cause).toContain('"a\\nb');
    expect(cause).toContain("(10002 characters)");
    expect(cause.length).toBeLessThan(250);
  });
});

describe("allowedAlgorithm", () => {
  test("gives an algorithm of the issuer's list", () => {
    expect(allowedAlgorithm("ES256", issuerWith())).toEqual({ ok: true, value: "ES256" });
  });

  test.each(["none", "HS256", "PS256", "rs256", "RS256 ", "", "toString"])("refuses alg %j", (alg) => {
    expect(allowedAlgorithm(alg, issuerWith())).toEqual({
      ok: false,
      denial: {
        reason: "token_algorithm_refused",
        cause: `alg is ${JSON.stringify(alg)}, issuer main may use RS256, ES256`,
      },
    });
  });
});
