// Time that a test moves by hand: a clock and what waits for it. Nothing sleeps.
import type { After } from "../../../deploy/local/aws/timer.js";

export interface ManualTime {
  readonly clock: () => number;
  readonly after: After;
  /** Moves the clock, and does what is due on the way, each at its own time. */
  readonly advance: (ms: number) => Promise<void>;
}

/** Lets everything go on that waits for nothing but other promises. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export const manualTime = (start = Date.UTC(2026, 10, 22, 6, 0, 0)): ManualTime => {
  let now = start;
  let due: { readonly at: number; readonly act: () => void }[] = [];
  const next = (until: number) =>
    due
      .filter(({ at }) => at <= until)
      .reduce<(typeof due)[number] | undefined>(
        (first, one) => (first === undefined || one.at < first.at ? one : first),
        undefined,
      );
  return {
    clock: () => now,
    after: (ms, act) => {
      const one = { at: now + ms, act };
      due.push(one);
      return () => {
        due = due.filter((other) => other !== one);
      };
    },
    advance: async (ms) => {
      const until = now + ms;
      await settled();
      for (let first = next(until); first !== undefined; first = next(until)) {
        const { at, act } = first;
        due = due.filter((other) => other !== first);
        now = Math.max(now, at);
        act();
        await settled();
      }
      now = until;
      await settled();
    },
  };
};
