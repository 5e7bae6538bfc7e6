// Denial -> what a caller of the /sts door sees: STS's status, code and message. The codes tell an SDK whether to try
// again (Throttling, IDPCommunicationError, any 5xx) or not. Messages are constants, as in problem.ts, or quote nothing.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html#API_AssumeRoleWithWebIdentity_Errors
import type { Denial, StsRequestCode, StsSignatureCode } from "./denial.js";

export interface StsProblem {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** `Allow`. Names are lower case. No `Retry-After`: STS sends none, and an SDK would wait as long as it says. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Exhaustive: a new reason does not compile until it has a row. */
export function stsProblemOf(denial: Denial): StsProblem {
  switch (denial.reason) {
    case "sts_request_refused":
      return stsProblem(requestStatus[denial.code], denial.code, denial.cause);
    case "sts_signature_refused":
      return stsProblem(...signatureProblems[denial.code]);
    case "sts_route_ambiguous":
      return stsProblem(
        400,
        "ValidationError",
        "No one session serves all routes of this role: name one in the URL, /sts/{route name}.",
      );
    case "token_expired":
      return stsProblem(400, "ExpiredTokenException", "The web identity token has expired.");
    case "credentials_missing":
    case "token_malformed":
    case "token_issuer_unknown":
    case "token_algorithm_refused":
    case "token_key_unknown":
    case "token_signature_invalid":
    case "token_not_yet_valid":
    case "token_audience_invalid":
    case "token_claim_invalid":
    case "proof_invalid":
    case "proof_nonce_required":
    case "identity_missing":
    case "identity_malformed":
    case "authorizer_unauthorized":
      return stsProblem(400, "InvalidIdentityToken", "The web identity token is not accepted.");
    // One answer for all of them: nobody learns which roles there are.
    case "scope_insufficient":
    case "role_not_granted":
    case "claim_unrepresentable":
    case "session_refused":
    case "authorizer_denied":
    case "invocation_denied":
      return notAuthorized;
    case "session_too_large":
      return stsProblem(
        400,
        "PackedPolicyTooLarge",
        "The session is larger than AWS takes. Without a route in the URL it holds all routes of the role: /sts/{route name} holds one.",
      );
    case "keys_unavailable":
      return stsProblem(400, "IDPCommunicationError", "The identity provider's keys cannot be had now.");
    case "rate_exceeded":
    case "sts_throttled":
      return stsProblem(400, "Throttling", "Rate exceeded");
    case "sts_unavailable":
    case "overloaded":
    case "authorizer_unavailable":
      return stsProblem(503, "ServiceUnavailable", "No session can be had now.");
    case "draining":
      return stsProblem(503, "ServiceUnavailable", "The gateway is going down.");
    case "route_unknown":
    case "route_unnamed":
      return stsProblem(404, "ResourceNotFound", "No route of this name hands out sessions.");
    case "query_refused":
      return stsProblem(400, "ValidationError", "The URL takes no query: parameters belong in the form.");
    case "method_not_allowed":
      return stsProblem(405, "MethodNotAllowed", "Only POST is taken.", { allow: denial.allow.join(", ") });
    case "body_too_large":
      return stsProblem(413, "RequestEntityTooLarge", `The form may have ${denial.limitBytes} bytes.`);
    case "request_timeout":
      return stsProblem(408, "RequestTimeout", "The request did not arrive in time.");
    case "headers_too_large":
      return stsProblem(431, "RequestHeaderFieldsTooLarge", "The header fields are too large.");
    case "target_invalid":
    case "request_malformed":
    case "payload_invalid":
    case "expectation_unknown":
    case "upgrade_refused":
      return stsProblem(
        400,
        "ValidationError",
        "The request's line, header fields or framing are not taken.",
      );
    case "client_gone":
      return stsProblem(499, "RequestAborted", "The caller went away.");
    // No function is called here; whatever gave one of these, it is ours.
    case "authorizer_failed":
    case "upstream_unreachable":
    case "upstream_refused":
    case "upstream_timeout":
    case "function_failed":
      return stsInternalFailure;
  }
}

const requestStatus: Readonly<Record<StsRequestCode, number>> = {
  AccessDenied: 403,
  InvalidAction: 400,
  MalformedPolicyDocument: 400,
  MalformedQueryString: 400,
  MissingAction: 400,
  MissingParameter: 400,
  PackedPolicyTooLarge: 400,
  ValidationError: 400,
};

const signatureProblems: Readonly<Record<StsSignatureCode, [status: number, code: string, message: string]>> =
  {
    ExpiredToken: [403, "ExpiredToken", "The security token included in the request is expired"],
    IncompleteSignature: [
      400,
      "IncompleteSignature",
      "The Authorization header is no whole signature of SigV4 for STS.",
    ],
    InvalidClientTokenId: [
      403,
      "InvalidClientTokenId",
      "The security token included in the request is none that this gateway handed out since it started.",
    ],
    MissingAuthenticationToken: [
      403,
      "MissingAuthenticationToken",
      "Request is missing Authentication Token",
    ],
    SignatureDoesNotMatch: [
      403,
      "SignatureDoesNotMatch",
      "The signature is not that of this request by the key it names, or its date is over five minutes away.",
    ],
  };

const stsProblem = (
  status: number,
  code: string,
  message: string,
  headers: Record<string, string> = {},
): StsProblem => ({ status, code, message, headers });

const notAuthorized = stsProblem(
  403,
  "AccessDenied",
  "Not authorized to perform sts:AssumeRoleWithWebIdentity",
);

/** An exception: a bug of ours. The stack is in the log, the caller gets this. */
export const stsInternalFailure = stsProblem(
  500,
  "InternalFailure",
  "The gateway failed. The request id finds the cause in its log.",
);
