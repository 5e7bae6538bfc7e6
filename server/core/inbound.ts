// A request as the way through sees it, whatever server received it, and what becomes of it.
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
  /** Fires when the caller has gone. */
  readonly signal: AbortSignal;
}

export interface RequestBody {
  /**
   * Reads the body to its end; nothing is read before this is called.
   * Refuses `body_too_large` (as soon as it is known), `overloaded` (no room among all buffered bodies), `client_gone`.
   */
  read(limitBytes: number): Promise<Result<Buffer>>;
}

/** What came to light on the way, for the log and the metrics; never for a decision. */
export interface Findings {
  route?: Route;
  door?: Door;
  principal?: Principal;
  spec?: SessionSpec;
  session?: RoleSession;
}

/** How a relayed answer ended. Only `complete` is a clean end; any other is a broken transfer for the caller. */
export type Verdict = "complete" | "truncated" | "client_gone" | "timed_out";

/** Where a relayed body goes: a server's response, or anything that takes chunks and pushes back. */
export interface Sink {
  /** false: wait for `drain` before the next chunk. */
  write(chunk: Buffer): boolean;
  end(): void;
  /** Breaks the transfer, so that a reader cannot take it for whole. */
  destroy(): void;
  on(event: "drain" | "close", listener: () => void): unknown;
}

export interface RelayedBody {
  /** Streams the body, chunk by chunk as it comes, and ends or breaks the sink. Call once. */
  relay(sink: Sink): Promise<Verdict>;
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
    };
