// One issuer's keys over time: the whole set is held, one fetch is in flight, and neither an outage of the issuer nor
// a flood of unknown key ids disturbs callers whose key is held. Where the set comes from is the loader's matter.
import type { KeyObject } from "node:crypto";
import { accept, refuse, type Result } from "../core/result.js";
import { selectKey, type KeyHeader, type SigningKey } from "../core/select-key.js";
import type { Clock } from "../ports.js";

const minuteMs = 60_000;
/** Older keys are fetched again in the background. */
const refreshAfterMs = 10 * minuteMs;
/** Keys so old were in nobody's use for a while; one fetch is waited for, so that a withdrawn key is not taken. */
const waitAfterMs = 60 * minuteMs;
/** How long keys serve while the issuer is down. */
const keepForMs = 24 * 60 * minuteMs;
/** Unknown key ids cause one fetch in this time. */
const unknownKeyCoolDownMs = 30_000;
/** A failed fetch is not tried again before. */
const failurePauseMs = 2_000;

/** The refusal is a sentence for the operator. An empty list: the issuer has withdrawn all keys. */
export type LoadKeys = () => Promise<Result<readonly SigningKey[], string>>;

export type KeysOutcome = Result<{ readonly keys: number }, string>;

export interface KeysStatus {
  /** There is at least one key that serves. */
  readonly ready: boolean;
  readonly keys: number;
  /** In this process, at some time. */
  readonly hasHadKeys: boolean;
  /** Absent when the latest fetch went well. */
  readonly lastError?: string;
}

export class IssuerKeys {
  #held: { readonly keys: readonly SigningKey[]; readonly fetchedAt: number } | undefined;
  /** What went wrong with the latest fetch; `undefined` when it went well. */
  #lastError: string | undefined = "not fetched yet";
  #hasHadKeys = false;
  #failedAt = Number.NEGATIVE_INFINITY;
  #unknownKeyFetchAt = Number.NEGATIVE_INFINITY;
  #inFlight: Promise<void> | undefined;
  readonly #load: LoadKeys;
  readonly #clock: Clock;
  readonly #onFetched: (outcome: KeysOutcome) => void;

  constructor(load: LoadKeys, clock: Clock, onFetched: (outcome: KeysOutcome) => void) {
    this.#load = load;
    this.#clock = clock;
    this.#onFetched = onFetched;
  }

  async find(header: KeyHeader): Promise<Result<KeyObject>> {
    const before = this.#held;
    await this.#freshen();
    const found = this.#select(header);
    // Keys that came a moment ago need not be asked for again.
    if (found.ok || this.#held !== before) return found;
    await this.#refetchForUnknownKey();
    return this.#select(header);
  }

  /**
   * Whether a key that was found before still serves, without waiting. It asks for fresh keys behind the caller's back
   * as `find` does, so that callers who need no `find` do not keep a withdrawn key alive.
   */
  isCurrent(key: KeyObject): boolean {
    if (this.#mustWait()) return false;
    void this.#refreshIfOld();
    return this.#held?.keys.some((held) => held.key === key) ?? false;
  }

  /** Fetches the keys, or joins the fetch in flight. Never rejects. */
  refresh(): Promise<void> {
    this.#inFlight ??= this.#fetch().finally(() => (this.#inFlight = undefined));
    return this.#inFlight;
  }

  /** Fetches what is due, and never waits for it: for who looks at the keys while no caller comes. */
  keepFresh(): void {
    void this.#refreshIfOld();
  }

  status(): KeysStatus {
    const keys = this.#age() < keepForMs ? (this.#held?.keys.length ?? 0) : 0;
    const status = { ready: keys > 0, keys, hasHadKeys: this.#hasHadKeys };
    return this.#lastError === undefined ? status : { ...status, lastError: this.#lastError };
  }

  /** Epoch milliseconds; `undefined` where none are held. */
  get fetchedAt(): number | undefined {
    return this.#held?.fetchedAt;
  }

  async #freshen(): Promise<void> {
    const mustWait = this.#mustWait();
    const refreshed = this.#refreshIfOld();
    if (mustWait) await refreshed;
  }

  /** While the issuer is down nobody waits for it as long as there is a key that serves. */
  #mustWait(): boolean {
    const age = this.#age();
    return age >= keepForMs || (age >= waitAfterMs && this.#lastError === undefined);
  }

  #refreshIfOld(): Promise<void> | undefined {
    if (this.#age() < refreshAfterMs && this.#lastError === undefined) return undefined;
    return this.#isPausing() ? this.#inFlight : this.refresh();
  }

  async #refetchForUnknownKey(): Promise<void> {
    if (this.#inFlight === undefined) {
      const now = this.#clock();
      if (this.#isPausing() || now - this.#unknownKeyFetchAt < unknownKeyCoolDownMs) return;
      this.#unknownKeyFetchAt = now;
    }
    await this.refresh();
  }

  #select(header: KeyHeader): Result<KeyObject> {
    if (this.#held === undefined || this.#age() >= keepForMs) return this.#unavailable();
    const selected = selectKey(this.#held.keys, header);
    if (selected.ok) return selected;
    // The key may be a new one that only the issuer knows: its outage must not read as a bad token.
    if (this.#lastError !== undefined) return this.#unavailable();
    return refuse({ reason: "token_key_unknown", cause: selected.denial });
  }

  async #fetch(): Promise<void> {
    const fetchedAt = this.#clock();
    // A loader that throws has a bug; in the background nobody would catch it.
    const loaded = await this.#load().catch((error: unknown) => refuse(`loading failed: ${String(error)}`));
    if (loaded.ok && loaded.value.length > 0) {
      this.#held = { keys: loaded.value.map((key) => this.#sameObjectAsBefore(key)), fetchedAt };
      this.#lastError = undefined;
      this.#hasHadKeys = true;
      this.#onFetched(accept({ keys: loaded.value.length }));
      return;
    }
    // An empty set is an answer: every key is withdrawn. Only silence keeps the old ones.
    if (loaded.ok) this.#held = undefined;
    this.#lastError = loaded.ok ? "the issuer publishes no usable signing key" : loaded.denial;
    this.#failedAt = this.#clock();
    this.#onFetched(refuse(this.#lastError));
  }

  /** A key that stays keeps its object, by which verified tokens know it. */
  #sameObjectAsBefore(fresh: SigningKey): SigningKey {
    const before = this.#held?.keys.find(
      ({ kid, alg, key }) => kid === fresh.kid && alg === fresh.alg && key.equals(fresh.key),
    );
    return before ?? fresh;
  }

  #age(): number {
    return this.#held === undefined ? Number.POSITIVE_INFINITY : this.#clock() - this.#held.fetchedAt;
  }

  #isPausing(): boolean {
    return this.#lastError !== undefined && this.#clock() - this.#failedAt < failurePauseMs;
  }

  #unavailable(): Result<never> {
    const cause = this.#lastError ?? "the keys are too old";
    return refuse({
      reason: "keys_unavailable",
      cause,
      retryAfterSeconds: Math.ceil(failurePauseMs / 1000),
    });
  }
}
