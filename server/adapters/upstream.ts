// The Upstream port over undici's `dispatch`: no timer of undici's own, no retry, no buffering beyond one socket
// read. A call may be silent for its whole time and ends exactly one way.
import { Agent, type Dispatcher } from "undici";
import type { RelayedBody, Sink, Verdict } from "../core/inbound.js";
import { accept, refuse, type Result } from "../core/result.js";
import type { Upstream, UpstreamReply, UpstreamRequest } from "../ports.js";
import { createHeldConnections, type Connection, type HeldConnections } from "./held-connections.js";

const connectTimeoutMs = 10_000;
// NAT gateways forget a TCP connection after 350 s of silence; a probe a minute keeps it known.
// https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html
const keepAliveProbeMs = 60_000;

/** `close` waits for nothing: calls still in flight are broken. */
export function createUpstream(): Upstream & { close(): Promise<void> } {
  const connections = createHeldConnections({
    timeout: connectTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelay: keepAliveProbeMs,
    allowH2: false,
  });
  const agent = new Agent({
    // undici's 300 s for the head and between chunks would cut silent calls; the route's timeout governs alone.
    headersTimeout: 0,
    bodyTimeout: 0,
    pipelining: 1,
    allowH2: false,
    connect: connections.connect,
  });
  return {
    send: (request) =>
      new Promise((resolve) => {
        const call = new Call(request, connections, resolve);
        agent.dispatch(
          {
            origin: request.origin,
            method: request.method,
            path: request.path,
            headers: [...request.headers],
            body: request.body,
          },
          call,
        );
      }),
    close: () => agent.destroy(),
  };
}

/** One call: undici's events in, one `UpstreamReply` and one `Verdict` out. */
class Call implements Dispatcher.DispatchHandler, RelayedBody {
  private controller: Dispatcher.DispatchController | undefined;
  private connection: Connection | undefined;
  private sink: Sink | undefined;
  private headCame = false;
  private isBodiless = false;
  /** Chunks that came with the head, before anybody asked for the body: at most one socket read. */
  private early: Buffer[] = [];
  private end: Verdict | undefined;
  private settle: ((verdict: Verdict) => void) | undefined;
  private readonly deadline: NodeJS.Timeout;

  constructor(
    private readonly request: UpstreamRequest,
    private readonly connections: HeldConnections,
    private readonly resolve: (result: Result<UpstreamReply>) => void,
  ) {
    this.deadline = setTimeout(() => this.abort("timed_out"), request.timeoutMs);
    if (request.signal.aborted) this.abort("client_gone");
    request.signal.addEventListener("abort", this.onClientGone);
  }

  relay(sink: Sink): Promise<Verdict> {
    this.sink = sink;
    return new Promise((settle) => {
      this.settle = settle;
      sink.on("drain", () => this.connection?.release());
      sink.on("close", this.onClientGone);
      const isFull = this.early
        .splice(0)
        .map((chunk) => this.pass(chunk))
        .includes(false);
      if (this.end) this.finish(this.end);
      else if (!isFull) this.connection?.release();
    });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.end === "timed_out" || this.end === "client_gone") controller.abort(new Error(this.end));
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    if (status < 200) return;
    this.headCame = true;
    this.connection = this.connections.current();
    // A 304 may name the length of what it does not send (RFC 9110 8.6), some send it with a 204; undici calls that a
    // mismatch.
    this.isBodiless = status === 204 || status === 304;
    const headers = rawHeadersOf(controller);
    this.resolve(accept({ status, headers, body: this }));
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.sink) {
      this.pass(chunk);
    } else {
      this.early.push(chunk);
      this.connection?.hold();
    }
  }

  onResponseEnd(): void {
    this.finish("complete");
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    const verdict = this.end ?? (this.isBodiless ? "complete" : "truncated");
    if (!this.headCame) this.resolve(this.refusal(verdict, error));
    this.finish(verdict);
  }

  /** false: the sink is full, and the function waits for `drain`. */
  private pass(chunk: Buffer): boolean {
    if (this.sink?.write(chunk) !== false) return true;
    this.connection?.hold();
    return false;
  }

  private readonly onClientGone = (): void => {
    this.abort("client_gone");
  };

  private abort(verdict: "client_gone" | "timed_out"): void {
    if (this.end) return;
    this.end = verdict;
    this.controller?.abort(new Error(verdict));
    // Still queued or connecting: undici will find `end` set when it starts; nobody needs to wait for that.
    if (!this.controller) this.resolve(this.refusal(verdict));
  }

  private finish(verdict: Verdict): void {
    clearTimeout(this.deadline);
    this.request.signal.removeEventListener("abort", this.onClientGone);
    this.end ??= verdict;
    // The connection may have further calls before it; a late `drain` must not touch them.
    this.connection?.release();
    this.connection = undefined;
    if (!this.sink || !this.settle) return;
    if (this.end === "complete") this.sink.end();
    else this.sink.destroy();
    this.settle(this.end);
  }

  private refusal(verdict: Verdict, error?: Error): Result<UpstreamReply> {
    if (verdict === "client_gone") return refuse({ reason: "client_gone" });
    if (verdict === "timed_out")
      return refuse({ reason: "upstream_timeout", timeoutMs: this.request.timeoutMs });
    return refuse({ reason: "upstream_unreachable", cause: causeOf(error) });
  }
}

function rawHeadersOf(controller: Dispatcher.DispatchController): string[] {
  const { rawHeaders } = controller;
  if (!Array.isArray(rawHeaders)) throw new TypeError("undici gave no raw headers");
  return rawHeaders.map((text) => (typeof text === "string" ? text : text.toString("latin1")));
}

/** undici's and Node's codes say it best: ECONNREFUSED, UND_ERR_SOCKET, CERT_HAS_EXPIRED... */
function causeOf(error: Error | undefined): string {
  if (!error) return "no connection";
  const code = "code" in error && typeof error.code === "string" ? `${error.code}: ` : "";
  return `${code}${error.message}`;
}
