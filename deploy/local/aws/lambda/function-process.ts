// What an execution environment asks of the process that runs its calls, and what it is told: one interface for Lambda's
// Node runtime (environment-process.ts) and for all others (runtime-api-process.ts). Types only.
import type { FromEnvironment, ToEnvironment } from "./invocation.js";
import type { Keeper } from "./keeper.js";
import type { Exit } from "./process-group.js";

export interface ProcessSettings {
  /** The bundle that build.ts makes. */
  readonly workerFile: string;
  /** Where it runs: /var/task on Lambda. */
  readonly folder: string;
  readonly environmentVariables: Readonly<Record<string, string>>;
  readonly nodeOptions: readonly string[];
  readonly keeper: Keeper;
}

export interface ProcessEvents {
  received(message: FromEnvironment, body: Buffer): void;
  /** A line written around console.* */
  printed(line: string): void;
  /** Once, after everything that it sent was received. */
  ended(exit: Exit): void;
}

/** What runs a function's calls, whatever it is written in. */
export interface FunctionProcess {
  /** The most it has ever held, in bytes; `undefined` when that is not known. */
  readonly peakBytes: number | undefined;
  /** True before `ended` is told already: no call must go to it any more. */
  readonly hasEnded: boolean;
  post(message: ToEnvironment, body?: Buffer): void;
  /** Nothing of it runs until `thaw`. */
  freeze(): void;
  thaw(): void;
  /** Lets it say farewell, where Lambda does. */
  shutDown(): Promise<void>;
  /** Resolves when it is gone. */
  kill(): Promise<void>;
}
