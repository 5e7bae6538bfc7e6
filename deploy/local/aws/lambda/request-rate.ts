// How many calls a second one function takes: ten times its reserved concurrency, as a bucket that refills evenly.
// https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html#urls-throttling. How long a burst Lambda allows
// is not documented: here one second's worth.
import type { Clock } from "../../../../server/ports.js";

const CALLS_PER_SECOND_AND_ENVIRONMENT = 10;

export class RequestRate {
  readonly #perSecond: number;
  readonly #clock: Clock;
  #left: number;
  #countedAt: number;

  constructor(reservedConcurrency: number, clock: Clock) {
    this.#perSecond = CALLS_PER_SECOND_AND_ENVIRONMENT * reservedConcurrency;
    this.#clock = clock;
    this.#left = this.#perSecond;
    this.#countedAt = clock();
  }

  /** False when this second's calls are used up. */
  take(): boolean {
    const now = this.#clock();
    const refill = (Math.max(0, now - this.#countedAt) * this.#perSecond) / 1000;
    this.#left = Math.min(this.#perSecond, this.#left + refill);
    this.#countedAt = now;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
