import { faultsIn, issuer, minimal, without } from "./documents.js";

const withIssuer = (keys: object) => ({ ...minimal, issuers: [{ ...issuer, ...keys }] });

describe("refuses", () => {
  test.each<[string, unknown, string, string]>([
    ["a long issuer name", withIssuer({ name: "a".repeat(17) }), "issuers[0].name", "at most 16"],
    ["an issuer name with a dot", withIssuer({ name: "a.b" }), "issuers[0].name", "short name"],
    [
      "an issuer over http",
      withIssuer({ issuer: "http://login.example.com" }),
      "issuers[0].issuer",
      "https:",
    ],
    [
      "an issuer that is no URL",
      withIssuer({ issuer: "accounts.example.com" }),
      "issuers[0].issuer",
      "https:",
    ],
    ["an issuer with a query", withIssuer({ issuer: "https://a/?b" }), "issuers[0].issuer", "without query"],
    [
      "an issuer with a fragment",
      withIssuer({ issuer: "https://a/#b" }),
      "issuers[0].issuer",
      "without query",
    ],
    ["an issuer with a user", withIssuer({ issuer: "https://u@a/" }), "issuers[0].issuer", "https:"],
    ["an issuer with a password", withIssuer({ issuer: "https://:p@a/" }), "issuers[0].issuer", "https:"],
    ["a space behind an issuer", withIssuer({ issuer: "https://a/ " }), "issuers[0].issuer", "https:"],
    [
      "no audience",
      { ...minimal, issuers: [without(issuer, "audience")] },
      "issuers[0].audience",
      "null to turn",
    ],
    ["an empty audience list", withIssuer({ audience: [] }), "issuers[0].audience", "null to turn"],
    [
      "a symmetric algorithm",
      withIssuer({ algorithms: ["HS256"] }),
      "issuers[0].algorithms[0]",
      "one of RS256",
    ],
    ["the algorithm none", withIssuer({ algorithms: ["none"] }), "issuers[0].algorithms[0]", "one of RS256"],
    ["keys over http", withIssuer({ jwksUri: "http://10.0.0.1/keys" }), "issuers[0].jwksUri", "https: URL"],
    [
      "a tolerance of 301 s",
      withIssuer({ clockToleranceSeconds: 301 }),
      "issuers[0].clockToleranceSeconds",
      "300",
    ],
    ["DPoP by another word", withIssuer({ dpop: "optional" }), "issuers[0].dpop", "accepted"],
    ["a nonce that is text", withIssuer({ dpopNonce: "yes" }), "issuers[0].dpopNonce", "true"],
    ["client_id as text", withIssuer({ clientIdAsAudience: "id" }), "issuers[0].clientIdAsAudience", "true"],
    [
      "an accept that asks for a route",
      withIssuer({ accept: "route.x" }),
      "issuers[0].accept",
      "Unknown variable",
    ],
    [
      "two issuers of one name",
      { ...minimal, issuers: [issuer, { ...issuer, issuer: "https://b" }] },
      "issuers[1].name",
      "already used by issuers[0]",
    ],
    [
      "two issuers of one URL",
      { ...minimal, issuers: [issuer, { ...issuer, name: "b" }] },
      "issuers[1].issuer",
      "already used",
    ],
  ])("%s", (_name, document, path, message) => {
    expect(faultsIn(document)[path]).toContain(message);
  });
});

describe("accepts, just at the edge,", () => {
  test.each<[string, object]>([
    [
      "an issuer on loopback",
      withIssuer({ issuer: "http://127.0.0.1:4000", jwksUri: "http://[::1]:4000/keys?v=1" }),
    ],
    ["an issuer name of 16", withIssuer({ name: "a".repeat(16) })],
    ["proofs with nonces", withIssuer({ dpop: "required", dpopNonce: true })],
    ["Cognito's client_id", withIssuer({ clientIdAsAudience: true })],
    ["a tolerance of 300 s", withIssuer({ clockToleranceSeconds: 300 })],
  ])("%s", (_name, document) => {
    expect(faultsIn(document)).toEqual({});
  });
});
