// Medians and quantiles.
import { median, quantile } from "../../bench/statistics.js";

test.each([
  [[3], 3],
  [[9, 1, 5], 5],
  [[4, 1, 3, 2], 2.5],
  [[10, 9], 9.5],
])("the median of %j is %d", (values, expected) => {
  expect(median(values)).toBe(expected);
});

test("the median of nothing is no number", () => {
  expect(median([])).toBeNaN();
});

test("a quantile is one of the values, the nearest", () => {
  const values = Array.from({ length: 101 }, (_, index) => 100 - index);
  expect(quantile(values, 0.99)).toBe(99);
  expect(quantile(values, 1)).toBe(100);
  expect(quantile([7, 8], 0.99)).toBe(8);
});
