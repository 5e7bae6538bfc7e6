// How a call ends before its time, and why: its caller has gone, or the gateway goes down. And what is given back when it
// has ended, in whatever way. Every call has one, so it is as small as can be: an AbortController takes ten times as long
// to make, and cannot say why.
import type { Denial } from "./denial.js";

export type AbandonReason = "client_gone" | "drained";

export interface AbandonmentListener {
  abandoned(reason: AbandonReason): void;
}

export class Abandonment {
  /** Set once: the first reason stays. */
  reason: AbandonReason | undefined;
  private listener: AbandonmentListener | undefined;
  private isOver = false;
  private givesBack: (() => void)[] | undefined;

  /** One at a time, the one that works on the call now: a later one takes an earlier one's place. */
  listen(listener: AbandonmentListener): void {
    this.listener = listener;
  }

  unlisten(listener: AbandonmentListener): void {
    if (this.listener === listener) this.listener = undefined;
  }

  abandon(reason: AbandonReason): void {
    if (this.reason) return;
    this.reason = reason;
    this.listener?.abandoned(reason);
  }

  /** Called once, when the call is over. That may be before a step knows it, which still works on it: then at once. */
  whenOver(giveBack: () => void): void {
    if (this.isOver) giveBack();
    else (this.givesBack ??= []).push(giveBack);
  }

  /** The call is over: answered, broken off or failed. */
  over(): void {
    this.isOver = true;
    const all = this.givesBack;
    this.givesBack = undefined;
    for (const giveBack of all ?? []) giveBack();
  }
}

/** What an abandoned call is refused with, where no head of an answer has gone out. */
export const denialOf = (reason: AbandonReason): Denial => ({
  reason: reason === "drained" ? "draining" : "client_gone",
});
