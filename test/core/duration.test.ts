import fc from "fast-check";
import { formatDuration, parseDuration } from "../../server/core/duration.js";

test.each([
  ["15m30s", 930_000],
  ["1h", 3_600_000],
  ["10m", 600_000],
  ["900s", 900_000],
  ["0s", 0],
  ["1h2m3s", 3_723_000],
])("reads %s as %d ms", (text, milliseconds) => {
  expect(parseDuration(text)).toEqual({ ok: true, value: milliseconds });
});

test.each(["", "15", "15 m", "m", "30s15m", "1m1m", "1.5h", "-1s", "1H", "1d", "1234567s", "1s\n", "٣s"])(
  "refuses %j",
  (text) => {
    expect(parseDuration(text).ok).toBe(false);
  },
);

test.each([
  [930_000, "15m30s"],
  [900_000, "15m"],
  [3_600_000, "1h"],
  [3_605_000, "1h5s"],
  [0, "0s"],
  [1, "1s"],
  [1_001, "2s"],
])("writes %d ms as %s", (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text);
});

test("reads back what it writes", () => {
  fc.assert(
    fc.property(fc.nat({ max: 1_000_000 }), (seconds) => {
      expect(parseDuration(formatDuration(seconds * 1000))).toEqual({ ok: true, value: seconds * 1000 });
    }),
  );
});
