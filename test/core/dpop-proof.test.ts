import fc from "fast-check";
import { checkProof, replayWindowSeconds, type ExpectedProof } from "../../server/core/dpop-proof.js";
import { call } from "../fixtures/authentication.js";
import { caller, callerJkt, proofFor, type ProofParts } from "../fixtures/proofs.js";
import { ecKeyPair, issuerWith, nowSeconds as now, rsaKeyPair } from "../fixtures/tokens.js";

const token = "aa.bb.cc";
const expected: ExpectedProof = {
  method: call.method,
  uri: call.uri,
  token,
  jkt: callerJkt,
  nowSeconds: now,
  issuer: issuerWith({ clockToleranceSeconds: 5 }),
};

const causeOf = (values: readonly string[], changed: Partial<ExpectedProof> = {}) => {
  const proof = checkProof(values, { ...expected, ...changed });
  if (proof.ok) return "taken";
  expect(proof.denial.reason).toBe("proof_invalid");
  return "cause" in proof.denial ? proof.denial.cause : undefined;
};

const causeFor = (parts: ProofParts, changed: Partial<ExpectedProof> = {}) =>
  causeOf([proofFor(token, parts)], changed);

describe("checkProof", () => {
  test("gives a good proof's id and nonce", () => {
    const proof = proofFor(token, { claims: { jti: "one", nonce: "n" } });
    expect(checkProof([proof], expected)).toEqual({ ok: true, value: { jti: "one", nonce: "n" } });
  });

  // RFC 9449 section 4.3, point by point.
  test("1: takes exactly one DPoP header", () => {
    const proof = proofFor(token);
    expect(causeOf([])).toBe("DPoP: there is no DPoP header");
    expect(causeOf([proof])).toBe("taken");
    expect(causeOf([proof, proof])).toBe("DPoP: there is more than one DPoP header");
    expect(causeOf([`${proof}, ${proof}`])).toContain("it has five parts");
  });

  test.each([
    ["text that is no JWT", "proof", "it has not three parts"],
    ["a trailing space", `${proofFor(token)} `, "the signature is empty or not base64url"],
    ["padding", `${proofFor(token)}=`, "the signature is empty or not base64url"],
    ["an empty value", "", "it has not three parts"],
  ])("2: refuses %s", (_, value, cause) => {
    expect(causeOf([value])).toContain(cause);
  });

  test("takes a proof of just the limit and refuses a longer one", () => {
    const overhead = proofFor(token, { claims: { pad: "" } }).length;
    const padded = (length: number) => proofFor(token, { claims: { pad: "p".repeat(length) } });
    const room = Math.floor(((8192 - overhead) * 3) / 4);
    expect(causeOf([padded(room - 2)])).toBe("taken");
    expect(padded(room + 4).length).toBeGreaterThan(8192);
    expect(causeOf([padded(room + 4)])).toBe("DPoP: the proof is longer than 8192 bytes");
  });

  test.each(["jti", "htm", "htu", "iat", "ath"])("3: refuses a proof without %s", (claim) => {
    expect(causeFor({ claims: { [claim]: undefined } })).toContain(`DPoP: ${claim} is`);
  });

  test("4, 5, 7: refuses a header that is no proof's", () => {
    expect(causeFor({ header: { typ: "at+jwt" } })).toContain("not dpop+jwt");
    expect(causeFor({ header: { alg: "HS256" } })).toContain('alg is "HS256"');
    expect(causeFor({ header: { jwk: caller.privateKey.export({ format: "jwk" }) } })).toContain("has d");
  });

  test("6: refuses a signature that is not the key's", () => {
    const [header, claims] = proofFor(token).split(".");
    const [, , signature] = proofFor(token).split(".");
    expect(causeOf([[header, claims, signature].join(".")])).toBe("DPoP: invalid signature");
  });

  test("8: the method is compared to the letter", () => {
    expect(causeFor({ claims: { htm: "GET" } })).toBe("taken");
    expect(causeFor({ claims: { htm: "POST" } })).toContain('htm is "POST", the request\'s method is "GET"');
    expect(causeFor({ claims: { htm: "get" } })).toContain("htm");
  });

  test.each([
    ["itself", call.uri, "taken"],
    ["another spelling", "HTTPS://Gateway.Example:443/%68ello?a=1#b", "taken"],
    ["another path", "https://gateway.example/other", "the request came to"],
    ["another host", "https://evil.example/hello", "the request came to"],
    ["another scheme", "http://gateway.example/hello", "the request came to"],
    ["a path alone", "/hello", "the request came to"],
    ["a list", [call.uri], "the request came to"],
  ])("9: the URI is compared in its normal form: %s", (_, htu, outcome) => {
    expect(causeFor({ claims: { htu } })).toContain(outcome);
  });

  test("9: tells the operator both URIs, and refuses where the request's own is not known", () => {
    expect(causeFor({}, { uri: "http://10.0.0.1:8080/hello?token=secret" })).toBe(
      'DPoP: htu is "https://gateway.example/hello", the request came to "http://10.0.0.1:8080/hello"',
    );
    expect(causeFor({ claims: { htu: "nothing" } }, { uri: "http:///hello" })).toContain("no known host");
  });

  test.each([
    ["just young enough", now - 65, "taken"],
    ["just too old", now - 66, "iat is 66 s ago by our clock"],
    ["just early enough", now + 5, "taken"],
    ["just too early", now + 6, "iat is 6 s ahead of our clock"],
    ["text", String(now), "iat is no date in seconds"],
    ["null", null, "iat is no date in seconds"],
  ])("11: an iat that is %s", (_, iat, outcome) => {
    expect(causeFor({ claims: { iat } })).toContain(outcome);
  });

  test("12: is bound to the token, and to the key that the token is bound to", () => {
    expect(causeFor({}, { token: "aa.bb.dd" })).toContain("ath is not the hash of the token");
    expect(causeFor({ pair: ecKeyPair() })).toContain("its key is not the one that the token is bound to");
  });

  test("a key that the token is not bound to is not even asked to verify", () => {
    const [header, claims] = proofFor(token, { pair: rsaKeyPair(), alg: "RS256" }).split(".");
    expect(causeOf([`${String(header)}.${String(claims)}.c2ln`])).toContain("its key is not the one");
  });

  test.each([
    ["of 1 character", "j", "taken"],
    ["of 256 characters", "j".repeat(256), "taken"],
    ["of 257 characters", "j".repeat(257), "jti is no text of 1 to 256"],
    ["of none", "", "jti is no text of 1 to 256"],
    ["that is a number", 7, "jti is no text of 1 to 256"],
  ])("a jti %s", (_, jti, outcome) => {
    expect(causeFor({ claims: { jti } })).toContain(outcome);
  });

  test("an accepted proof is past its age once the replay window ended, wherever its iat lay", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 300 }), fc.integer({ min: -400, max: 400 }), (tolerance, at) => {
        const issuer = issuerWith({ clockToleranceSeconds: tolerance });
        const proof = proofFor(token, { claims: { iat: now - at } });
        if (!checkProof([proof], { ...expected, issuer }).ok) return;
        const nowSeconds = now + replayWindowSeconds(tolerance) + 1;
        expect(checkProof([proof], { ...expected, issuer, nowSeconds }).ok).toBe(false);
      }),
      { numRuns: 50 },
    );
  });

  test("never throws and never quotes, whatever the header says", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (value) => {
        const cause = causeOf([`secret-${value}`]);
        expect(cause).not.toContain("secret-");
      }),
    );
  });
});
