import { createPublicKey, createSecretKey, generateKeyPairSync } from "node:crypto";
import { selectKey, type SigningKey } from "../../server/core/select-key.js";
import { ecKeyPair, jwk, rsaKeyPair } from "../fixtures/tokens.js";

const { publicKey: ed25519 } = generateKeyPairSync("ed25519");
const [rsa, otherRsa] = [rsaKeyPair().publicKey, rsaKeyPair().publicKey];
const [p256, p384, secp256k1] = ["P-256", "P-384", "secp256k1"].map((curve) => ecKeyPair(curve).publicKey);
if (!p256 || !p384 || !secp256k1) throw new Error("three curves make three keys");

const chosen = (keys: readonly SigningKey[], header: Parameters<typeof selectKey>[1]) => {
  const selected = selectKey(keys, header);
  return selected.ok ? selected.value : selected.denial;
};

describe("selectKey", () => {
  test("gives the key that the kid names", () => {
    const keys = [
      { kid: "a", key: rsa },
      { kid: "b", key: otherRsa },
    ];
    expect(chosen(keys, { kid: "b", alg: "RS256" })).toBe(otherRsa);
    expect(chosen(keys, { kid: "c", alg: "RS256" })).toBe('the issuer has no key with kid "c"');
  });

  test("does not take a key without a kid for a token that names one", () => {
    expect(chosen([{ key: rsa }], { kid: "a", alg: "RS256" })).toBe('the issuer has no key with kid "a"');
  });

  test("takes a token without a kid only where exactly one key fits the algorithm", () => {
    const mixed = [
      { kid: "a", key: rsa },
      { kid: "b", key: p256 },
    ];
    expect(chosen(mixed, { alg: "RS256" })).toBe(rsa);
    expect(chosen(mixed, { alg: "ES256" })).toBe(p256);
    expect(chosen([...mixed, { kid: "c", key: otherRsa }], { alg: "RS256" })).toBe(
      "2 keys of the issuer fit RS256 and no kid: which one is not said",
    );
    expect(chosen([], { alg: "RS256" })).toBe("the issuer has no key with no kid");
  });

  test("does not choose between two different keys of one kid, but a key published twice is one", () => {
    const header = { kid: "a", alg: "RS256" } as const;
    expect(
      chosen(
        [
          { kid: "a", key: rsa },
          { kid: "a", key: otherRsa },
        ],
        header,
      ),
    ).toContain("which one is not said");
    expect(
      chosen(
        [
          { kid: "a", key: rsa },
          { kid: "a", key: rsa },
        ],
        header,
      ),
    ).toBe(rsa);
    expect(
      chosen(
        [
          { kid: "a", key: rsa },
          { kid: "a", key: p256 },
        ],
        header,
      ),
    ).toBe(rsa);
  });

  test.each([
    [{ key: rsa, alg: "PS256" }, "RS256", 'the key is for "PS256"'],
    [{ key: rsa, alg: "RSA-OAEP" }, "RS256", 'the key is for "RSA-OAEP"'],
    [{ key: rsa }, "ES256", "it is rsa, not ec"],
    [{ key: p256 }, "RS256", "it is ec, not rsa"],
    [{ key: p256 }, "PS512", "it is ec, not rsa"],
    [{ key: p256 }, "ES384", "its curve is prime256v1, not secp384r1"],
    [{ key: p384 }, "ES256", "its curve is secp384r1, not prime256v1"],
    [{ key: secp256k1 }, "ES256", "its curve is secp256k1, not prime256v1"],
    [{ key: createSecretKey("secret", "utf8") }, "RS256", "it is undefined, not rsa"],
    [{ key: createSecretKey("secret", "utf8") }, "ES256", "it is undefined, not ec"],
    [{ key: ed25519 }, "RS256", "it is ed25519, not rsa"],
    [{ key: ed25519 }, "ES256", "it is ed25519, not ec"],
    [{ key: rsaKeyPair(1024).publicKey }, "RS256", "it has 1024 bits, 2048 are the least"],
    [
      {
        key: createPublicKey({
          format: "jwk",
          key: { ...jwk({ publicKey: rsa, privateKey: rsa }), e: "AQ" },
        }),
      },
      "RS256",
      "its exponent is 1",
    ],
  ] as const)("refuses a key that does not fit the algorithm: %#", (key, alg, cause) => {
    expect(chosen([{ kid: "a", ...key }], { kid: "a", alg })).toBe(
      `no key of the issuer with kid "a" fits ${alg}: ${cause}`,
    );
  });

  test("one RSA key without alg serves RS and PS", () => {
    for (const alg of ["RS256", "RS512", "PS256", "PS512"] as const) {
      expect(chosen([{ kid: "a", key: rsa }], { kid: "a", alg })).toBe(rsa);
    }
  });
});
