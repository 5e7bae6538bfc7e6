import fc from "fast-check";
import { decodeUnverified } from "../../server/core/jwt.js";
import { base64url } from "../fixtures/tokens.js";

const header = base64url('{"alg":"RS256","kid":"k1"}');
const claims = base64url('{"sub":"alice"}');
const token = `${header}.${claims}.c2ln`;

const causeFor = (text: string) => {
  const decoded = decodeUnverified(text);
  if (decoded.ok) return "taken";
  expect(decoded.denial.reason).toBe("token_malformed");
  return "cause" in decoded.denial ? decoded.denial.cause : undefined;
};

describe("decodeUnverified", () => {
  test("gives the header and the claims, and says that they are unverified", () => {
    expect(decodeUnverified(token)).toEqual({
      ok: true,
      value: { unverifiedHeader: { alg: "RS256", kid: "k1" }, unverifiedClaims: { sub: "alice" } },
    });
  });

  test.each([
    ["one part", "c2ln", "has not three parts"],
    ["two parts", `${header}.${claims}`, "has not three parts"],
    ["four parts", `${token}.c2ln`, "has not three parts"],
    ["five parts", `${token}.c2ln.c2ln`, "encrypted tokens (JWE) are not taken"],
    ["six parts", `${token}.a.b.c`, "has not three parts"],
    ["nothing", "", "has not three parts"],
    ["an empty header", `.${claims}.c2ln`, "the header is empty or not base64url"],
    ["an empty claim set", `${header}..c2ln`, "the claim set is empty or not base64url"],
    ["an empty signature", `${header}.${claims}.`, "the signature is empty or not base64url"],
    ["padding after the signature", `${token}Zw==`, "the signature is empty or not base64url"],
    ["padding in the claims", `${header}.${base64url('{"a":12}')}=.c2ln`, "the claim set is empty or not"],
    ["a space before", ` ${token}`, "the header is empty or not base64url"],
    ["a newline after", `${token}\n`, "the signature is empty or not base64url"],
    ["base64 in place of base64url", `${header}.${claims}.+/+/`, "the signature is empty or not base64url"],
    ["spare bits that are not zero", `${header}.${claims}.c2lnZ9`, "the signature is empty or not base64url"],
    ["claims that are no UTF-8", `${header}.${base64url(Buffer.of(0x7b, 0xff, 0x7d))}.c2ln`, "is not UTF-8"],
    ["a byte order mark", `${header}.${base64url("\ufeff{}")}.c2ln`, "the claim set is not JSON"],
    [
      "claims that are a string",
      `${header}.${base64url('"alice"')}.c2ln`,
      "the claim set is not a JSON object",
    ],
    ["claims that are a list", `${header}.${base64url("[]")}.c2ln`, "the claim set is not a JSON object"],
    ["data after the claims", `${header}.${base64url("{}{}")}.c2ln`, "the claim set is not JSON"],
    [
      "a claim twice",
      `${header}.${base64url('{"sub":"a","sub":"b"}')}.c2ln`,
      "the claim set has a member twice",
    ],
    [
      "a header member twice",
      `${base64url('{"alg":"RS256","alg":"none"}')}.${claims}.c2ln`,
      "the header has a",
    ],
    ["a header that is no JSON", `${base64url("alg")}.${claims}.c2ln`, "the header is not JSON"],
  ])("refuses %s", (_, text, cause) => {
    expect(causeFor(text)).toContain(cause);
  });

  test("has one spelling per token: changing any one character changes what is read, or refuses", () => {
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/ .";
    const character = fc.constantFrom(...Array.from(alphabet));
    fc.assert(
      fc.property(fc.nat({ max: header.length + claims.length }), character, (at, replacement) => {
        fc.pre(token[at] !== replacement);
        const changed = decodeUnverified(token.slice(0, at) + replacement + token.slice(at + 1));
        if (changed.ok) expect(changed).not.toEqual(decodeUnverified(token));
      }),
    );
  });

  test("never throws, whatever the text", () => {
    const part = fc.oneof(
      fc.string(),
      fc.json().map(base64url),
      fc.uint8Array().map((b) => base64url(Buffer.from(b))),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), (parts) => void decodeUnverified(parts.join("."))),
    );
  });
});
