// The clocks of one upstream call: the whole call's, and from its head on the silence's, which stands still while the
// reader holds the upstream back. One timer each: a chunk only refreshes it.

export class CallClocks {
  private readonly deadline: NodeJS.Timeout;
  private idle: NodeJS.Timeout | undefined;
  private isHeld = false;

  constructor(
    timeoutMs: number,
    private readonly idleTimeoutMs: number | undefined,
    private readonly onTimeout: () => void,
  ) {
    this.deadline = setTimeout(onTimeout, timeoutMs);
  }

  headCame(): void {
    if (this.idleTimeoutMs === undefined) return;
    this.idle = setTimeout(() => {
      if (!this.isHeld) this.onTimeout();
    }, this.idleTimeoutMs);
  }

  chunkCame(): void {
    this.idle?.refresh();
  }

  hold(): void {
    this.isHeld = true;
  }

  release(): void {
    if (!this.isHeld) return;
    this.isHeld = false;
    // Also one that went off meanwhile: `refresh` sets it going again.
    this.idle?.refresh();
  }

  stop(): void {
    clearTimeout(this.deadline);
    clearTimeout(this.idle);
    this.idle = undefined;
  }
}
