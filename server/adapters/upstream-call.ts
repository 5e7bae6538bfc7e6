// One call through undici: its events in, one `UpstreamReply` or refusal and one `Verdict` out. Every way it can end
// goes through `finish`, once.
import type { Dispatcher } from "undici";
import { isBodilessStatus } from "../core/bodiless.js";
import { denialOf, type AbandonmentListener, type AbandonReason } from "../core/abandonment.js";
import { namesFunctionError } from "../core/function-error.js";
import type { RelayedBody, Sink, Verdict } from "../core/inbound.js";
import { withoutField, type RawHeaders } from "../core/raw-headers.js";
import { relayedTrailers } from "../core/relayed-trailers.js";
import { accept, refuse, type Result } from "../core/result.js";
import type { UpstreamReply, UpstreamRequest } from "../ports.js";
import { CallClocks } from "./call-clocks.js";
import { causeOf, isRefused } from "./connect-error.js";
import type { Connection } from "./held-connections.js";

/** What all calls share. */
export interface Transport {
  dispatch(request: UpstreamRequest, handler: Dispatcher.DispatchHandler): void;
  currentConnection(): Connection | undefined;
  readonly refusedWaitsMs: readonly number[];
}

export class Call implements Dispatcher.DispatchHandler, RelayedBody, AbandonmentListener {
  bytes = 0;
  private controller: Dispatcher.DispatchController | undefined;
  private connection: Connection | undefined;
  private sink: Sink | undefined;
  private hearsDrain = false;
  private headCame = false;
  private isBodiless = false;
  private functionFailed = false;
  /** Chunks that came with the head, before anybody asked for the body: at most one socket read. */
  private early: Buffer[] | undefined;
  private trailers: RawHeaders = [];
  /** Set by who ends the call early; the last word once it is over. */
  private verdict: Verdict | undefined;
  private isOver = false;
  private settle: ((verdict: Verdict) => void) | undefined;
  private tries = 0;
  private nextTry: NodeJS.Timeout | undefined;
  private readonly clocks: CallClocks;

  constructor(
    private readonly request: UpstreamRequest,
    private readonly transport: Transport,
    private readonly resolve: (result: Result<UpstreamReply>) => void,
  ) {
    this.clocks = new CallClocks(request.timeoutMs, request.idleTimeoutMs, () => this.abort("timed_out"));
  }

  begin(): void {
    this.request.abandonment.listen(this);
    this.transport.dispatch(this.request, this);
  }

  relay(sink: Sink): Promise<Verdict> {
    this.sink = sink;
    let isFull = false;
    for (const chunk of this.early ?? []) isFull = !this.pass(sink, chunk) || isFull;
    this.early = undefined;
    if (this.isOver && this.verdict) {
      this.close(sink, this.verdict);
      return Promise.resolve(this.verdict);
    }
    if (!isFull) this.release();
    return new Promise((settle) => (this.settle = settle));
  }

  leave(): void {
    this.abort("client_gone");
  }

  abandoned(reason: AbandonReason): void {
    this.abort(reason);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    // Given up while it was queued or connecting: not a byte of it leaves.
    if (this.verdict) controller.abort(abortion);
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    if (status < 200) return;
    this.headCame = true;
    this.connection = this.transport.currentConnection();
    this.clocks.headCame();
    // A 304 may name the length of what it does not send (RFC 9110 8.6), some send it with a 204; undici calls that a
    // mismatch.
    this.isBodiless = isBodilessStatus(status);
    const fields = textsOf(controller.rawHeaders);
    this.functionFailed = namesFunctionError(fields);
    // It will end broken, and no reader would see that of an answer whose length is told and reached.
    const headers = this.functionFailed ? withoutField(fields, "content-length") : fields;
    this.resolve(accept({ status, headers, body: this }));
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.clocks.chunkCame();
    if (this.sink) {
      this.pass(this.sink, chunk);
    } else {
      (this.early ??= []).push(chunk);
      this.hold();
    }
  }

  onResponseEnd(controller: Dispatcher.DispatchController): void {
    const trailers = textsOf(controller.rawTrailers);
    if (trailers.length > 0) {
      this.functionFailed ||= namesFunctionError(trailers);
      this.trailers = relayedTrailers(trailers);
    }
    this.finish(this.functionFailed ? "function_error" : "complete");
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.isOver || this.triesAgain(error)) return;
    const verdict = this.verdict ?? this.brokenOff();
    if (!this.headCame) this.resolve(this.refusal(verdict, error));
    this.finish(verdict);
  }

  /** Only where no connection came about: undici gives the controller before the first byte leaves. */
  private triesAgain(error: Error): boolean {
    const waitMs = this.transport.refusedWaitsMs[this.tries];
    if (this.controller || waitMs === undefined || !isRefused(error)) return false;
    this.tries += 1;
    this.nextTry = setTimeout(() => this.transport.dispatch(this.request, this), waitMs);
    return true;
  }

  private brokenOff(): Verdict {
    if (this.functionFailed) return "function_error";
    return this.isBodiless ? "complete" : "truncated";
  }

  /** false: the sink is full, and the function waits for `drain`. */
  private pass(sink: Sink, chunk: Buffer): boolean {
    this.bytes += chunk.length;
    if (sink.write(chunk)) return true;
    this.hold();
    if (!this.hearsDrain) sink.on("drain", () => this.release());
    this.hearsDrain = true;
    return false;
  }

  private hold(): void {
    this.connection?.hold();
    this.clocks.hold();
  }

  private release(): void {
    this.connection?.release();
    this.clocks.release();
  }

  private abort(verdict: "client_gone" | "drained" | "timed_out"): void {
    if (this.verdict) return;
    this.verdict = verdict;
    if (this.controller) {
      this.controller.abort(abortion);
      return;
    }
    // Queued, connecting or waiting for the next try: nobody needs to wait for that.
    this.resolve(this.refusal(verdict));
    this.finish(verdict);
  }

  private finish(verdict: Verdict): void {
    this.isOver = true;
    this.verdict = verdict;
    this.clocks.stop();
    clearTimeout(this.nextTry);
    this.request.abandonment.unlisten(this);
    // The connection may have further calls before it; a late `drain` must not touch them.
    this.connection?.release();
    this.connection = undefined;
    if (this.sink) this.close(this.sink, verdict);
    this.settle?.(verdict);
  }

  private close(sink: Sink, verdict: Verdict): void {
    if (verdict === "complete") sink.end(this.trailers);
    else sink.destroy(verdict);
  }

  private refusal(verdict: Verdict, error?: Error): Result<UpstreamReply> {
    if (verdict === "client_gone" || verdict === "drained") return refuse(denialOf(verdict));
    return verdict === "timed_out"
      ? refuse({ reason: "upstream_timeout", timeoutMs: this.request.timeoutMs })
      : refuse({ reason: "upstream_unreachable", cause: causeOf(error) });
  }
}

/** Made once: nobody reads it, and a stack costs more than the rest of a call's end. */
const abortion = new Error("the call was ended early");

function textsOf(raw: Dispatcher.DispatchController["rawHeaders"]): string[] {
  if (!Array.isArray(raw)) throw new TypeError("undici gave no raw fields");
  return raw.map((text) => (typeof text === "string" ? text : text.toString("latin1")));
}
