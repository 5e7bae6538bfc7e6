// Base64 (RFC 4648 section 4), as a function's answer may say that its body is.
import fc from "fast-check";
import { isBase64 } from "../../server/core/base64.js";

test("whatever Node encodes is base64", () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => isBase64(Buffer.from(bytes).toString("base64"))));
});

test("megabytes are looked at without running out of stack", () => {
  const text = Buffer.alloc(4_700_000, 7).toString("base64");
  expect(isBase64(text)).toBe(true);
  expect(isBase64(`${text.slice(0, -1)}!`)).toBe(false);
});

test.each(["A", "AA", "AAA", "A===", "=AAA", "AA=A", "AAAA=", "AAA-", "AA_A", "AA A", "AAAA\n", "===="])(
  "%j is not",
  (text) => {
    expect(isBase64(text)).toBe(false);
  },
);
