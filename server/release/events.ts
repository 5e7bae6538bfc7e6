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
  | { readonly event: "done"; readonly version: string }
  | { readonly event: "rolled_back"; readonly from: string; readonly to: string }
  | { readonly event: "stopped"; readonly percent: number; readonly version: string }
  | { readonly event: "refused"; readonly sentence: string };

/** How a command ended; cli/ gives each an exit status. */
export type Ending = "done" | "no" | "failed" | "stopped";
