// The execution environments of one function: a warm one is used again, a new one is started up to the function's
// concurrency, and beyond that the call is throttled. Reserved concurrency 0 throttles every call.
import type { Environment } from "./environment.js";

/** For a function without reserved concurrency. An account has 1,000 on Lambda; a laptop has fewer. */
const UNRESERVED_CONCURRENCY = 100;

export class Pool {
  readonly #start: () => Environment;
  readonly #busy = new Set<Environment>();
  #limit: number;
  #idle: Environment[] = [];

  constructor(start: () => Environment, reservedConcurrency: number | undefined) {
    this.#start = start;
    this.#limit = reservedConcurrency ?? UNRESERVED_CONCURRENCY;
  }

  /** `undefined` when the function is already running as often as it may. Give it back with `release`. */
  acquire(): Environment | undefined {
    if (this.#busy.size >= this.#limit) return undefined;
    // One may have died of its last call, or while it was idle.
    this.#idle = this.#idle.filter(({ alive }) => alive);
    const environment = this.#idle.pop() ?? this.#start();
    this.#busy.add(environment);
    return environment;
  }

  release(environment: Environment): void {
    this.#busy.delete(environment);
    this.#idle.push(environment);
  }

  async close(): Promise<void> {
    this.#limit = 0;
    await Promise.all([...this.#idle, ...this.#busy].map((environment) => environment.destroy()));
  }
}
