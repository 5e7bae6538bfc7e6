import fc from "fast-check";
import { defaultSessionIdentifier, sessionIdentifier, tagValue } from "../../server/core/identifier.js";

// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
const stsIdentifier = /^[\w+=,.@-]{2,64}$/;
const stsTagValue = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** Texts that look like what the encodings themselves make, beside ordinary ones. */
const texts = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 80 }),
  fc.string({ unit: fc.constantFrom("=", "+", "7", "C", "|", "a", "3", "D", "あ", "."), maxLength: 70 }),
);

describe("sessionIdentifier", () => {
  test.each([
    ["alice", "alice"],
    ["alice@example.com", "alice@example.com"],
    ["a_b,c.d@e-f", "a_b,c.d@e-f"],
    ["auth0|abc", "auth0=7Cabc"],
    ["repo:org/app:ref:refs/heads/main", "repo=3Aorg=2Fapp=3Aref=3Arefs=2Fheads=2Fmain"],
    ["alice+news@example.com", "alice=2Bnews@example.com"],
    ["a=7Cb", "a=3D7Cb"],
    ["花子", "=E8=8A=B1=E5=AD=90"],
    ["a b", "a=20b"],
    ["aws:alice", "aws=3Aalice"],
    ["a", "a="],
    ["=", "=3D"],
    ["\u0000", "=00"],
    ["\u{1F600}", "=F0=9F=98=80"],
    ["x".repeat(64), "x".repeat(64)],
  ])("%j becomes %s", (text, identifier) => {
    expect(sessionIdentifier(text)).toBe(identifier);
  });

  test("keeps the first 20 characters of what is too long, then the SHA-256 of all of it", () => {
    expect(sessionIdentifier("x".repeat(65))).toBe(
      `${"x".repeat(20)}+lTfF_fEgSC99WNJentWD9SwCtOME6oFNsWM61WWu1-k`,
    );
  });

  test("measures what is sent, not what came", () => {
    expect(sessionIdentifier("|".repeat(21))).toBe("=7C".repeat(21));
    expect(sessionIdentifier("|".repeat(22))).toMatch(/^(?:=7C){6}=7\+[\w-]{43}$/);
  });

  test.each(["", "\ud800", "a\udc00b", `${"x".repeat(80)}\ud83d`])("%j has none", (text) => {
    expect(sessionIdentifier(text)).toBeUndefined();
  });

  test("is always what STS takes", () => {
    fc.assert(
      fc.property(
        texts.filter((text) => text !== ""),
        (text) => {
          expect(sessionIdentifier(text)).toMatch(stsIdentifier);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test("never takes two texts for one", () => {
    fc.assert(
      fc.property(texts, texts, (a, b) => {
        fc.pre(a !== b && a !== "");
        expect(sessionIdentifier(a)).not.toBe(sessionIdentifier(b));
      }),
      { numRuns: 1000 },
    );
  });

  test("does not take a text for another one's encoding", () => {
    fc.assert(
      fc.property(
        texts.filter((text) => text !== ""),
        (text) => {
          const identifier = sessionIdentifier(text) ?? "";
          if (identifier !== text) expect(sessionIdentifier(identifier)).not.toBe(identifier);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe("defaultSessionIdentifier", () => {
  test("names the issuer and the subject", () => {
    expect(defaultSessionIdentifier("main", "auth0|abc")).toBe("main.auth0=7Cabc");
  });

  test("has none for an empty subject", () => {
    expect(defaultSessionIdentifier("main", "")).toBeUndefined();
  });

  test("keeps the same subject of two issuers apart", () => {
    const shortName = fc.stringMatching(/^[a-z][a-z0-9-]{0,31}$/);
    fc.assert(
      fc.property(shortName, shortName, texts, texts, (issuerA, issuerB, a, b) => {
        fc.pre(a !== "" && b !== "" && (issuerA !== issuerB || a !== b));
        expect(defaultSessionIdentifier(issuerA, a)).not.toBe(defaultSessionIdentifier(issuerB, b));
      }),
    );
  });
});

describe("tagValue", () => {
  test.each([
    ["", ""],
    ["acme", "acme"],
    ["Team A: 東京/大阪", "Team A: 東京/大阪"],
    ["a=b+c@d-e_f.g", "a=b+c@d-e_f.g"],
    ["auth0|abc", "auth0=7Cabc"],
    ["a=7Cb", "a=3D7Cb"],
    ["a=7c", "a=7c"],
    ["=|", "==7C"],
    ["a,b", "a=2Cb"],
    ["tab\there", "tab=09here"],
    ["\u{1F600}", "=F0=9F=98=80"],
    ["x".repeat(256), "x".repeat(256)],
    ["|".repeat(85), "=7C".repeat(85)],
  ])("%j becomes %s", (text, value) => {
    expect(tagValue(text)).toBe(value);
  });

  test.each<[string[], string]>([
    [[], ":"],
    [[""], "::"],
    [["", ""], ":::"],
    [["analysts"], ":analysts:"],
    [["b", "a", "b"], ":b:a:b:"],
    [["a:b", "c"], ":a=3Ab:c:"],
    [["auth0|abc", "a=3Ab"], ":auth0=7Cabc:a=3D3Ab:"],
    [["営業", "a b"], ":営業:a b:"],
    [["="], ":=:"],
  ])("the list %j becomes %s, in its order", (list, value) => {
    expect(tagValue(list)).toBe(value);
  });

  test.each([
    [":a:", "=3Aa:"],
    [":", "=3A"],
    ["a:", "a:"],
    ["=3Aa:", "=3D3Aa:"],
  ])("a text such as %j cannot be taken for a list: %s", (text, value) => {
    expect(tagValue(text)).toBe(value);
  });

  test.each(["\ud800", "a\udfff", ["a", "\ud800"]])("%j has none", (claim) => {
    expect(tagValue(claim)).toBeUndefined();
  });

  test("is always of STS's alphabet, and never takes two texts or lists for one", () => {
    const pieces = fc.string({ unit: fc.constantFrom(":", "=", "3", "A", "a", "|"), maxLength: 5 });
    const claims = fc.oneof(texts, pieces, fc.array(fc.oneof(pieces, texts), { maxLength: 4 }));
    const seen = new Map<string, string>();
    fc.assert(
      fc.property(claims, (claim) => {
        const value = tagValue(claim);
        if (value === undefined) return;
        expect(value).toMatch(stsTagValue);
        const asJson = JSON.stringify(claim);
        expect(seen.get(value) ?? asJson).toBe(asJson);
        seen.set(value, asJson);
      }),
      { numRuns: 5000 },
    );
  });

  test("asking IAM for `:a:*` or `:*:a:*` finds the lists that hold a, and nothing else", () => {
    const pieces = fc.string({ unit: fc.constantFrom(":", "=", "3", "A", "a", "b"), maxLength: 7 });
    fc.assert(
      fc.property(fc.oneof(pieces, fc.array(pieces, { maxLength: 4 })), (claim) => {
        const found = /^:a:|^:.*:a:/.test(tagValue(claim) ?? "");
        expect(found).toBe(Array.isArray(claim) && claim.includes("a"));
      }),
      { numRuns: 5000 },
    );
  });

  test("does not take a text for another one's encoding", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const value = tagValue(text);
        if (value !== undefined && value !== text) expect(tagValue(value)).not.toBe(value);
      }),
      { numRuns: 1000 },
    );
  });
});
