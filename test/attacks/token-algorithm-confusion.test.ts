// CVE-2015-9235 and its kin: the token chooses how it is verified (RFC 8725 section 2.1).
import { createSecretKey } from "node:crypto";
import { createAuthenticate } from "../../server/authenticate.js";
import { signingAlgorithms } from "../../server/core/model.js";
import { accept } from "../../server/core/result.js";
import { selectKey } from "../../server/core/select-key.js";
import { authenticationWith, call, keysFrom } from "../fixtures/authentication.js";
import { base64url, ecKeyPair, goodClaims, issuerWith, rsaKeyPair, signedToken } from "../fixtures/tokens.js";

const rsa = rsaKeyPair();
const ec = ecKeyPair();
const keys = [
  { kid: "rsa", key: rsa.publicKey },
  { kid: "ec", key: ec.publicKey },
];

const authenticate = createAuthenticate(
  authenticationWith({
    issuers: [issuerWith({ algorithms: signingAlgorithms })],
    keys: keysFrom((_, header) => {
      const key = selectKey(keys, header);
      return Promise.resolve(
        key.ok ? key : { ok: false, denial: { reason: "token_key_unknown", cause: key.denial } },
      );
    }),
  }),
);

const reasonOf = async (token: string) => {
  const principal = await authenticate(["authorization", `Bearer ${token}`], call);
  return principal.ok ? "authenticated" : principal.denial.reason;
};

const pems = (["spki", "pkcs1"] as const).flatMap((type) => {
  const pem = rsa.publicKey.export({ type, format: "pem" }).toString();
  return [pem, pem.trim()];
});

describe("a token cannot choose how it is verified", () => {
  test("the honest tokens pass", async () => {
    const honest = signedToken({ alg: "RS256", kid: "rsa" }, goodClaims, "RS256", rsa.privateKey);
    expect(await reasonOf(honest)).toBe("authenticated");
    const honestEc = signedToken({ alg: "ES256", kid: "ec" }, goodClaims, "ES256", ec.privateKey);
    expect(await reasonOf(honestEc)).toBe("authenticated");
  });

  test.each(["HS256", "HS384", "HS512"])("refuses %s keyed with the public key's PEM text", async (alg) => {
    for (const pem of pems) {
      const token = signedToken({ alg, kid: "rsa" }, goodClaims, alg, createSecretKey(pem, "utf8"));
      expect(await reasonOf(token)).toBe("token_algorithm_refused");
    }
  });

  test("refuses an HMAC that hides behind an allowed alg", async () => {
    const secret = createSecretKey(String(pems[0]), "utf8");
    const token = signedToken({ alg: "RS256", kid: "rsa" }, goodClaims, "HS256", secret);
    expect(await reasonOf(token)).toBe("token_signature_invalid");
  });

  test.each(["none", "None", "NONE", "nOnE", "", " RS256"])("refuses alg %j", async (alg) => {
    const input = `${base64url(JSON.stringify({ alg, kid: "rsa" }))}.${base64url(JSON.stringify(goodClaims))}`;
    expect(await reasonOf(`${input}.c2ln`)).toBe("token_algorithm_refused");
    expect(await reasonOf(`${input}.`)).toBe("token_malformed");
  });

  test.each([
    ["RS256 on the EC key", "RS256", "ec", rsa.privateKey],
    ["ES256 on the RSA key", "ES256", "rsa", ec.privateKey],
    ["ES384 on the P-256 key", "ES384", "ec", ecKeyPair("P-384").privateKey],
  ])("refuses %s", async (_, alg, kid, privateKey) => {
    const token = signedToken({ alg, kid }, goodClaims, alg, privateKey);
    expect(await reasonOf(token)).toBe("token_key_unknown");
  });

  test("refuses an all-zero ECDSA signature (CVE-2022-21449)", async () => {
    const [header, claims] = signedToken(
      { alg: "ES256", kid: "ec" },
      goodClaims,
      "ES256",
      ec.privateKey,
    ).split(".");
    const token = `${String(header)}.${String(claims)}.${base64url(Buffer.alloc(64))}`;
    expect(await reasonOf(token)).toBe("token_signature_invalid");
  });
});

test("an issuer held to ES256 does not take an RS256 token of its own key", async () => {
  const esOnly = createAuthenticate(
    authenticationWith({
      issuers: [issuerWith({ algorithms: ["ES256"] })],
      keys: keysFrom(() => Promise.resolve(accept(rsa.publicKey))),
    }),
  );
  const token = signedToken({ alg: "RS256", kid: "rsa" }, goodClaims, "RS256", rsa.privateKey);
  expect(await esOnly(["authorization", `Bearer ${token}`], call)).toMatchObject({
    denial: { reason: "token_algorithm_refused" },
  });
});
