// The execution environments of one version of a function: a warm one is used again, a new one is started up to the
// function's concurrency, and beyond that the call is throttled. When a version is retired, calls under way finish in
// the environments they began in.
import type { Clock } from "../../../../server/ports.js";
import { Concurrency } from "./concurrency.js";
import type { Environment } from "./environment.js";

export interface PoolSettings {
  /** How many warm environments are kept beside the busy ones. */
  readonly maxIdle: number;
  /** How long, in milliseconds. */
  readonly idleMs: number;
  /** How old an environment may be when it takes a call. Its credentials are for 12 hours, and are never renewed. */
  readonly maxAgeMs: number;
  readonly clock: Clock;
}

/** Lambda too ends environments in steady use after some hours. */
const SETTINGS: PoolSettings = { maxIdle: 20, idleMs: 5 * 60_000, maxAgeMs: 4 * 3_600_000, clock: Date.now };

/** What a pool needs of an environment. */
interface Poolable {
  readonly alive: boolean;
  destroy(): Promise<void>;
}

export class Pool<E extends Poolable = Environment> {
  readonly #start: () => E;
  readonly #concurrency: Concurrency;
  readonly #settings: PoolSettings;
  #closed = false;
  /** The newest last. */
  #idle: { readonly environment: E; readonly timer: NodeJS.Timeout }[] = [];
  readonly #busy = new Set<E>();
  readonly #startedAt = new WeakMap<E, number>();
  readonly #ending = new Set<Promise<void>>();
  #lastReleased: () => void = () => undefined;

  /** `concurrency` is shared by the pools of a function's versions. */
  constructor(
    start: () => E,
    concurrency = new Concurrency(undefined),
    settings: Partial<PoolSettings> = {},
  ) {
    this.#start = start;
    this.#concurrency = concurrency;
    this.#settings = { ...SETTINGS, ...settings };
  }

  /** `undefined` when the function is already running as often as it may. Give it back with `release`. */
  acquire(): E | undefined {
    if (this.#closed || !this.#concurrency.take()) return undefined;
    const environment = this.#takeIdle() ?? this.#startNew();
    this.#busy.add(environment);
    return environment;
  }

  release(environment: E): void {
    this.#busy.delete(environment);
    this.#concurrency.give();
    if (environment.alive && !this.#closed && this.#isYoung(environment)) this.#keep(environment);
    else void this.#end(environment);
    if (this.#busy.size === 0) this.#lastReleased();
  }

  /** No call begins here from now on. Resolves when the last environment is gone. */
  async retire(): Promise<void> {
    this.#closed = true;
    void Promise.all(this.#clearIdle());
    if (this.#busy.size > 0) await new Promise<void>((resolve) => (this.#lastReleased = resolve));
    await Promise.all(this.#ending);
  }

  async close(): Promise<void> {
    this.#closed = true;
    void Promise.all(this.#clearIdle());
    for (const environment of this.#busy) void this.#end(environment);
    await Promise.all(this.#ending);
  }

  #takeIdle(): E | undefined {
    for (let kept = this.#idle.pop(); kept !== undefined; kept = this.#idle.pop()) {
      clearTimeout(kept.timer);
      // It may have died while it was idle, and grown old while this machine slept.
      if (kept.environment.alive && this.#isYoung(kept.environment)) return kept.environment;
      void this.#end(kept.environment);
    }
    return undefined;
  }

  #startNew(): E {
    const environment = this.#start();
    this.#startedAt.set(environment, this.#settings.clock());
    return environment;
  }

  #isYoung(environment: E): boolean {
    const { clock, maxAgeMs } = this.#settings;
    return clock() - (this.#startedAt.get(environment) ?? 0) < maxAgeMs;
  }

  #keep(environment: E): void {
    const { maxIdle, idleMs } = this.#settings;
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
}
