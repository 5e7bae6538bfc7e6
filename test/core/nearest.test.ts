// "Did you mean": which known word, if any, and how far two words are apart.
import fc from "fast-check";
import { editDistance, nearest } from "../../server/core/nearest.js";

test.each([
  ["chekc", "check"],
  ["explian", "explain"],
  ["tests", "test"],
  ["xyz", undefined],
  ["", undefined],
  ["e", undefined],
])("near %j is %s", (word, known) => {
  expect(nearest(word, ["serve", "check", "explain", "test"])).toBe(known);
});

test("of two that are as near, the first is meant", () => {
  expect(nearest("tast", ["taste", "toast"])).toBe("taste");
  expect(nearest("toast", ["taste", "toast"])).toBe("toast");
});

test.each([
  ["", "", 0],
  ["", "abc", 3],
  ["abc", "", 3],
  ["kitten", "sitting", 3],
  ["requests", "request", 1],
  ["aé山", "aé川", 1],
])("%j and %j are %i letters apart", (a, b, distance) => {
  expect(editDistance(a, b)).toBe(distance);
});

test("nothing is nearer than itself, both ways are as long, and no way round is shorter", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.string(), (a, b, c) => {
      expect(editDistance(a, a)).toBe(0);
      expect(editDistance(a, b)).toBe(editDistance(b, a));
      expect(editDistance(a, c)).toBeLessThanOrEqual(editDistance(a, b) + editDistance(b, c));
    }),
  );
});
