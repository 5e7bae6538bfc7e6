// Lets a few environments start at a time: two hundred at once on a small machine would all miss Lambda's ten seconds,
// which count from here on.
import { availableParallelism } from "node:os";

export class StartGate {
  readonly #waiting: (() => void)[] = [];
  #places: number;

  constructor(places = availableParallelism() * 2) {
    this.#places = places;
  }

  /** Resolves when there is a place; give it back with `leave`. */
  enter(): Promise<void> {
    if (this.#places > 0) {
      this.#places -= 1;
      return Promise.resolve();
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#places += 1;
    else next();
  }
}
