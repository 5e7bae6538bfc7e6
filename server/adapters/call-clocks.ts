// The clocks of one upstream call: the whole call's, and from its head on the silence's, which stands still while the
// reader holds the upstream back. One timer each: a chunk only refreshes it.

export class CallClocks {
  private readonly deadline: NodeJS.Timeout;
  private idle: NodeJS.Timeout | undefined;
  private look: NodeJS.Immediate | undefined;
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
    this.idle = setTimeout(() => this.lookOnceMore(), this.idleTimeoutMs);
  }

  chunkCame(): void {
    clearImmediate(this.look);
    this.idle?.refresh();
  }

  hold(): void {
    clearImmediate(this.look);
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
    clearImmediate(this.look);
    this.idle = undefined;
  }

  /** Timers go before sockets: in a process that was busy for so long, what came meanwhile is read in this very turn. */
  private lookOnceMore(): void {
    if (!this.isHeld) this.look = setImmediate(this.onTimeout);
  }
}
