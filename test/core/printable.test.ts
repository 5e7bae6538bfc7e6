import { printable, printableDeep, toJson } from "../../server/core/printable.js";

test("control characters do not reach a terminal, whatever text they stand in", () => {
  expect(printable("a\u001b[2J\u009b1m\u007f\nb é山")).toBe("a\\u001b[2J\\u009b1m\\u007f\\u000ab é山");
  expect(printableDeep({ "k\u001b": ["\u0007", 1, null, true] })).toEqual({
    "k\\u001b": ["\\u0007", 1, null, true],
  });
  expect(toJson(["\u009b\u001b"])).toBe('[\n  "\\u009b\\u001b"\n]\n');
  expect(JSON.parse(toJson(["\u009b\u001b"]))).toEqual(["\u009b\u001b"]);
});

test.each(["\u061c", "\u200e", "\u2028", "\u2029", "\u202e", "\u2066", "\u2069"])(
  "%j, which breaks a line or turns the text round, does not either (Trojan Source, CVE-2021-42574)",
  (character) => {
    const escaped = `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
    expect(printable(`a${character}b`)).toBe(`a${escaped}b`);
    expect(toJson(character)).toBe(`"${escaped}"\n`);
  },
);
