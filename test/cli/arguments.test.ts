import { parseTime, withEnvironment } from "../../server/cli/arguments.js";
import { printable, printableDeep, toJson } from "../../server/cli/printable.js";
import { accepted, refused } from "../fixtures/outcome.js";

test.each([
  ["2026-01-01T00:00:00Z", 1_767_225_600_000],
  ["2026-01-01T01:00:00+01:00", 1_767_225_600_000],
  ["2026-01-01T00:00Z", 1_767_225_600_000],
  ["2026-01-01", 1_767_225_600_000],
  ["1767225600", 1_767_225_600_000],
  ["0", 0],
])("%s is a time", (text, milliseconds) => {
  expect(accepted(parseTime(text))).toBe(milliseconds);
});

// Without a zone a time would mean another moment on another machine.
test.each(["", "yesterday", "2026-01-01T00:00:00", "2026-13-01T00:00:00Z", "-1", "1e9", "1767225600000"])(
  "%j is none",
  (text) => {
    expect(refused(parseTime(text))).toContain("must be a time");
  },
);

test("--env goes over the process's own environment", () => {
  const env = accepted(withEnvironment({ A: "1", B: "2" }, ["B=x=y\nz", "C="]));
  expect(env).toEqual({ A: "1", B: "x=y\nz", C: "" });
});

test.each(["secret", "=secret", "1A=secret", "A B=secret"])("--env %j is refused and not quoted", (pair) => {
  expect(refused(withEnvironment({}, [pair]))).toBe("--env takes NAME=VALUE");
});

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
