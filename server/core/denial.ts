// Every way a request can be refused. `reason` and its data are for the operator's log; what the caller
// sees is decided in problem.ts, and at the /sts door in sts-problem.ts. No status code stands here.

/** Reasons why a bearer token is not accepted. The caller sees one text for all of them (RFC 6750 3.1). */
export type TokenReason =
  | "token_malformed"
  | "token_issuer_unknown"
  | "token_algorithm_refused"
  | "token_key_unknown"
  | "token_signature_invalid"
  | "token_expired"
  | "token_not_yet_valid"
  | "token_audience_invalid"
  | "token_claim_invalid";

/** How a caller of a custom authorizer shows who he is: in the Authorization header, or in a way of its own. */
export type ChallengeScheme = "Bearer" | "Custom";

export interface TokenDenial {
  readonly reason: TokenReason;
  readonly cause: string;
}

/** What is wrong with a request to the /sts door, in STS's own codes. */
export type StsRequestCode =
  | "AccessDenied"
  | "InvalidAction"
  | "MalformedPolicyDocument"
  | "MalformedQueryString"
  | "MissingAction"
  | "MissingParameter"
  | "PackedPolicyTooLarge"
  | "ValidationError";

/** What is wrong with a signature there. */
export type StsSignatureCode =
  | "ExpiredToken"
  | "IncompleteSignature"
  | "InvalidClientTokenId"
  | "MissingAuthenticationToken"
  | "SignatureDoesNotMatch";

/** `cause` is a sentence for the operator. It may quote claims, never a token, a key or a secret. */
export type Denial =
  /** `door`: where a route was asked for by its name. */
  | { readonly reason: "route_unknown"; readonly door?: "grant"; readonly cause?: string }
  | { readonly reason: "route_unnamed"; readonly cause: string }
  | { readonly reason: "query_refused"; readonly cause: string }
  | { readonly reason: "method_not_allowed"; readonly allow: readonly string[] }
  | { readonly reason: "target_invalid"; readonly cause: string }
  | { readonly reason: "credentials_missing" }
  | { readonly reason: "request_malformed"; readonly cause: string }
  | TokenDenial
  | { readonly reason: "proof_invalid"; readonly cause: string }
  | { readonly reason: "proof_nonce_required"; readonly cause: string; readonly nonce: string }
  | { readonly reason: "identity_missing"; readonly cause: string; readonly scheme: ChallengeScheme }
  | { readonly reason: "identity_malformed"; readonly cause: string }
  | { readonly reason: "authorizer_unauthorized"; readonly cause: string; readonly scheme: ChallengeScheme }
  | { readonly reason: "authorizer_denied"; readonly cause: string }
  | { readonly reason: "authorizer_failed"; readonly cause: string }
  | { readonly reason: "authorizer_unavailable"; readonly cause: string; readonly retryAfterSeconds: number }
  | { readonly reason: "scope_insufficient"; readonly scopes: readonly string[] }
  | { readonly reason: "role_not_granted"; readonly cause: string }
  | { readonly reason: "claim_unrepresentable"; readonly slot: string; readonly cause: string }
  | { readonly reason: "session_too_large"; readonly slot: string; readonly cause: string }
  | { readonly reason: "session_refused"; readonly cause: string }
  /** `cause` is the caller's to read too, and quotes nothing that he sent. */
  | { readonly reason: "sts_request_refused"; readonly code: StsRequestCode; readonly cause: string }
  | { readonly reason: "sts_signature_refused"; readonly code: StsSignatureCode; readonly cause: string }
  /** Several routes give the role, and no one session serves them all. */
  | { readonly reason: "sts_route_ambiguous"; readonly cause: string }
  /** `counted`: where it is not the body itself, but the event that Lambda gets of it. */
  | { readonly reason: "body_too_large"; readonly limitBytes: number; readonly counted?: "event" }
  | { readonly reason: "payload_invalid"; readonly cause: string }
  | { readonly reason: "invocation_denied"; readonly cause: string }
  | { readonly reason: "headers_too_large" }
  | { readonly reason: "expectation_unknown" }
  | { readonly reason: "upgrade_refused" }
  | { readonly reason: "request_timeout" }
  | { readonly reason: "client_gone" }
  | { readonly reason: "draining" }
  | { readonly reason: "rate_exceeded"; readonly cause: string; readonly retryAfterSeconds: number }
  | { readonly reason: "overloaded"; readonly cause: string; readonly retryAfterSeconds: number }
  | { readonly reason: "keys_unavailable"; readonly cause: string; readonly retryAfterSeconds: number }
  | { readonly reason: "sts_throttled"; readonly cause: string; readonly retryAfterSeconds: number }
  | { readonly reason: "sts_unavailable"; readonly cause: string; readonly retryAfterSeconds: number }
  | { readonly reason: "upstream_unreachable"; readonly cause: string }
  | { readonly reason: "upstream_refused"; readonly cause: string }
  | { readonly reason: "function_failed"; readonly cause: string }
  /** `cause`: where it was AWS that waited no longer; `timeoutMs` is absent where it does not say how long it did. */
  | { readonly reason: "upstream_timeout"; readonly timeoutMs?: number; readonly cause?: string };

export type Reason = Denial["reason"];
