// A node:http response as the Sink of a relayed body.
import type { ServerResponse } from "node:http";
import { isBodiless } from "../core/bodiless.js";
import type { BrokenVerdict, Sink } from "../core/inbound.js";
import { headerEntries, type RawHeaders } from "../core/raw-headers.js";

/** How long what is still on its way out holds a break up, where the reader does not read. */
const defaultFlushMs = 1_000;

/**
 * Writes the head with what there is of the body at that time: nothing leaves before `flush`, or before the answer is
 * whole.
 */
export class ResponseSink implements Sink {
  private isFlushed = false;
  private first: Buffer | undefined;

  constructor(
    private readonly response: ServerResponse,
    /** The end of the connection is the end of the answer: only a reset tells a broken one from a whole one. */
    private readonly endsWithConnection: boolean,
    private readonly flushMs = defaultFlushMs,
  ) {}

  write(chunk: Buffer): boolean {
    if (!this.isFlushed && !this.first) {
      this.first = chunk;
      return true;
    }
    this.flush();
    return this.response.write(chunk);
  }

  /** Field values are bytes: `flushHeaders` would encode those above 0x7f once more. */
  flush(): void {
    if (this.isFlushed) return;
    this.isFlushed = true;
    this.response.write(this.first ?? "", "latin1");
    this.first = undefined;
  }

  end(trailers: RawHeaders): void {
    const { response, first } = this;
    if (first && trailers.length === 0) {
      this.isFlushed = true;
      response.end(first);
      return;
    }
    this.flush();
    // RFC 9112 7.1.2: there is no place for them but after the last chunk.
    if (trailers.length > 0 && response.chunkedEncoding) {
      response.addTrailers(headerEntries(trailers));
    }
    response.end();
  }

  /**
   * What was written leaves first: a connection that ends without even a head looks to many clients like one that was
   * closed for being idle, and they send the call once more. Not so in HTTP/1.0, where a reset that comes with the last
   * bytes is read as their end by some.
   */
  destroy(verdict: BrokenVerdict): void {
    // An answer without a body is whole at its head (RFC 9112 6.3), and node:http sends that at its end only.
    if (verdict !== "client_gone" && this.isBodiless) {
      this.response.end(() => this.breakOff());
      return;
    }
    this.flush();
    if (verdict === "client_gone" || this.endsWithConnection || this.response.destroyed) {
      this.breakOff();
      return;
    }
    const limit = setTimeout(() => this.breakOff(), this.flushMs);
    this.response.write("", "latin1", () => {
      clearTimeout(limit);
      this.breakOff();
    });
  }

  on(event: "drain", listener: () => void): void {
    this.response.on(event, listener);
  }

  private get isBodiless(): boolean {
    const { statusCode, req } = this.response;
    return isBodiless(req.method, statusCode);
  }

  private breakOff(): void {
    const { response } = this;
    if (this.endsWithConnection && response.socket) response.socket.resetAndDestroy();
    else response.destroy();
  }
}
