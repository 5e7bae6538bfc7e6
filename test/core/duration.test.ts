import { parseDuration } from "../../server/core/duration.js";

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
