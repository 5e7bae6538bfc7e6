import { calculateJwkThumbprint } from "jose";
import { createPublicKey } from "node:crypto";
import { jwkThumbprint, readProofHeader } from "../../server/core/dpop-header.js";
import { signingAlgorithms } from "../../server/core/model.js";
import { ecKeyPair, jwk, rsaKeyPair } from "../fixtures/tokens.js";

const [ec, p384, rsa, weakRsa] = [ecKeyPair(), ecKeyPair("P-384"), rsaKeyPair(), rsaKeyPair(1024)];
const good = { typ: "dpop+jwt", alg: "ES256", jwk: jwk(ec) };

const causeFor = (header: object) => {
  const read = readProofHeader({ ...good, ...header });
  return read.ok ? "taken" : read.denial;
};

describe("jwkThumbprint", () => {
  test("is that of RFC 7638 section 3.1's example", () => {
    const n =
      "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn6" +
      "4tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91C" +
      "bOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
    const key = createPublicKey({ key: { kty: "RSA", e: "AQAB", n }, format: "jwk" });
    expect(jwkThumbprint(key)).toBe("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
  });

  test.each([
    ["an EC key", ec],
    ["an RSA key", rsa],
  ])("is what another implementation makes of %s", async (_, pair) => {
    expect(jwkThumbprint(pair.publicKey)).toBe(await calculateJwkThumbprint(jwk(pair) as object));
  });
});

describe("readProofHeader", () => {
  test("gives the algorithm, the key and its thumbprint", () => {
    const read = readProofHeader(good);
    if (!read.ok) throw new Error(read.denial);
    expect(read.value).toMatchObject({ alg: "ES256", jkt: jwkThumbprint(ec.publicKey) });
    expect(read.value.key.equals(ec.publicKey)).toBe(true);
  });

  test("takes every asymmetric algorithm with a key that fits it", () => {
    const pairs: Record<string, ReturnType<typeof ecKeyPair>> = {
      ES256: ec,
      ES384: p384,
      ES512: ecKeyPair("P-521"),
    };
    for (const alg of signingAlgorithms) expect(causeFor({ alg, jwk: jwk(pairs[alg] ?? rsa) })).toBe("taken");
  });

  test.each([
    ["no typ", { typ: undefined }, "typ is undefined, not dpop+jwt"],
    ["the typ of a token", { typ: "JWT" }, 'typ is "JWT"'],
    ["a typ that only starts alike", { typ: "dpop+jwt2" }, 'typ is "dpop+jwt2"'],
    ["no alg", { alg: undefined }, "alg is undefined"],
    ["alg none", { alg: "none" }, 'alg is "none"'],
    ["a symmetric alg", { alg: "HS256" }, 'alg is "HS256"'],
    ["crit", { crit: ["exp"] }, "crit"],
    ["b64", { b64: false }, "b64"],
    ["no jwk", { jwk: undefined }, "no jwk"],
    ["a jwk that is text", { jwk: "key" }, "no jwk that is an object"],
    ["a jwk that is a list", { jwk: [jwk(ec)] }, "no jwk that is an object"],
    ["a private EC key", { jwk: ec.privateKey.export({ format: "jwk" }) }, "its jwk has d"],
    ["a private RSA key", { alg: "RS256", jwk: rsa.privateKey.export({ format: "jwk" }) }, "its jwk has d"],
    ["a lone private member", { jwk: jwk(ec, { oth: [] }) }, "its jwk has oth"],
    ["a symmetric key", { jwk: { kty: "oct", k: "c2VjcmV0" } }, "its jwk has k"],
    ["a point off the curve", { jwk: jwk(ec, { x: "AA" }) }, "its jwk is not readable"],
    ["a key of no type", { jwk: {} }, "its jwk is not readable"],
    ["an RSA key for ES256", { jwk: jwk(rsa) }, "it is rsa, not ec"],
    ["a key of another curve", { jwk: jwk(p384) }, "its curve is secp384r1"],
    ["a curve that no algorithm has", { jwk: jwk(ecKeyPair("secp256k1")) }, "its curve is secp256k1"],
    ["an RSA key of 1024 bits", { alg: "PS256", jwk: jwk(weakRsa) }, "it has 1024 bits"],
    ["an RSA key with exponent 1", { alg: "RS256", jwk: jwk(rsa, { e: "AQ" }) }, "its exponent is 1"],
  ])("refuses %s", (_, header, cause) => {
    expect(causeFor(header)).toContain(cause);
  });

  test("reads typ as a media type", () => {
    expect(causeFor({ typ: "application/DPoP+JWT" })).toBe("taken");
  });
});
