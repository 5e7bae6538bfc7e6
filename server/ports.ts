// What the steps need from outside. Adapters implement these; tests use hand-written fakes.
import type { KeyObject } from "node:crypto";
import type { Denial } from "./core/denial.js";
import type { Abandonment } from "./core/abandonment.js";
import type { Findings, RelayedBody } from "./core/inbound.js";
import type { AuthorizerDecision } from "./core/authorizer-answer.js";
import type {
  Authorizer,
  Issuer,
  RoleSession,
  SessionSpec,
  SigningAlgorithm,
  TokenPrincipal,
} from "./core/model.js";
import type { RawHeaders } from "./core/raw-headers.js";
import type { CallWindow } from "./core/rate-limit.js";
import type { RenewalTimes } from "./core/renewal-times.js";
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
  /** Whether a key that `find` gave is still the issuer's. Never waits; `false` says no more than: ask `find` again. */
  isCurrent(issuer: Issuer, key: KeyObject): boolean;
}

/** A caller whose token was verified, and the key that verified it. */
export interface VerifiedToken {
  readonly principal: TokenPrincipal;
  readonly key: KeyObject;
}

/** Bounded; may forget at any time, and keeps no token itself. */
export interface VerifiedTokens {
  get(token: string): VerifiedToken | undefined;
  set(token: string, verified: VerifiedToken): void;
  delete(token: string): void;
}

export interface ProofReplays {
  /**
   * Takes note of a DPoP proof: the key's thumbprint, the proof's id, and whose it is.
   * Refuses with `proof_invalid` (seen before), `rate_exceeded` (the caller's part is full) or `overloaded` (all is); it
   * never forgets a proof that could still be accepted.
   */
  record(proof: {
    readonly jkt: string;
    readonly jti: string;
    readonly issuer: string;
    readonly subject: string;
  }): Result<undefined>;
}

export interface RoleSessions {
  /** One AssumeRole call. Refuses with `session_refused`, `session_too_large` or `sts_*`, and always answers in time. */
  assume(spec: SessionSpec): Promise<Result<RoleSession>>;
}

/** A session that is kept, and when to look for the next one. */
export interface HeldSession extends RenewalTimes {
  readonly session: RoleSession;
  /** Epoch milliseconds. */
  readonly obtainedAt: number;
  /** AWS has refused a call with it: whoever comes waits a moment for the next one. */
  readonly isDoubted?: true;
}

/** A session that STS gave for a caller, and what is known of the call that asked first. */
export interface IssuedSession {
  readonly spec: SessionSpec;
  readonly session: RoleSession;
  readonly findings: Findings | undefined;
}

/** What STS said no to, and until when it is not asked again (epoch milliseconds). */
export interface HeldRefusal {
  readonly denial: Denial;
  readonly until: number;
}

/** May forget any entry at any time. */
export interface BoundedMap<Value> {
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
}

/** Counts calls in windows of time. May forget keys that it has not seen for the longest time. */
export interface CallWindows {
  /** Counts one call under the key. 0: it is within the window's bound; else the milliseconds until it would be. Never fails. */
  count(key: string, window: CallWindow): number | Promise<number>;
}

export interface UpstreamRequest {
  /** Scheme, host and port: the connection goes here, whatever the headers say. */
  readonly origin: string;
  readonly method: string;
  /** Path and query, sent byte for byte. */
  readonly path: string;
  /** The upstream's to keep: not copied once more. */
  readonly headers: string[];
  readonly body: Buffer;
  /** For the whole call, connecting and streaming included. */
  readonly timeoutMs: number;
  /** For a silence of the upstream's, once the head has come. */
  readonly idleTimeoutMs?: number | undefined;
  /** The call takes its listener's place until it is over. */
  readonly abandonment: Abandonment;
}

export interface UpstreamReply {
  readonly status: number;
  readonly headers: RawHeaders;
  readonly body: RelayedBody;
}

export interface Upstream {
  /**
   * Resolves when the head of the answer is there; the body follows through `RelayedBody`. What has left is never sent
   * again. Refuses with `upstream_unreachable`, `upstream_timeout`, `client_gone` or `draining`.
   */
  send(request: UpstreamRequest): Promise<Result<UpstreamReply>>;
}

/** What became of asking a custom authorizer where it gave no answer. */
export type AuthorizerSilence =
  /** It said `Unauthorized`. */
  | { readonly kind: "unauthorized" }
  /** It threw, hung, or answered what is no JSON. */
  | { readonly kind: "failed"; readonly cause: string }
  /** It was not asked, and may be later. */
  | { readonly kind: "unavailable"; readonly cause: string; readonly retryAfterSeconds: number };

export interface Authorizers {
  /**
   * What it answers, as data from JSON of bounded size. Always ends: within the authorizer's `timeoutMs`, and the time
   * that a module may take to load. `secrets` are kept out of what is told of the call.
   */
  ask(
    authorizer: Authorizer,
    event: object,
    secrets: readonly string[],
  ): Promise<Result<unknown, AuthorizerSilence>>;
}

/** What an authorizer decided for one identity, until when (epoch milliseconds). */
export interface HeldDecision {
  readonly decision: AuthorizerDecision;
  readonly until: number;
}

/** A call of a custom authorizer that was made, for the metrics. */
export interface AskedAuthorizer {
  /** Its name. */
  readonly authorizer: string;
  /** `allow`, or the reason of the refusal. */
  readonly outcome: string;
  readonly seconds: number;
}
