// Every refusal there is, as callers see it: the codes of problem.ts and sts-problem.ts with their statuses, made of one
// denial for each reason. Does not compile until every reason has its own.
import type { Denial, Reason, StsRequestCode, StsSignatureCode } from "../../server/core/denial.js";
import type { BrokenVerdict } from "../../server/core/inbound.js";
import { internalError, problemOf } from "../../server/core/problem.js";
import { stsInternalFailure, stsProblemOf } from "../../server/core/sts-problem.js";
import { callerBudget } from "../../server/obtain-session.js";

const cause = "why";
const retryAfterSeconds = 1;
const scheme = "Bearer";

const data: Readonly<Record<Reason, object>> = {
  credentials_missing: {},
  request_malformed: { cause },
  token_malformed: { cause },
  token_issuer_unknown: { cause },
  token_algorithm_refused: { cause },
  token_key_unknown: { cause },
  token_signature_invalid: { cause },
  token_expired: { cause },
  token_not_yet_valid: { cause },
  token_audience_invalid: { cause },
  token_claim_invalid: { cause },
  proof_invalid: { cause },
  proof_nonce_required: { cause, nonce: "n" },
  identity_missing: { cause, scheme },
  identity_malformed: { cause },
  authorizer_unauthorized: { cause, scheme },
  authorizer_denied: { cause },
  authorizer_failed: { cause },
  authorizer_unavailable: { cause, retryAfterSeconds },
  scope_insufficient: { scopes: ["read"] },
  role_not_granted: { cause },
  claim_unrepresentable: { slot: "tags.a", cause },
  session_too_large: { slot: "policy", cause },
  session_refused: { cause },
  sts_request_refused: { code: "ValidationError", cause },
  sts_signature_refused: { code: "ExpiredToken", cause },
  sts_route_ambiguous: { cause },
  route_unknown: {},
  route_unnamed: { cause },
  query_refused: { cause },
  method_not_allowed: { allow: ["GET"] },
  target_invalid: { cause },
  body_too_large: { limitBytes: 1 },
  payload_invalid: { cause },
  invocation_denied: { cause },
  headers_too_large: {},
  expectation_unknown: {},
  upgrade_refused: {},
  request_timeout: {},
  client_gone: {},
  draining: {},
  rate_exceeded: { cause, retryAfterSeconds },
  overloaded: { cause, retryAfterSeconds },
  keys_unavailable: { cause, retryAfterSeconds },
  sts_throttled: { cause, retryAfterSeconds },
  sts_unavailable: { cause, retryAfterSeconds },
  upstream_unreachable: { cause },
  upstream_refused: { cause },
  function_failed: { cause },
  upstream_timeout: { timeoutMs: 1 },
};

export const reasons = Object.keys(data) as Reason[];
const denials = reasons.map((reason) => ({ reason, ...data[reason] }) as Denial);

/** A refusal that the /sts door alone words, and never as a problem. */
const isOfSts = ({ reason }: Denial): boolean => /^sts_(?:request|signature|route)_/.test(reason);

/** Code -> status: the last part of a problem's `type`. */
export const problemCodes: ReadonlyMap<string, number> = new Map(
  [...denials.filter((denial) => !isOfSts(denial)).map(problemOf), internalError].map(
    ({ code, status }) => [code, status] as const,
  ),
);

const requestCodes: Readonly<Record<StsRequestCode, true>> = {
  AccessDenied: true,
  InvalidAction: true,
  MalformedPolicyDocument: true,
  MalformedQueryString: true,
  MissingAction: true,
  MissingParameter: true,
  PackedPolicyTooLarge: true,
  ValidationError: true,
};
const signatureCodes: Readonly<Record<StsSignatureCode, true>> = {
  ExpiredToken: true,
  IncompleteSignature: true,
  InvalidClientTokenId: true,
  MissingAuthenticationToken: true,
  SignatureDoesNotMatch: true,
};
const stsDenials: Denial[] = [
  ...denials,
  ...(Object.keys(requestCodes) as StsRequestCode[]).map(
    (code) => ({ reason: "sts_request_refused", code, cause }) as const,
  ),
  ...(Object.keys(signatureCodes) as StsSignatureCode[]).map(
    (code) => ({ reason: "sts_signature_refused", code, cause }) as const,
  ),
];

/** `400 ValidationError`: STS's code with its status. */
export const stsCodes: ReadonlySet<string> = new Set(
  [...stsDenials.map(stsProblemOf), stsInternalFailure].map(({ status, code }) => `${status} ${code}`),
);

/** How many AssumeRole calls a caller has at once, and the seconds until there is one more. */
export const capacityOf = (): number[] => [callerBudget.capacity, callerBudget.refillMs / 1000];

const broken: Readonly<Record<Exclude<BrokenVerdict, "client_gone">, true>> = {
  truncated: true,
  function_error: true,
  timed_out: true,
  drained: true,
};

/** What an answer that breaks after its head can be told to be; nobody is there to be told of `client_gone`. */
export const brokenVerdicts = Object.keys(broken);
