import fc from "fast-check";
import { returnToken, takeToken, type TokenBucket } from "../../server/core/token-bucket.js";

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

test("a token put back can be taken again, and a full bucket holds no more for it", () => {
  const { bucket } = takeToken(undefined, 0, { capacity: 1, refillMs: 1000 });
  const one = { capacity: 1, refillMs: 1000 };
  expect(takeToken(returnToken(bucket, one), 0, one).waitMs).toBe(0);
  const overfull = returnToken(returnToken(bucket, one), one);
  const taken = takeToken(overfull, 0, one);
  expect(takeToken(taken.bucket, 0, one).waitMs).toBe(1000);
});
