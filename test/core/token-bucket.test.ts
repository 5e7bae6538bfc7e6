import fc from "fast-check";
import { takeToken, type TokenBucket } from "../../server/core/token-bucket.js";

const size = { capacity: 3, refillMs: 1000 };

/** Takes one at each time; the waits. */
function takeAt(times: readonly number[]): number[] {
  let bucket: TokenBucket | undefined;
  return times.map((now) => {
    const taken = takeToken(bucket, now, size);
    bucket = taken.bucket;
    return taken.waitMs;
  });
}

test.each([
  ["a bucket never seen is full", [0, 0, 0, 0], [0, 0, 0, 1000]],
  ["waiting is told to the millisecond", [0, 0, 0, 400], [0, 0, 0, 600]],
  ["one comes just in time, and not just before", [0, 0, 0, 999, 1000, 1000], [0, 0, 0, 1, 0, 1000]],
  ["a refused one costs nothing", [0, 0, 0, 500, 500, 1000], [0, 0, 0, 500, 500, 0]],
  ["it never holds more than its capacity", [0, 1e9, 1e9, 1e9, 1e9], [0, 0, 0, 0, 1000]],
  ["a clock set back empties it, and does not shut it", [1e9, 1e9, 0, 999, 1000], [0, 0, 1000, 1, 0]],
])("%s", (_, times, waits) => {
  expect(takeAt(times)).toEqual(waits);
});

test("no stretch of time gives more than the capacity and what was refilled in it", () => {
  const gaps = fc.array(fc.nat({ max: 3000 }), { maxLength: 60 });
  fc.assert(
    fc.property(gaps, (steps) => {
      let now = 0;
      const times = steps.map((step) => (now += step));
      const taken = takeAt(times).filter((wait) => wait === 0).length;
      expect(taken).toBeLessThanOrEqual(size.capacity + (now - (times[0] ?? 0)) / size.refillMs);
    }),
  );
});
