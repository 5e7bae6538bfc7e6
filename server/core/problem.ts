// Denial -> what the caller sees: status, challenge (RFC 6750 3, RFC 9449 7.1), RFC 9457 body; sts-problem.ts does it for
// the /sts door. Texts are constants: what was wrong in detail is for the operator's log.
import type { Denial } from "./denial.js";
import { signingAlgorithms } from "./model.js";

export const realm = "grantway";

/** A refusal on the wire, without the request it belongs to. */
export interface Problem {
  readonly status: number;
  /** Last part of the problem's `type` URN, and `Code` for credential clients. */
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  /** Beside the body's own: `WWW-Authenticate`, `Retry-After`, `Allow`. Names are lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/** RFC 9457 3: the body of a problem answer. `instance` is the request id as a URN. */
export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
}

/** The header fields of a problem's answer. Names are lower case. */
export const problemHeaders = (problem: Problem): Record<string, string> => ({
  ...problem.headers,
  "content-type": "application/problem+json",
  "cache-control": "no-store",
});

export const problemBody = (problem: Problem, requestId: string): ProblemBody => ({
  type: `urn:grantway:problem:${problem.code}`,
  title: problem.title,
  status: problem.status,
  detail: problem.detail,
  instance: `urn:uuid:${requestId}`,
});

/** Exhaustive: a new reason does not compile until it has a row. */
export function problemOf(denial: Denial): Problem {
  switch (denial.reason) {
    case "credentials_missing":
      // RFC 6750 3.1: a request without credentials gets a bare challenge and no error code.
      return problem(401, denial.reason, "Unauthorized", "Send a bearer token in the Authorization header.", {
        "www-authenticate": `Bearer realm="${realm}"`,
      });
    case "request_malformed":
      return problem(
        400,
        denial.reason,
        "Bad Request",
        "The Authorization header or the framing of the request is malformed.",
        challenge("invalid_request"),
      );
    case "token_malformed":
    case "token_issuer_unknown":
    case "token_algorithm_refused":
    case "token_key_unknown":
    case "token_signature_invalid":
    case "token_expired":
    case "token_not_yet_valid":
    case "token_audience_invalid":
    case "token_claim_invalid":
      return problem(
        401,
        "token_invalid",
        "Unauthorized",
        "The bearer token is not accepted.",
        // Nobody is told which of the two schemes would have done.
        {
          "www-authenticate": `Bearer realm="${realm}", error="invalid_token", ${dpopChallenge("invalid_token")}`,
        },
      );
    case "proof_invalid":
      return problem(401, denial.reason, "Unauthorized", "The DPoP proof is not accepted.", {
        "www-authenticate": dpopChallenge("invalid_dpop_proof"),
      });
    case "proof_nonce_required":
      return problem(401, denial.reason, "Unauthorized", "The DPoP proof needs the nonce of this answer.", {
        "www-authenticate": dpopChallenge("use_dpop_nonce"),
        "dpop-nonce": denial.nonce,
      });
    case "identity_missing":
      return problem(401, denial.reason, "Unauthorized", "The request lacks what says who is calling.", {
        "www-authenticate": `${denial.scheme} realm="${realm}"`,
      });
    case "identity_malformed":
      return problem(
        400,
        denial.reason,
        "Bad Request",
        "What says who is calling stands twice or is too long.",
      );
    case "authorizer_unauthorized":
      // RFC 9110 15.5.2: a 401 has a challenge. No error code: what was wrong is the authorizer's to know.
      return problem(401, denial.reason, "Unauthorized", "The authorizer does not accept this caller.", {
        "www-authenticate": `${denial.scheme} realm="${realm}"`,
      });
    case "authorizer_denied":
      return problem(403, denial.reason, "Forbidden", "The authorizer does not allow this call.");
    case "authorizer_failed":
      return problem(500, denial.reason, "Internal Server Error", "The authorizer gave no decision.");
    case "authorizer_unavailable":
      return problem(
        503,
        denial.reason,
        "Service Unavailable",
        "The authorizer cannot be asked now.",
        retryAfter(denial),
      );
    case "scope_insufficient":
      return problem(403, denial.reason, "Forbidden", "The token lacks a scope that this route needs.", {
        "www-authenticate": `Bearer realm="${realm}", error="insufficient_scope", scope="${denial.scopes.join(" ")}"`,
      });
    case "role_not_granted":
      return problem(403, denial.reason, "Forbidden", "No role is granted to this caller for this route.");
    case "claim_unrepresentable":
      return problem(
        403,
        denial.reason,
        "Forbidden",
        "A claim that this route needs is missing, or has no form that can be used.",
      );
    case "session_refused":
      return problem(403, denial.reason, "Forbidden", "AWS did not give a session for this caller.");
    // The /sts door's own, which sts-problem.ts words as STS does.
    case "sts_request_refused":
    case "sts_signature_refused":
    case "sts_route_ambiguous":
      return problem(400, denial.reason, "Bad Request", "The request is none that the STS door takes.");
    case "session_too_large":
      return problem(
        403,
        denial.reason,
        "Forbidden",
        "The session for this caller is larger than AWS takes.",
      );
    case "route_unknown":
      return problem(
        404,
        denial.reason,
        "Not Found",
        denial.door === "grant"
          ? "No route that grants credentials has this name."
          : "No route matches this request.",
      );
    case "route_unnamed":
      return problem(404, denial.reason, "Not Found", "Name the route: /grant/{route name}.");
    case "query_refused":
      return problem(
        400,
        denial.reason,
        "Bad Request",
        "This address takes no query: a token belongs in the Authorization header.",
        challenge("invalid_request"),
      );
    case "method_not_allowed":
      return problem(405, denial.reason, "Method Not Allowed", "The route does not take this method.", {
        allow: denial.allow.join(", "),
      });
    case "request_timeout":
      return problem(408, denial.reason, "Request Timeout", "The request did not arrive in time.");
    case "target_invalid":
      return problem(
        400,
        denial.reason,
        "Bad Request",
        "The request target cannot be sent on as it was written.",
      );
    case "body_too_large":
      return problem(
        413,
        denial.reason,
        "Content Too Large",
        denial.counted === "event"
          ? `The event made of this request may have ${denial.limitBytes} bytes of JSON; target, header fields and encoding count.`
          : `The body may have ${denial.limitBytes} bytes.`,
      );
    case "payload_invalid":
      return problem(400, denial.reason, "Bad Request", "The body must be JSON.");
    case "invocation_denied":
      // A dry run asks just this, so AWS's no is the answer and not an outage.
      return problem(403, denial.reason, "Forbidden", "AWS does not let this caller call the function.");
    case "expectation_unknown":
      return problem(417, denial.reason, "Expectation Failed", "The only expectation is 100-continue.");
    case "upgrade_refused":
      // RFC 9110 15.6.2: nothing is wrong with the request, the gateway lacks what it takes. 426 would ask for an upgrade.
      return problem(501, denial.reason, "Not Implemented", "The gateway does not speak WebSocket.");
    case "headers_too_large":
      return problem(
        431,
        denial.reason,
        "Request Header Fields Too Large",
        "The header fields are too large.",
      );
    case "client_gone":
      // Never sent: there is nobody to read it. 499 is what logs and metrics show (nginx's number).
      return problem(499, denial.reason, "Client Closed Request", "The caller went away.");
    case "rate_exceeded":
      return problem(
        429,
        denial.reason,
        "Too Many Requests",
        `Too many requests. Try again in ${wholeSeconds(denial)} s.`,
        retryAfter(denial),
      );
    case "keys_unavailable":
      return problem(
        503,
        denial.reason,
        "Service Unavailable",
        "The issuer's keys cannot be had now.",
        retryAfter(denial),
      );
    case "sts_throttled":
    case "sts_unavailable":
      return problem(
        503,
        denial.reason,
        "Service Unavailable",
        "AWS gives no session now.",
        retryAfter(denial),
      );
    case "overloaded":
      return problem(503, denial.reason, "Service Unavailable", "The gateway is full.", retryAfter(denial));
    case "draining":
      return problem(
        503,
        denial.reason,
        "Service Unavailable",
        "The gateway is going down. A call that had begun may run on.",
        retryAfter({ retryAfterSeconds: 1 }),
      );
    case "upstream_unreachable":
      return problem(
        502,
        denial.reason,
        "Bad Gateway",
        "The function could not be reached, or broke off before it answered: it may have run.",
      );
    case "upstream_refused":
      return problem(502, denial.reason, "Bad Gateway", "AWS refused the call.");
    case "function_failed":
      return problem(
        502,
        denial.reason,
        "Bad Gateway",
        "The function failed, or its answer is none in HTTP: it ran.",
      );
    case "upstream_timeout":
      return problem(504, denial.reason, "Gateway Timeout", "The function did not answer in time.");
  }
}

/** An exception: a bug of ours. The stack is in the log, the caller gets this. */
export const internalError: Problem = problem(
  500,
  "internal_error",
  "Internal Server Error",
  "The gateway failed. The request id finds the cause in its log.",
);

const challenge = (error: string): Record<string, string> => ({
  "www-authenticate": `Bearer realm="${realm}", error="${error}"`,
});

/** RFC 9449 7.1: `algs` are what a proof may be signed with. */
const dpopChallenge = (error: string): string =>
  `DPoP realm="${realm}", error="${error}", algs="${signingAlgorithms.join(" ")}"`;

interface Wait {
  readonly retryAfterSeconds: number;
}

const wholeSeconds = ({ retryAfterSeconds }: Wait): number => Math.max(1, Math.ceil(retryAfterSeconds));

const retryAfter = (wait: Wait): Record<string, string> => ({ "retry-after": String(wholeSeconds(wait)) });

function problem(
  status: number,
  code: string,
  title: string,
  detail: string,
  headers: Record<string, string> = {},
): Problem {
  return { status, code, title, detail, headers };
}
