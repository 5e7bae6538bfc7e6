// What the gateway may add to a relayed text/event-stream, and where (HTML Standard 9.2): a comment while it is silent, an
// `error` event where it breaks. Only between two events, so that nothing of the function's own is read differently.
import type { BrokenVerdict } from "./inbound.js";
import { headerValues, type RawHeaders } from "./raw-headers.js";

/** By the fields the caller gets. A coded stream cannot be added to, nor one whose length is told. */
export function isEventStream(headers: RawHeaders): boolean {
  const [contentType, ...others] = headerValues(headers, "content-type");
  if (contentType === undefined || others.length > 0 || !eventStream.test(contentType)) return false;
  return (
    headerValues(headers, "content-encoding").length === 0 &&
    headerValues(headers, "content-length").length === 0
  );
}

const eventStream = /^text\/event-stream(?=[\t ;]|$)/i;

/** A line that readers pass over. */
export const heartbeat: Buffer = Buffer.from(":\n\n");

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** Where a stream stands, however it was cut into chunks. Lines end with LF, CR LF or CR. */
export class EventStreamPosition {
  /** At the start, or an empty line was the last. */
  private isAfterEvent = true;
  private isLineEmpty = true;
  private lineEnd: "none" | "LF" | "CR" | "CRLF" = "none";
  private awaitsLineFeed = false;

  /** Whether something of ours may stand here. */
  get isBetweenEvents(): boolean {
    return this.isAfterEvent && !this.awaitsLineFeed;
  }

  advance(chunk: Uint8Array): void {
    // What stands before the last line ends changes nothing but that there was something.
    let at = chunk.length;
    while (at > 0 && isLineEnd(chunk[at - 1])) at -= 1;
    if (at > 0) {
      this.isAfterEvent = this.isLineEmpty = this.awaitsLineFeed = false;
      this.lineEnd = "none";
    }
    for (; at < chunk.length; at += 1) this.passLineEnd(chunk[at] === lineFeed);
  }

  private passLineEnd(isLineFeed: boolean): void {
    // Readers by the standard would not mind, but some look for the very bytes CR LF CR LF.
    this.awaitsLineFeed = !isLineFeed && this.lineEnd === "CRLF";
    if (isLineFeed && this.lineEnd === "CR") {
      this.lineEnd = "CRLF";
      return;
    }
    this.isAfterEvent = this.isLineEmpty;
    this.isLineEmpty = true;
    this.lineEnd = isLineFeed ? "LF" : "CR";
  }
}

const isLineEnd = (byte: number | undefined): boolean => byte === lineFeed || byte === carriageReturn;

/** The stream's last event: why it breaks off. No `id`, so Last-Event-ID stays the function's. */
export const errorEvent = (verdict: Exclude<BrokenVerdict, "client_gone">, requestId: string): Buffer =>
  Buffer.from(
    `event: error\ndata: ${JSON.stringify({
      type: `urn:grantway:problem:stream_${verdict}`,
      title: titles[verdict],
      instance: `urn:uuid:${requestId}`,
    })}\n\n`,
  );

const titles: Readonly<Record<Exclude<BrokenVerdict, "client_gone">, string>> = {
  truncated: "The stream broke off",
  function_error: "The function failed",
  timed_out: "The function took too long",
  drained: "The gateway is going down",
};
