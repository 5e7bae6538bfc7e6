// Between a relayed text/event-stream and its reader: a comment while it is silent, an `error` event where it breaks.
// What may stand where is core/event-stream.ts's to say; here are the clocks.
import { EventStreamPosition, errorEvent, heartbeat } from "../core/event-stream.js";
import type { BrokenVerdict, EventStream, Sink } from "../core/inbound.js";
import type { RawHeaders } from "../core/raw-headers.js";

export class EventStreamSink implements Sink {
  private readonly position = new EventStreamPosition();
  private readonly beat: NodeJS.Timeout | undefined;
  private isHeldBack = false;

  constructor(
    private readonly sink: Sink,
    private readonly stream: EventStream,
  ) {
    if (stream.heartbeatMs === undefined) return;
    this.beat = setTimeout(() => this.keepAlive(), stream.heartbeatMs);
    sink.on("drain", () => (this.isHeldBack = false));
  }

  write(chunk: Buffer): boolean {
    this.position.advance(chunk);
    return this.pass(chunk);
  }

  end(trailers: RawHeaders): void {
    clearTimeout(this.beat);
    this.sink.end(trailers);
  }

  destroy(verdict: BrokenVerdict): void {
    clearTimeout(this.beat);
    // Inside an event nothing is added: readers drop an event that does not end, and half an `id` must not be whole.
    if (verdict !== "client_gone" && this.position.isBetweenEvents)
      this.sink.write(errorEvent(verdict, this.stream.requestId));
    this.sink.destroy(verdict);
  }

  on(event: "drain", listener: () => void): unknown {
    return this.sink.on(event, listener);
  }

  private keepAlive(): void {
    if (this.position.isBetweenEvents && !this.isHeldBack) this.pass(heartbeat);
    this.beat?.refresh();
  }

  private pass(chunk: Buffer): boolean {
    this.isHeldBack = !this.sink.write(chunk);
    this.beat?.refresh();
    return !this.isHeldBack;
  }
}
