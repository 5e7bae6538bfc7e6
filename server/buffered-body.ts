// A body that lies in memory, and is relayed like any other.
import type { RelayedBody, Sink, Verdict } from "./core/inbound.js";

export class BufferedBody implements RelayedBody {
  bytes = 0;

  constructor(private readonly body: Buffer) {}

  relay(sink: Sink): Promise<Verdict> {
    this.bytes = this.body.length;
    if (this.bytes > 0) sink.write(this.body);
    sink.end([]);
    return Promise.resolve("complete");
  }

  leave(): void {
    // There is nobody to leave: the call is over.
  }
}
