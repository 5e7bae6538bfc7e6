// What the steps need from outside. Adapters implement these; tests use hand-written fakes.
import type { KeyObject } from "node:crypto";
import type { RelayedBody } from "./core/inbound.js";
import type { Issuer, RoleSession, SessionSpec, SigningAlgorithm } from "./core/model.js";
import type { RawHeaders } from "./core/raw-headers.js";
import type { Result } from "./core/result.js";

/** Epoch milliseconds. */
export type Clock = () => number;

export interface SigningKeys {
  /**
   * The issuer's public key for a token header.
   * Refuses with `token_key_unknown` (the issuer has no such key) or `keys_unavailable` (it cannot be asked).
   */
  find(
    issuer: Issuer,
    header: { readonly kid?: string; readonly alg: SigningAlgorithm },
  ): Promise<Result<KeyObject>>;
}

export interface RoleSessions {
  /** One AssumeRole call. Refuses with `session_refused`, `session_too_large` or `sts_*`, and always answers in time. */
  assume(spec: SessionSpec): Promise<Result<RoleSession>>;
}

/** A session that is kept, and when to look for the next one (epoch milliseconds). */
export interface HeldSession {
  readonly session: RoleSession;
  readonly renewAt: number;
}

/** Bounded; may forget at any time. */
export interface SessionCache {
  get(key: string): HeldSession | undefined;
  set(key: string, held: HeldSession): void;
}

export interface UpstreamRequest {
  /** Scheme, host and port: the connection goes here, whatever the headers say. */
  readonly origin: string;
  readonly method: string;
  /** Path and query, sent byte for byte. */
  readonly path: string;
  readonly headers: RawHeaders;
  readonly body: Buffer;
  /** For the whole call, connecting and streaming included. */
  readonly timeoutMs: number;
  /** Fires when the caller has gone. */
  readonly signal: AbortSignal;
}

export interface UpstreamReply {
  readonly status: number;
  readonly headers: RawHeaders;
  readonly body: RelayedBody;
}

export interface Upstream {
  /**
   * Resolves when the head of the answer is there; the body follows through `RelayedBody`. Sends once, never again.
   * Refuses with `upstream_unreachable`, `upstream_timeout` or `client_gone`.
   */
  send(request: UpstreamRequest): Promise<Result<UpstreamReply>>;
}
