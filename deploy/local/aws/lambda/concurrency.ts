// How many calls of one function run at a time, all its versions together: reserved concurrency is the function's.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html

/** For a function without reserved concurrency. An account has 1,000 on Lambda; here each is a process of some 25 MB. */
const UNRESERVED_CONCURRENCY = 256;

export class Concurrency {
  readonly #limit: number;
  #running = 0;

  constructor(reserved: number | undefined) {
    this.#limit = reserved ?? UNRESERVED_CONCURRENCY;
  }

  /** False when the function is already running as often as it may. Give it back with `give`. */
  take(): boolean {
    if (this.#running >= this.#limit) return false;
    this.#running += 1;
    return true;
  }

  give(): void {
    this.#running -= 1;
  }
}
