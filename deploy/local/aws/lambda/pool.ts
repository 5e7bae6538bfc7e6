// The execution environments of one function: a warm one is used again, a new one is started up to the function's
// concurrency, and beyond that the call is throttled. Reserved concurrency 0 throttles every call. After a change of
// the code, calls under way finish in the environments they began in.
import type { Environment } from "./environment.js";

/** For a function without reserved concurrency. An account has 1,000 on Lambda; here each is a process of some 25 MB. */
const UNRESERVED_CONCURRENCY = 256;

export interface IdleSettings {
  /** How many warm environments are kept beside the busy ones. */
  readonly maxIdle: number;
  /** How long, in milliseconds. */
  readonly idleMs: number;
}

const IDLE: IdleSettings = { maxIdle: 20, idleMs: 5 * 60_000 };

/** What a pool needs of an environment. */
interface Poolable {
  readonly alive: boolean;
  destroy(): Promise<void>;
}

export class Pool<E extends Poolable = Environment> {
  readonly #idleSettings: IdleSettings;
  readonly #limit: number;
  #start: () => E;
  #closed = false;
  /** The newest last. */
  #idle: { readonly environment: E; readonly timer: NodeJS.Timeout }[] = [];
  /** Those of older code stay here until their last call is over. */
  readonly #busy = new Map<E, () => E>();
  /** By what started them, who waits for them to be gone. */
  readonly #retired = new Map<() => E, () => void>();
  readonly #ending = new Set<Promise<void>>();

  constructor(start: () => E, reservedConcurrency: number | undefined, idleSettings = IDLE) {
    this.#start = start;
    this.#limit = reservedConcurrency ?? UNRESERVED_CONCURRENCY;
    this.#idleSettings = idleSettings;
  }

  /** `undefined` when the function is already running as often as it may. Give it back with `release`. */
  acquire(): E | undefined {
    if (this.#closed || this.#busy.size >= this.#limit) return undefined;
    const environment = this.#takeIdle() ?? this.#start();
    this.#busy.set(environment, this.#start);
    return environment;
  }

  release(environment: E): void {
    const start = this.#busy.get(environment);
    this.#busy.delete(environment);
    if (start === this.#start && environment.alive && !this.#closed) this.#keep(environment);
    else void this.#end(environment);
    if (start !== undefined) this.#settleRetired(start);
  }

  /** From now on calls go to new environments. Resolves when the last one of before is gone. */
  async replace(start: () => E): Promise<void> {
    const before = this.#start;
    this.#start = start;
    const idle = this.#clearIdle();
    await new Promise<void>((resolve) => {
      this.#retired.set(before, resolve);
      this.#settleRetired(before);
    });
    await Promise.all([...idle, ...this.#ending]);
  }

  async close(): Promise<void> {
    this.#closed = true;
    void Promise.all(this.#clearIdle());
    for (const environment of this.#busy.keys()) void this.#end(environment);
    await Promise.all(this.#ending);
  }

  #takeIdle(): E | undefined {
    for (let kept = this.#idle.pop(); kept !== undefined; kept = this.#idle.pop()) {
      clearTimeout(kept.timer);
      // It may have died while it was idle.
      if (kept.environment.alive) return kept.environment;
    }
    return undefined;
  }

  #keep(environment: E): void {
    const { maxIdle, idleMs } = this.#idleSettings;
    const timer = setTimeout(() => this.#drop(environment), idleMs).unref();
    this.#idle.push({ environment, timer });
    const [oldest] = this.#idle;
    if (this.#idle.length > maxIdle && oldest !== undefined) this.#drop(oldest.environment);
  }

  #drop(environment: E): void {
    for (const { timer } of this.#idle.filter((kept) => kept.environment === environment))
      clearTimeout(timer);
    this.#idle = this.#idle.filter((kept) => kept.environment !== environment);
    void this.#end(environment);
  }

  #clearIdle(): Promise<void>[] {
    return this.#idle.splice(0).map(({ environment, timer }) => {
      clearTimeout(timer);
      return this.#end(environment);
    });
  }

  #end(environment: E): Promise<void> {
    const ending = environment.destroy().finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
    return ending;
  }

  #settleRetired(start: () => E): void {
    if ([...this.#busy.values()].includes(start)) return;
    this.#retired.get(start)?.();
    this.#retired.delete(start);
  }
}
