// The bench's own issuer: one RSA key, and RS256 tokens (RFC 7518 3.3) of as many callers as a measurement needs.
import { generateKeyPairSync, sign } from "node:crypto";

export const audience = "https://api.bench.local";

export interface TokenMint {
  /** A JWK Set, as JSON. */
  readonly jwks: string;
  mint(issuer: string, subject: string): string;
}

export function createTokenMint(): TokenMint {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const jwk = { ...publicKey.export({ format: "jwk" }), kid: "bench", alg: "RS256", use: "sig" };
  const header = encoded({ alg: "RS256", typ: "at+jwt", kid: "bench" });
  return {
    jwks: JSON.stringify({ keys: [jwk] }),
    mint(issuer, subject) {
      const now = Math.floor(Date.now() / 1000);
      const claims = {
        iss: issuer,
        sub: subject,
        aud: audience,
        iat: now,
        exp: now + 3600,
        ...about(subject),
      };
      const input = `${header}.${encoded(claims)}`;
      return `${input}.${sign("sha256", Buffer.from(input), privateKey).toString("base64url")}`;
    },
  };
}

const about = (subject: string): object => ({
  jti: `token-of-${subject}`,
  scope: "openid profile reports:read",
  groups: ["analysts", "staff"],
  tenant: "acme",
  email: `${subject}@example.com`,
});

const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString("base64url");
