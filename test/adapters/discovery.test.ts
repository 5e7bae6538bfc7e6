import { discoverJwksUri } from "../../server/adapters/discovery.js";
import { accept, refuse } from "../../server/core/result.js";

const discover = async (issuer: string, jwksUri: unknown) => {
  const asked: string[] = [];
  const discovered = await discoverJwksUri(issuer, (url) => {
    asked.push(url);
    return Promise.resolve(accept({ issuer, jwks_uri: jwksUri }));
  });
  return { asked, found: discovered.ok ? discovered.value : "refused" };
};

describe("discoverJwksUri", () => {
  test.each([
    ["https://login.example.com", "https://login.example.com/.well-known/openid-configuration"],
    ["https://login.example.com/", "https://login.example.com/.well-known/openid-configuration"],
    ["https://login.example.com/a/b/", "https://login.example.com/a/b/.well-known/openid-configuration"],
  ])("asks %s at %s", async (issuer, url) => {
    expect((await discover(issuer, "https://keys.example/")).asked).toEqual([url]);
  });

  test.each([
    ["https://login.example.com", "https://keys.example/jwks", true],
    ["https://login.example.com", "http://login.example.com/jwks", false],
    ["https://login.example.com", "http://127.0.0.1:8081/jwks", false],
    ["https://login.example.com", "ftp://login.example.com/jwks", false],
    ["http://127.0.0.1:4000", "http://127.0.0.1:4000/jwks", true],
    ["http://localhost:4000", "http://[::1]:4000/jwks", true],
    ["http://127.0.0.1:4000", "http://127.0.0.1.evil.example/jwks", false],
    ["http://127.0.0.1:4000", "http://169.254.169.254/jwks", false],
    ["https://login.example.com", "/jwks", false],
    ["https://login.example.com", 7, false],
  ])("issuer %s may name the key set %s: %s", async (issuer, jwksUri, allowed) => {
    expect((await discover(issuer, jwksUri)).found).toBe(allowed ? jwksUri : "refused");
  });

  test("passes on why the document could not be had", async () => {
    const down = refuse("no answer");
    expect(await discoverJwksUri("https://login.example.com", () => Promise.resolve(down))).toBe(down);
  });
});
