import { otherReadings } from "../../server/core/path-readings.js";
import { targetOf } from "../fixtures/target.js";

const readingsOf = (raw: string): string[] => [
  ...new Set(otherReadings(targetOf(raw)).map(({ segments }) => segments.join(" "))),
];

test.each(["/", "/a/b/", "/a?b=%2F%20", "/a%20b", "/%C3%BC/b(1)", "/a%2Bb", "/%61"])(
  "%s has no other reading",
  (raw) => {
    expect(otherReadings(targetOf(raw))).toEqual([]);
  },
);

test.each([
  ["an encoded slash", "/a%2Fb", ["a b"]],
  ["several", "/%2Fa%2f%2Fb/", ["a b", "b"]],
  ["an encoded backslash", "/a%5cb", ["a\\b", "a b"]],
  ["an encoded question mark", "/a%3Fb/c", ["a?b c", "a"]],
  ["an encoded hash sign", "/a%23b/c", ["a#b c", "a"]],
  ["a space at the end", "/a%20", ["a ", "a"]],
  ["a space before an encoded question mark", "/a%20%3Fb", ["a ?b", "a ", "a"]],
  ["a letter encoded twice", "/%2561dmin", ["%61dmin", "admin"]],
  ["a slash encoded twice", "/a%252Fb", ["a%2Fb", "a/b", "a b"]],
  ["a percent sign that ends nothing", "/100%25", ["100%"]],
  ["what is no UTF-8 when decoded again", "/a%2561%25E9", ["a%61%E9", "aa\ufffd"]],
  ["a host, where it is read as a reference", "/%5Ch/a", ["\\h a", "h a", "a"]],
  ["a host that is none", "/%2F:x/a", [":x a"]],
])("%s is read in other ways: %s", (_what, raw, readings) => {
  expect(readingsOf(raw)).toEqual(readings);
});

test("a reading keeps its slash at the end, for policies", () => {
  const paths = otherReadings(targetOf("/%2561dmin/")).map(({ path }) => path);
  expect(new Set(paths)).toEqual(new Set(["%61dmin/", "admin/"]));
});
