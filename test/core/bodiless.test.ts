import { isBodiless, isBodilessStatus } from "../../server/core/bodiless.js";

test.each([
  ["GET", 200, false],
  ["GET", 204, true],
  ["GET", 205, false],
  ["GET", 304, true],
  ["HEAD", 200, true],
  ["head", 200, false],
])("%s %i has no body: %s", (method, status, expected) => {
  expect(isBodiless(method, status)).toBe(expected);
});

test("a status alone says it for 204 and 304", () => {
  expect([203, 204, 303, 304].map(isBodilessStatus)).toEqual([false, true, false, true]);
});
