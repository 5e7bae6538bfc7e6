// What a release tells while it goes on. Pure data; text.ts makes lines of it.
import type { Counts } from "./ports.js";

export interface GatewaySeen {
  readonly answers: number;
  readonly failures: number;
}

/** Of the new version since the release began, and of the gateway since the step began. */
export interface Seen extends Counts {
  readonly gateway?: GatewaySeen;
}

export type ReleaseEvent =
  | { readonly event: "would"; readonly call: string }
  | { readonly event: "nothing"; readonly version: string }
  | { readonly event: "published"; readonly from: string; readonly to: string }
  | { readonly event: "resumed"; readonly from: string; readonly to: string; readonly percent: number }
  | { readonly event: "step"; readonly version: string; readonly percent: number; readonly forMs: number }
  | { readonly event: "look"; readonly afterMs: number; readonly seen: Seen }
  | { readonly event: "blind"; readonly afterMs: number; readonly sentence: string }
  | { readonly event: "quiet"; readonly percent: number }
  /** A route without calls and one that is not there look alike in a gateway's numbers. */
  | { readonly event: "unrouted"; readonly percent: number }
  | { readonly event: "over"; readonly why: string }
  | { readonly event: "retried"; readonly sentence: string }
  /** `unseen`: the steps, in per cent, in which nothing was seen and that was allowed. */
  | { readonly event: "done"; readonly version: string; readonly unseen?: readonly number[] }
  | { readonly event: "rolled_back"; readonly from: string; readonly to: string }
  /** By Ctrl-C; at 0 per cent nothing was moved yet. */
  | { readonly event: "stopped"; readonly percent: number; readonly version: string }
  /** Stopped by a step in which nothing was seen. */
  | { readonly event: "unseen"; readonly percent: number; readonly version: string }
  /** Where a `failed` leaves the alias. */
  | { readonly event: "left"; readonly percent: number; readonly version: string }
  /** What was asked for is not done, by what AWS told; nobody failed. */
  | { readonly event: "refused"; readonly sentence: string }
  /** Somebody else changed the alias in between. */
  | { readonly event: "conflict"; readonly sentence: string }
  /** AWS or a gateway could not be asked. */
  | { readonly event: "failed"; readonly sentence: string };

/** How a command ended; cli/ gives each an exit status. */
export type Ending = "done" | "no" | "failed" | "stopped";
