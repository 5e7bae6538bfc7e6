// How many calls each key has in flight. A key without any takes no memory.

export class CallsAtOnce {
  private readonly taken = new Map<string, { calls: number }>();

  /** Keys with a call in flight. */
  get size(): number {
    return this.taken.size;
  }

  /** Takes one of `most` places. Gives what gives it back, once however often it is called; undefined where none is left. */
  take(key: string, most: number): (() => void) | undefined {
    const ofKey = this.taken.get(key) ?? { calls: 0 };
    if (ofKey.calls >= most) return undefined;
    ofKey.calls += 1;
    this.taken.set(key, ofKey);
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      ofKey.calls -= 1;
      if (ofKey.calls === 0) this.taken.delete(key);
    };
  }
}
