// What the doctor says of an issuer whose published keys verify none of its tokens, and that its paste loads and mends it.
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { parse } from "yaml";
import { readJwkSet } from "../../server/adapters/jwk-set.js";
import { issuerSchema } from "../../server/config/issuer-schema.js";
import type { Issuer } from "../../server/core/model.js";
import { checkIssuer } from "../../server/doctor/check-issuers.js";
import { accepted } from "../fixtures/outcome.js";
import { smallScope } from "./facts.js";

const rsa = (modulusLength: number): KeyObject => generateKeyPairSync("rsa", { modulusLength }).publicKey;
const ec = (namedCurve: string): KeyObject => generateKeyPairSync("ec", { namedCurve }).publicKey;
const ed25519 = (): KeyObject => generateKeyPairSync("ed25519").publicKey;
const [short, long] = [rsa(1024), rsa(2048)];

interface Published {
  readonly key: KeyObject;
  readonly alg?: string;
}

/** What is said of an issuer that publishes these, and is configured to use RS256 and ES256 unless `algorithms` says other. */
async function found(published: readonly Published[], algorithms?: Issuer["algorithms"]) {
  const [issuer] = smallScope().issuers;
  if (!issuer) throw new Error("no issuer");
  const jwks = published.map(({ key, alg }) => ({ ...key.export({ format: "jwk" }), ...(alg && { alg }) }));
  const keys = accepted(await readJwkSet("https://login.example.com/keys", { keys: jwks }));
  const configured = algorithms ? { ...issuer, algorithms } : issuer;
  return checkIssuer({ issuer: configured, facts: { outcome: "keys", keys } }, "issuers[0] main");
}

test.each<[string, readonly Published[], readonly string[]]>([
  ["a curve of its own", [{ key: ec("P-384") }], ["ES384"]],
  [
    "RSA and a curve, for other algorithms",
    [{ key: long, alg: "PS256" }, { key: ec("P-521") }],
    ["PS256", "ES512"],
  ],
  [
    "one for encryption beside one that verifies",
    [{ key: long, alg: "RSA-OAEP" }, { key: ec("P-384") }],
    ["ES384"],
  ],
  ["a short one beside one that verifies", [{ key: short }, { key: ec("P-384") }], ["ES384"]],
])(
  "of keys of %s the paste has what some key serves for, loads, and mends it",
  async (_title, keys, algorithms) => {
    const [finding, ...others] = await found(keys);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ id: "issuer_keys_unusable", effect: "401 invalid_token for its tokens" });
    const pasted = issuerSchema.shape.algorithms.parse(
      (parse(finding?.paste?.text ?? "") as { readonly algorithms: unknown }).algorithms,
    );
    expect(pasted).toEqual(algorithms);
    expect((await found(keys, pasted)).filter(({ severity }) => severity === "error")).toEqual([]);
  },
);

test("of RSA keys without an algorithm RS256 is the one to paste", async () => {
  const [finding] = await found([{ key: long }], ["ES256"]);
  expect(finding?.paste?.text).toBe("algorithms: [RS256]");
});

test.each<[string, readonly Published[], string]>([
  ["too short an RSA key", [{ key: short }], "rsa of 1024 bits"],
  ["too short an RSA key, for RS256", [{ key: short, alg: "RS256" }], 'rsa of 1024 bits for "RS256"'],
  ["an Ed25519 key", [{ key: ed25519() }], "ed25519"],
  ["an encryption key", [{ key: long, alg: "RSA-OAEP" }], 'rsa of 2048 bits for "RSA-OAEP"'],
])("%s is told as it is, and nothing is pasted that helps nobody", async (_title, keys, kind) => {
  const [finding, ...others] = await found(keys);
  expect(others).toEqual([]);
  expect(finding).toMatchObject({
    id: "issuer_keys_unusable",
    problem: `no key of https://login.example.com/ serves for RS256, ES256; it publishes ${kind}`,
    effect: "401 invalid_token for its tokens",
  });
  expect(finding).not.toHaveProperty("paste");
});

test.each<[string, readonly Published[]]>([
  ["without any key", []],
  ["with a curve alone that no algorithm has", [{ key: ec("secp256k1") }]],
  ["with a key alone whose algorithm is another kind's", [{ key: long, alg: "ES256" }]],
])("%s its tokens are 503 keys_unavailable, and there is nothing to paste", async (_title, keys) => {
  const [finding, ...others] = await found(keys);
  expect(others).toEqual([]);
  expect(finding).toMatchObject({
    id: "issuer_keys_unusable",
    problem: "https://login.example.com/ publishes no usable signing key",
    effect: "503 keys_unavailable for its tokens",
  });
  expect(finding).not.toHaveProperty("paste");
});

test("keys of one kind are told once", async () => {
  const [finding] = await found([{ key: short }, { key: rsa(1024) }, { key: ed25519() }]);
  expect(finding?.problem).toMatch(/; it publishes rsa of 1024 bits, ed25519$/);
});
