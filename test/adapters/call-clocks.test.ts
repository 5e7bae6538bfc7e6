// The clocks are Jest's, the turns of the event loop are real: nothing here waits.
import { CallClocks } from "../../server/adapters/call-clocks.js";

beforeEach(() => jest.useFakeTimers({ doNotFake: ["setImmediate", "clearImmediate"] }));
afterEach(() => jest.useRealTimers());

function started(timeoutMs: number, idleTimeoutMs?: number) {
  const onTimeout = jest.fn<undefined, []>();
  const clocks = new CallClocks(timeoutMs, idleTimeoutMs, onTimeout);
  /** After a turn of the loop, in which sockets are read. */
  const hasFired = async () => {
    await new Promise(setImmediate);
    return onTimeout.mock.calls.length > 0;
  };
  const firedAfter = (milliseconds: number) => {
    jest.advanceTimersByTime(milliseconds);
    return hasFired();
  };
  return { clocks, firedAfter, hasFired };
}

describe("the clock of the whole call", () => {
  test("goes on whatever comes", async () => {
    const { clocks, firedAfter } = started(1000);
    clocks.headCame();
    clocks.chunkCame();
    clocks.hold();
    expect([await firedAfter(999), await firedAfter(1)]).toEqual([false, true]);
  });

  test("stops with it", async () => {
    const { clocks, firedAfter } = started(1000, 100);
    clocks.headCame();
    clocks.stop();
    clocks.release();
    expect(await firedAfter(5000)).toBe(false);
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe("the clock of silence", () => {
  test("does not go before the head", async () => {
    const { firedAfter } = started(10_000, 100);
    expect(await firedAfter(9_999)).toBe(false);
  });

  test("goes from the head, and anew from every chunk", async () => {
    const { clocks, firedAfter } = started(10_000, 100);
    clocks.headCame();
    for (let chunk = 0; chunk < 5; chunk += 1) {
      expect(await firedAfter(99)).toBe(false);
      clocks.chunkCame();
    }
    expect([await firedAfter(99), await firedAfter(1)]).toEqual([false, true]);
  });

  test("stands still while the reader is full, and goes anew when he is not", async () => {
    const { clocks, firedAfter } = started(10_000, 100);
    clocks.headCame();
    clocks.hold();
    expect(await firedAfter(5000)).toBe(false);
    clocks.release();
    expect([await firedAfter(99), await firedAfter(1)]).toEqual([false, true]);
  });

  test("does not go anew for a reader who was never full", async () => {
    const { clocks, firedAfter } = started(10_000, 100);
    clocks.headCame();
    expect(await firedAfter(99)).toBe(false);
    clocks.release();
    expect(await firedAfter(1)).toBe(true);
  });

  test.each<[string, (clocks: CallClocks) => void]>([
    ["a chunk", (clocks) => clocks.chunkCame()],
    ["a chunk that fills its reader", (clocks) => clocks.hold()],
    ["the end", (clocks) => clocks.stop()],
  ])("goes by what lies in the sockets of a busy process: %s", async (_what, comes) => {
    const { clocks, hasFired } = started(10_000, 100);
    clocks.headCame();
    jest.advanceTimersByTime(100);
    comes(clocks);
    expect(await hasFired()).toBe(false);
  });
});
