// The clocks are Jest's: nothing here waits.
import { CallClocks } from "../../server/adapters/call-clocks.js";

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

function started(timeoutMs: number, idleTimeoutMs?: number) {
  const onTimeout = jest.fn<undefined, []>();
  const clocks = new CallClocks(timeoutMs, idleTimeoutMs, onTimeout);
  const firedAfter = (milliseconds: number) => {
    jest.advanceTimersByTime(milliseconds);
    return onTimeout.mock.calls.length > 0;
  };
  return { clocks, firedAfter };
}

describe("the clock of the whole call", () => {
  test("goes on whatever comes", () => {
    const { clocks, firedAfter } = started(1000);
    clocks.headCame();
    clocks.chunkCame();
    clocks.hold();
    expect([firedAfter(999), firedAfter(1)]).toEqual([false, true]);
  });

  test("stops with it", () => {
    const { clocks, firedAfter } = started(1000, 100);
    clocks.headCame();
    clocks.stop();
    clocks.release();
    expect(firedAfter(5000)).toBe(false);
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe("the clock of silence", () => {
  test("does not go before the head", () => {
    const { firedAfter } = started(10_000, 100);
    expect(firedAfter(9_999)).toBe(false);
  });

  test("goes from the head, and anew from every chunk", () => {
    const { clocks, firedAfter } = started(10_000, 100);
    clocks.headCame();
    for (let chunk = 0; chunk < 5; chunk += 1) {
      expect(firedAfter(99)).toBe(false);
      clocks.chunkCame();
    }
    expect([firedAfter(99), firedAfter(1)]).toEqual([false, true]);
  });

  test("stands still while the reader is full, and goes anew when he is not", () => {
    const { clocks, firedAfter } = started(10_000, 100);
    clocks.headCame();
    clocks.hold();
    expect(firedAfter(5000)).toBe(false);
    clocks.release();
    expect([firedAfter(99), firedAfter(1)]).toEqual([false, true]);
  });

  test("does not go anew for a reader who was never full", () => {
    const { clocks, firedAfter } = started(10_000, 100);
    clocks.headCame();
    expect(firedAfter(99)).toBe(false);
    clocks.release();
    expect(firedAfter(1)).toBe(true);
  });
});
