import fc from "fast-check";
import { countCall, type OpenWindow } from "../../server/core/fixed-window.js";

const size = { requests: 3, milliseconds: 1_000 };

function countAt(times: readonly number[], window = size): number[] {
  let held: OpenWindow | undefined;
  return times.map((now) => {
    const counted = countCall(held, now, window);
    held = counted.window;
    return counted.waitMs;
  });
}

describe("a window", () => {
  test("has room for as many calls as it says, and not for one more", () => {
    expect(countAt([0, 0, 0, 0])).toEqual([0, 0, 0, 1_000]);
  });

  test("ends so long after its first call, whatever comes in between", () => {
    expect(countAt([500, 900, 1_400, 1_499, 1_500])).toEqual([0, 0, 0, 1, 0]);
  });

  test("is not prolonged by calls that are refused", () => {
    expect(countAt([0, 0, 0, 10, 999, 1_000])).toEqual([0, 0, 0, 990, 1, 0]);
  });

  test("takes its bound once more at its edge: that is how fixed windows are", () => {
    expect(countAt([0, 999, 999, 1_000, 1_000, 1_000, 1_000])).toEqual([0, 0, 0, 0, 0, 0, 1_000]);
  });

  test("lets nobody wait longer than it is, after the clock was set back", () => {
    expect(countAt([1_000_000, 1_000_000, 1_000_000, 0, 0])).toEqual([0, 0, 0, 1_000, 1_000]);
    expect(countAt([1_000_000, 1_000_000, 1_000_000, 0, 1_000])).toEqual([0, 0, 0, 1_000, 0]);
  });
});

test("within any span as long as a window no more than twice the bound is let in", () => {
  const steps = fc.array(fc.integer({ min: 0, max: 700 }), { maxLength: 200 });
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 10 }), (gaps, requests) => {
      let now = 0;
      const times = gaps.map((gap) => (now += gap));
      const waits = countAt(times, { ...size, requests });
      const letIn = times.filter((_, at) => waits[at] === 0);
      for (const start of letIn) {
        const within = letIn.filter((time) => time >= start && time < start + size.milliseconds);
        expect(within.length).toBeLessThanOrEqual(2 * requests);
      }
    }),
  );
});
