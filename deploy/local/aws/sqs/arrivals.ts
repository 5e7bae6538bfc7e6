// Wakes whoever waits for a queue: when something has happened to it, or when its next message becomes visible.
import type { After } from "../timer.js";

export class Arrivals {
  readonly #after: After;
  readonly #waiting = new Set<() => void>();

  constructor(after: After) {
    this.#after = after;
  }

  /** Whoever waits looks again. */
  tell(): void {
    for (const wake of this.#waiting) wake();
  }

  /** Resolves at the next `tell`, or after so many milliseconds. */
  async next(withinMs: number | undefined): Promise<void> {
    await new Promise<void>((resolve) => {
      const cancel = withinMs === undefined ? () => undefined : this.#after(withinMs, () => wake());
      const wake = (): void => {
        cancel();
        this.#waiting.delete(wake);
        resolve();
      };
      this.#waiting.add(wake);
    });
  }
}
