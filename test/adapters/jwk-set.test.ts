import { KeyObject } from "node:crypto";
import { readJwkSet } from "../../server/adapters/jwk-set.js";
import { ecKeyPair, jwk, rsaKeyPair } from "../fixtures/tokens.js";

const rsa = rsaKeyPair();
const ec = ecKeyPair();
const read = (jwkSet: unknown) => readJwkSet("https://login.example.com/keys", jwkSet);

const kidsOf = async (...keys: unknown[]) => {
  const set = await read({ keys });
  return set.ok ? set.value.map(({ kid }) => kid) : set.denial;
};

describe("readJwkSet", () => {
  test("gives public KeyObjects with their kid and alg", async () => {
    const set = await read({ keys: [jwk(rsa, { kid: "r", alg: "PS256" }), jwk(ec, { kid: "e" }), jwk(rsa)] });
    if (!set.ok) throw new Error(set.denial);
    expect(set.value.map(({ kid, alg }) => ({ kid, alg }))).toEqual([
      { kid: "r", alg: "PS256" },
      { kid: "e", alg: undefined },
      { kid: undefined, alg: undefined },
    ]);
    for (const { key } of set.value) expect(key).toBeInstanceOf(KeyObject);
    expect(set.value[0]?.key.equals(rsa.publicKey)).toBe(true);
    expect(set.value[1]?.key.equals(ec.publicKey)).toBe(true);
  });

  test.each([
    ["for encryption", jwk(rsa, { use: "enc" })],
    ["whose operations do not include verify", jwk(rsa, { key_ops: ["encrypt"] })],
    ["with no operations", jwk(rsa, { key_ops: [] })],
    ["whose operations are no list", jwk(rsa, { key_ops: "verify" })],
    ["that is private", rsa.privateKey.export({ format: "jwk" })],
    ["that is symmetric", { kty: "oct", k: "c2VjcmV0" }],
    ["for HMAC with an RSA body", jwk(rsa, { alg: "HS256" })],
    ["whose point is off the curve", { ...jwk(ec), x: "AA" }],
    ["without a modulus", { kty: "RSA", e: "AQAB" }],
    ["that is null", null],
    ["that is text", "key"],
  ])("leaves out a key %s and keeps the good one beside it", async (_, bad) => {
    expect(await kidsOf(bad, jwk(rsa, { kid: "good", use: "sig", key_ops: ["verify"] }))).toEqual(["good"]);
  });

  test("an empty set and one without usable keys are answers, not faults", async () => {
    expect(await kidsOf()).toEqual([]);
    expect(await kidsOf({ kty: "oct", k: "c2VjcmV0" })).toEqual([]);
  });

  test.each([null, [], "keys", {}, { keys: null }, { keys: { length: 1 } }])("refuses %j", async (jwkSet) => {
    expect(await read(jwkSet)).toEqual({
      ok: false,
      denial: "https://login.example.com/keys answered JSON that is no JWK Set",
    });
  });
});
