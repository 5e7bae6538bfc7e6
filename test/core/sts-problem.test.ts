// Every refusal in STS's words. Which of them an SDK tries again is in test/gateway/sts-door-errors.test.ts.
import type { Denial, Reason } from "../../server/core/denial.js";
import { stsInternalFailure, stsProblemOf } from "../../server/core/sts-problem.js";

const secret = "what the operator alone may read";
const retryAfterSeconds = 30;

type Row = readonly [data: object, status: number, code: string];
const badToken: Row = [{ cause: secret }, 400, "InvalidIdentityToken"];
const notAuthorized: Row = [{ cause: secret, slot: secret, scopes: [secret] }, 403, "AccessDenied"];
const unavailable: Row = [{ cause: secret, retryAfterSeconds }, 503, "ServiceUnavailable"];
const throttled: Row = [{ cause: secret, retryAfterSeconds }, 400, "Throttling"];
const badRequest: Row = [{ cause: secret }, 400, "ValidationError"];
const ours: Row = [{ cause: secret }, 500, "InternalFailure"];

// Does not compile until every reason has its row.
const table: Readonly<Record<Reason, Row>> = {
  credentials_missing: badToken,
  token_malformed: badToken,
  token_issuer_unknown: badToken,
  token_algorithm_refused: badToken,
  token_key_unknown: badToken,
  token_signature_invalid: badToken,
  token_expired: [{ cause: secret }, 400, "ExpiredTokenException"],
  token_not_yet_valid: badToken,
  token_audience_invalid: badToken,
  token_claim_invalid: badToken,
  proof_invalid: badToken,
  proof_nonce_required: badToken,
  identity_missing: badToken,
  identity_malformed: badToken,
  authorizer_unauthorized: badToken,
  authorizer_denied: notAuthorized,
  authorizer_failed: ours,
  authorizer_unavailable: unavailable,
  scope_insufficient: notAuthorized,
  role_not_granted: notAuthorized,
  claim_unrepresentable: notAuthorized,
  session_refused: notAuthorized,
  invocation_denied: notAuthorized,
  session_too_large: [{ slot: secret, cause: secret }, 400, "PackedPolicyTooLarge"],
  sts_request_refused: [{ code: "MissingAction", cause: "The caller's to read." }, 400, "MissingAction"],
  sts_signature_refused: [{ code: "SignatureDoesNotMatch", cause: secret }, 403, "SignatureDoesNotMatch"],
  sts_route_ambiguous: badRequest,
  route_unknown: [{ cause: secret }, 404, "ResourceNotFound"],
  route_unnamed: [{ cause: secret }, 404, "ResourceNotFound"],
  query_refused: badRequest,
  method_not_allowed: [{ allow: ["POST"] }, 405, "MethodNotAllowed"],
  target_invalid: badRequest,
  request_malformed: badRequest,
  payload_invalid: badRequest,
  expectation_unknown: badRequest,
  upgrade_refused: badRequest,
  body_too_large: [{ limitBytes: 7 }, 413, "RequestEntityTooLarge"],
  headers_too_large: [{}, 431, "RequestHeaderFieldsTooLarge"],
  request_timeout: [{}, 408, "RequestTimeout"],
  client_gone: [{}, 499, "RequestAborted"],
  draining: [{}, 503, "ServiceUnavailable"],
  rate_exceeded: throttled,
  sts_throttled: throttled,
  overloaded: unavailable,
  sts_unavailable: unavailable,
  keys_unavailable: [{ cause: secret, retryAfterSeconds }, 400, "IDPCommunicationError"],
  upstream_unreachable: ours,
  upstream_refused: ours,
  upstream_timeout: ours,
  function_failed: ours,
};
const reasons = Object.keys(table) as Reason[];
const problemFor = (reason: Reason) => stsProblemOf({ reason, ...table[reason][0] } as Denial);

test.each(reasons)("%s", (reason) => {
  const problem = problemFor(reason);
  const [, status, code] = table[reason];
  expect({ status: problem.status, code: problem.code }).toEqual({ status, code });
  expect(JSON.stringify(problem)).not.toContain(secret);
  expect(problem.headers).toEqual(reason === "method_not_allowed" ? { allow: "POST" } : {});
});

test("what is not authorized is refused in one and the same text", () => {
  const texts = reasons.filter(
    (reason) => problemFor(reason).status === 403 && reason !== "sts_signature_refused",
  );
  expect(new Set(texts.map((reason) => problemFor(reason).message))).toEqual(
    new Set(["Not authorized to perform sts:AssumeRoleWithWebIdentity"]),
  );
});

test.each([
  ["AccessDenied", 403],
  ["InvalidAction", 400],
  ["MalformedPolicyDocument", 400],
  ["MalformedQueryString", 400],
  ["MissingAction", 400],
  ["MissingParameter", 400],
  ["PackedPolicyTooLarge", 400],
  ["ValidationError", 400],
] as const)("a request refused with %s has the status %i, and its own sentence", (code, status) => {
  const problem = stsProblemOf({ reason: "sts_request_refused", code, cause: "Why." });
  expect(problem).toEqual({ status, code, message: "Why.", headers: {} });
});

test.each([
  ["ExpiredToken", 403],
  ["IncompleteSignature", 400],
  ["InvalidClientTokenId", 403],
  ["MissingAuthenticationToken", 403],
  ["SignatureDoesNotMatch", 403],
] as const)("a signature refused with %s has the status %i, and a fixed sentence", (code, status) => {
  const problem = stsProblemOf({ reason: "sts_signature_refused", code, cause: secret });
  expect(problem).toMatchObject({ status, code, message: expect.not.stringContaining(secret) as string });
});

test("a bug of ours is a failure of the receiver", () => {
  expect(stsInternalFailure).toMatchObject({ status: 500, code: "InternalFailure" });
});
