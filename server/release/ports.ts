// What a release needs of the world: one function's versions and alias, its numbers, the gateway's, time and a voice.
// A failure is a value with a sentence for the terminal.
import type { Result } from "../core/result.js";
import type { Clock } from "../ports.js";
import type { ReleaseEvent } from "./events.js";

/** `conflict`: somebody else changed the alias in between. */
export interface Fault {
  readonly kind: "conflict" | "failed";
  readonly sentence: string;
  /** No answer told what came of it: it may be done all the same. */
  readonly mayBeDone?: true;
}

export interface AliasState {
  /** "$LATEST" or a number. */
  readonly functionVersion: string;
  readonly description: string;
  readonly revisionId: string;
  /** A second version, and its share of the calls from 0 to 1. */
  readonly additional?: { readonly version: string; readonly weight: number };
}

export interface AliasChange {
  readonly functionVersion?: string;
  readonly description: string;
  /** `null` ends the split. */
  readonly additional: { readonly version: string; readonly weight: number } | null;
  /** Nothing is changed unless the alias is still at this revision. */
  readonly revisionId: string;
}

export interface VersionState {
  readonly version: string;
  readonly codeSha256: string;
  /** Calls of it fail or wait before it is Active. */
  readonly state: "Active" | "Pending" | "Failed";
  readonly reason?: string;
}

/** One function and one of its aliases. */
export interface FunctionAlias {
  read(): Promise<Result<AliasState, Fault>>;
  update(change: AliasChange): Promise<Result<AliasState, Fault>>;
  /** A version or $LATEST. */
  describe(version: string): Promise<Result<VersionState, Fault>>;
  /** The newest version again where nothing has changed since; refused where $LATEST has other code. */
  publish(codeSha256: string): Promise<Result<VersionState, Fault>>;
}

export interface Counts {
  readonly calls: number;
  readonly errors: number;
}

/** CloudWatch's numbers of calls of the alias; times are epoch milliseconds, rounded out to whole minutes. */
export interface CallNumbers {
  count(version: string | undefined, from: number, to: number): Promise<Result<Counts, Fault>>;
}

/** What one gateway has answered on one route since it started. */
export interface GatewayCounts {
  /** Seconds since 1970; another one means that it counts from 0 again. */
  readonly startedAt: number;
  readonly answers: number;
  /** With a status of 500 or more. */
  readonly failures: number;
}

export interface Gateway {
  readonly url: string;
  readonly route: string;
  read(): Promise<Result<GatewayCounts, Fault>>;
}

export interface ReleasePorts {
  readonly alias: FunctionAlias;
  readonly numbers: CallNumbers;
  readonly gateways: readonly Gateway[];
  readonly clock: Clock;
  /** Resolves after so many milliseconds, or when the release is to stop. */
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Somebody pressed Ctrl-C. */
  readonly isStopped: () => boolean;
  readonly tell: (event: ReleaseEvent) => void;
}
