import { readJoseHeader } from "../../server/core/jose-header.js";

describe("readJoseHeader", () => {
  test.each([
    [{ alg: "RS256" }, { alg: "RS256" }],
    [
      { alg: "anything", kid: "k" },
      { alg: "anything", kid: "k" },
    ],
    [{ alg: "RS256", typ: "JWT" }, { alg: "RS256" }],
    [{ alg: "RS256", typ: "jwt" }, { alg: "RS256" }],
    [{ alg: "RS256", typ: "at+jwt" }, { alg: "RS256" }],
    [{ alg: "RS256", typ: "AT+JWT" }, { alg: "RS256" }],
    [{ alg: "RS256", typ: "application/at+jwt" }, { alg: "RS256" }],
    [{ alg: "RS256", typ: "Application/JWT" }, { alg: "RS256" }],
    [{ alg: "RS256", cty: "json", x5t: "abc" }, { alg: "RS256" }],
  ])("reads %j", (header, joseHeader) => {
    expect(readJoseHeader(header)).toEqual({ ok: true, value: joseHeader });
  });

  test("gives nothing of the members that point to a key", () => {
    const jku = "https://evil.example/keys";
    expect(readJoseHeader({ alg: "RS256", jku, x5u: jku, jwk: {}, x5c: [] })).toEqual({
      ok: true,
      value: { alg: "RS256" },
    });
  });

  test.each([
    [{}, "no alg"],
    [{ alg: 256 }, "no alg"],
    [{ alg: null }, "no alg"],
    [{ alg: "RS256", kid: 7 }, "kid is number"],
    [{ alg: "RS256", kid: null }, "kid is null"],
    [{ alg: "RS256", kid: "" }, 'kid is ""'],
    [{ alg: "RS256", kid: ["k"] }, "kid is object"],
    [{ alg: "RS256", crit: ["exp"] }, "crit"],
    [{ alg: "RS256", crit: [] }, "crit"],
    [{ alg: "RS256", crit: null }, "crit"],
    [{ alg: "RS256", b64: false }, "b64"],
    [{ alg: "RS256", b64: true }, "b64"],
    [{ alg: "RS256", zip: "DEF" }, "zip"],
    [{ alg: "RS256", typ: "logout+jwt" }, 'typ is "logout+jwt"'],
    [{ alg: "RS256", typ: "application/dpop+jwt" }, "dpop+jwt"],
    [{ alg: "RS256", typ: "" }, "typ is"],
    [{ alg: "RS256", typ: null }, "typ is null"],
    [{ alg: "RS256", typ: ["JWT"] }, "typ is object"],
    [{ alg: "RS256", typ: "application/application/jwt" }, "typ is"],
    [{ alg: "RS256", cty: "JWT" }, "nested"],
    [{ alg: "RS256", cty: "application/jwt" }, "nested"],
  ])("refuses %j", (header, cause) => {
    expect(readJoseHeader(header)).toEqual({ ok: false, denial: expect.stringContaining(cause) as string });
  });

  test("takes a kid of 256 characters and refuses one of 257 without quoting it all", () => {
    expect(readJoseHeader({ alg: "RS256", kid: "k".repeat(256) }).ok).toBe(true);
    const refused = readJoseHeader({ alg: "RS256", kid: "k".repeat(257) });
    expect(refused).toEqual({ ok: false, denial: expect.stringContaining("(257 characters)") as string });
    expect(!refused.ok && refused.denial.length).toBeLessThan(220);
  });
});
