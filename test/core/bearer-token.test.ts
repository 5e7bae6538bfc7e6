import fc from "fast-check";
import { presentedToken } from "../../server/core/bearer-token.js";

const proxy = { allowBare: false, tokenBytes: 64 };
const grant = { allowBare: true, tokenBytes: 64 };

const reasonFor = (rawHeaders: readonly string[], options = proxy) => {
  const token = presentedToken(rawHeaders, options);
  return token.ok ? token.value.token : token.denial.reason;
};

const causeFor = (rawHeaders: readonly string[], options = proxy) => {
  const token = presentedToken(rawHeaders, options);
  return !token.ok && "cause" in token.denial ? token.denial.cause : undefined;
};

describe("presentedToken", () => {
  test.each([
    ["the scheme as RFC 6750 writes it", ["Authorization", "Bearer aa.bb.cc"]],
    ["a lower-case scheme", ["authorization", "bearer aa.bb.cc"]],
    ["an upper-case scheme and name", ["AUTHORIZATION", "BEARER aa.bb.cc"]],
    ["several spaces after the scheme", ["Authorization", "Bearer   aa.bb.cc"]],
    ["other headers around it", ["Host", "Authorization", "Authorization", "Bearer aa.bb.cc", "X", "y"]],
  ])("takes %s", (_, rawHeaders) => {
    expect(reasonFor(rawHeaders)).toBe("aa.bb.cc");
  });

  test.each([
    ["Bearer aa.bb.cc", "Bearer"],
    ["bearer aa.bb.cc", "Bearer"],
    ["DPoP aa.bb.cc", "DPoP"],
    ["dpop aa.bb.cc", "DPoP"],
    ["aa.bb.cc", "Bearer"],
  ])("reads %j as the scheme %s", (value, scheme) => {
    expect(presentedToken(["Authorization", value], grant)).toEqual({
      ok: true,
      value: { scheme, token: "aa.bb.cc" },
    });
  });

  test("a DPoP token has the same limit, although its scheme is shorter", () => {
    expect(reasonFor(["Authorization", `DPoP ${"a".repeat(64)}`])).toBe("a".repeat(64));
    expect(causeFor(["Authorization", `DPoP ${"a".repeat(65)}`])).toBe("the token is longer than 64 bytes");
  });

  test("takes every character of b64token, and padding at the end", () => {
    expect(reasonFor(["Authorization", "Bearer aZ09-._~+/=="])).toBe("aZ09-._~+/==");
  });

  test.each([
    ["no header at all", []],
    ["an empty one, as AWS SDKs make of an empty token file", ["Authorization", ""]],
    ["only other headers", ["Host", "gateway", "Proxy-Authorization", "Bearer aa.bb.cc"]],
    ["a value that reads like the header's name", ["X-Note", "Authorization"]],
  ])("misses credentials in %s", (_, rawHeaders) => {
    expect(presentedToken(rawHeaders, proxy)).toEqual({
      ok: false,
      denial: { reason: "credentials_missing" },
    });
  });

  test.each([
    [
      "two headers",
      ["Authorization", "Bearer aa", "authorization", "Bearer aa"],
      "more than one Authorization",
    ],
    ["another scheme", ["Authorization", "Basic YTpi"], "is Basic, neither Bearer nor DPoP"],
    ["a SigV4 signature", ["Authorization", "AWS4-HMAC-SHA256 Credential=x"], "is AWS4-HMAC-SHA256, neither"],
    ["a scheme without a token", ["Authorization", "Bearer"], "carries no token"],
    ["DPoP without a token", ["Authorization", "DPoP "], "the DPoP scheme carries no token"],
    ["a scheme and spaces", ["Authorization", "Bearer   "], "carries no token"],
    ["two tokens", ["Authorization", "Bearer aa bb"], "more than one token"],
    ["two joined headers", ["Authorization", "Bearer aa, Bearer bb"], "more than one token"],
    ["a tab for a space", ["Authorization", "Bearer\taa"], "is neither Bearer nor DPoP"],
    ["a character outside b64token", ["Authorization", "Bearer aa{bb"], "outside b64token"],
    ["a character outside ASCII", ["Authorization", "Bearer aa\u00e9bb"], "outside b64token"],
    ["padding inside", ["Authorization", "Bearer aa=bb"], "outside b64token"],
    ["a scheme that only starts alike", ["Authorization", "Bearerr aa"], "is neither Bearer nor DPoP"],
  ])("refuses %s", (_, rawHeaders, cause) => {
    expect(reasonFor(rawHeaders)).toBe("request_malformed");
    expect(causeFor(rawHeaders)).toContain(cause);
  });

  test("never quotes what could be a secret", () => {
    expect(causeFor(["Authorization", "hunter2 and more"])).not.toContain("hunter2");
    expect(causeFor(["Authorization", "Bearer se{cret"])).not.toContain("se{cret");
  });

  test("takes a bare JWT at the grant door only, and says so", () => {
    expect(reasonFor(["Authorization", "aa.bb.c-_"], grant)).toBe("aa.bb.c-_");
    expect(reasonFor(["Authorization", "aa.bb.cc"], proxy)).toBe("request_malformed");
    expect(causeFor(["Authorization", "aa.bb.cc"], proxy)).toContain("without the Bearer scheme");
  });

  test.each(["aa.bb", "aa.bb.cc.dd", "aa..cc", "aa.bb.cc=", "aa.bb.cc dd", "aa"])(
    "refuses %s as a bare JWT even at the grant door",
    (value) => {
      expect(reasonFor(["Authorization", value], grant)).toBe("request_malformed");
    },
  );

  test("takes a token of just the limit and refuses one byte more", () => {
    expect(reasonFor(["Authorization", `Bearer ${"a".repeat(64)}`])).toBe("a".repeat(64));
    expect(causeFor(["Authorization", `Bearer ${"a".repeat(65)}`])).toBe("the token is longer than 64 bytes");
  });

  test("takes a bare JWT of just the limit and refuses one byte more", () => {
    expect(reasonFor(["Authorization", `aa.bb.${"c".repeat(58)}`], grant)).toBe(`aa.bb.${"c".repeat(58)}`);
    expect(causeFor(["Authorization", `aa.bb.${"c".repeat(59)}`], grant)).toContain("longer than 64");
  });

  test("counts a long run of spaces against the limit, too", () => {
    expect(causeFor(["Authorization", `Bearer ${" ".repeat(64)}a`])).toContain("longer than 64");
  });

  test("gives back only what b64token allows, whatever the header says", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 80 }), fc.boolean(), (value, allowBare) => {
        for (const header of [value, `Bearer ${value}`]) {
          const token = presentedToken(["Authorization", header], { allowBare, tokenBytes: 64 });
          if (token.ok) expect(token.value.token).toMatch(/^[A-Za-z0-9._~+/-]{1,64}=*$/);
        }
      }),
    );
  });
});
