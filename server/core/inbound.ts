// A request as the way through sees it, whatever server received it, and what becomes of it.
import type { Abandonment } from "./abandonment.js";
import type { Client } from "./forwarded-headers.js";
import type { Door, Principal, RoleSession, Route, SessionSpec } from "./model.js";
import type { RawHeaders } from "./raw-headers.js";
import type { Result } from "./result.js";

export interface Inbound {
  /** UUID, also the answer's `x-request-id`. */
  readonly requestId: string;
  readonly method: string;
  /** The request target as it stood on the request line. */
  readonly rawTarget: string;
  readonly headers: RawHeaders;
  readonly client: Client;
  readonly body: RequestBody;
  /** Ends the call when its caller has gone, or the gateway goes down. */
  readonly abandonment: Abandonment;
}

export interface RequestBody {
  /**
   * Reads the body to its end; nothing is read before this is called.
   * Refuses `body_too_large` (as soon as it is known), `overloaded` (no room among all buffered bodies), `client_gone`.
   */
  read(limitBytes: number): Promise<Result<Buffer>>;
  /** Counts further bytes that are kept for this call, as long as it lasts. Refuses `overloaded`, and takes none then. */
  hold(bytes: number): Result<undefined>;
}

/** What came to light on the way, for the log, the metrics and the answer's CORS fields; never for a decision. */
export interface Findings {
  requestId?: string;
  route?: Route;
  /** Names of all routes that the session is for, where there may be several. */
  routes?: readonly string[];
  door?: Door | "sts";
  principal?: Principal;
  spec?: SessionSpec;
  session?: RoleSession;
  upstream?: UpstreamCall;
  /** Where tracing is on. */
  trace?: CallTrace;
}

/** The call's place in a distributed trace: https://www.w3.org/TR/trace-context/ */
export interface CallTrace {
  readonly traceId: string;
  readonly spanId: string;
  /** Somebody will be able to look it up. */
  readonly isSampled: boolean;
  /** Called once, when the call is over. */
  end(outcome: {
    readonly status: number;
    readonly verdict: Verdict;
    readonly fault?: string | undefined;
  }): void;
}

/** A call that was sent to the upstream. Times are epoch milliseconds. */
export interface UpstreamCall {
  readonly startedAt: number;
  /** Of its answer: the function's own, or what AWS said in its place. Absent while there is none. */
  status?: number;
  /** Where nothing of its answer is relayed; a relayed one ends with its body. */
  ended?: { readonly at: number; readonly verdict: Verdict };
  /** Why a stream whose head had left was broken, in the function's or in Lambda's words. */
  functionError?: string;
  /** The end of the function's log, where the route asks for it. */
  logTail?: string;
}

/**
 * How an answer ended; an upstream's, where there was one. Only `complete` is a clean end; any other is a broken
 * transfer for the caller, or a refusal where no head had come.
 */
export type Verdict = "complete" | BrokenVerdict;
export type BrokenVerdict = "truncated" | "function_error" | "client_gone" | "timed_out" | "drained";

/** Where a relayed body goes: a server's response, or anything that takes chunks and pushes back. */
export interface Sink {
  /** false: wait for `drain` before the next chunk. */
  write(chunk: Buffer): boolean;
  end(trailers: RawHeaders): void;
  /** Breaks the transfer after what was written, so that a reader cannot take it for whole. */
  destroy(verdict: BrokenVerdict): void;
  on(event: "drain", listener: () => void): unknown;
}

export interface RelayedBody {
  /** Of the body, handed to the sink so far. */
  readonly bytes: number;
  /** Streams the body, chunk by chunk as it comes, and ends or breaks the sink. Call once. */
  relay(sink: Sink): Promise<Verdict>;
  /** Nobody wants the rest: ends the call to the upstream. */
  leave(): void;
}

/** What the gateway may add to a relayed text/event-stream (core/event-stream.ts). */
export interface EventStream {
  /** In the `error` event. */
  readonly requestId: string;
  /** A comment after so long without a chunk. Absent: none. */
  readonly heartbeatMs?: number | undefined;
}

export type Reply =
  | {
      /** The gateway's own answer. */
      readonly kind: "own";
      readonly status: number;
      /** Names in lower case. */
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    }
  | {
      /** The function's answer. */
      readonly kind: "relayed";
      readonly status: number;
      readonly headers: RawHeaders;
      readonly body: RelayedBody;
      /** Absent where the answer is none, or cannot be added to. */
      readonly eventStream?: EventStream;
    };
