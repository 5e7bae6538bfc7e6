// What a sign-in from the command line needs of the world, as arguments: so that its tests wait for nothing and write
// to no terminal.
import type { ExchangeJson } from "../adapters/exchange-json.js";
import type { Result } from "../core/result.js";
import type { Clock } from "../ports.js";
import type { Tokens } from "./tokens.js";

/** Who asks for whom, at which OpenID provider. Two that differ in anything never share a token. */
export interface LoginRequest {
  /** As in the provider's discovery document, to the letter. */
  readonly issuer: string;
  readonly clientId: string;
  readonly scope: string;
  /** RFC 8707. */
  readonly resource?: string | undefined;
  /** Not of any RFC; some providers name the API by it. */
  readonly audience?: string | undefined;
}

/** `refused`: asking again will not help. `unavailable`: it may. The sentence is for a person and names no token; it may quote
 * what a provider or a gateway said, so it is not yet fit for a terminal. */
export interface Failure {
  readonly kind: "refused" | "unavailable";
  readonly sentence: string;
}

export interface Terminal {
  print(text: string): void;
  close(): void;
}

/** What a process does while the others wait for it. */
export interface Turn {
  /** To be called now and then by what takes its time, or its turn is given to another. */
  readonly stillHere: () => void;
  /** Tells those who wait that a person is being asked, which takes as long as it takes. */
  readonly asksPerson: () => void;
}

export interface TokenStore {
  /** `undefined` where nothing is kept, or nothing that can be read. */
  read(): Result<Tokens | undefined, Failure>;
  write(tokens: Tokens): Result<undefined, Failure>;
  /** `false` where there was nothing to remove. */
  remove(): Result<boolean, Failure>;
  /**
   * Runs while no other process does. `onAsking` is called once, if another asks a person meanwhile; a sentence of its
   * ends the waiting.
   */
  alone<T>(
    run: (turn: Turn) => Promise<Result<T, Failure>>,
    onAsking: () => Result<undefined, string>,
  ): Promise<Result<T, Failure>>;
}

export interface LoginPorts {
  readonly exchange: ExchangeJson;
  readonly clock: Clock;
  readonly wait: (milliseconds: number) => Promise<void>;
  readonly store: TokenStore;
  /** `undefined` where this process has none. */
  readonly openTerminal: () => Terminal | undefined;
  /** What to type in a terminal to sign in. */
  readonly command: string;
}
