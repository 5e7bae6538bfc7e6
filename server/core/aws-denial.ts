// AWS's own refusal of a signed call -> ours. What it said goes to the log; which of its refusals are the caller's to
// know depends on what was called. https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors
import type { Denial } from "./denial.js";
import type { Target } from "./model.js";
import { eventLimit } from "./outgoing-call.js";
import { headerValues, type RawHeaders } from "./raw-headers.js";

export interface AwsRefusal {
  readonly status: number;
  readonly headers: RawHeaders;
  /** As AWS names it. */
  readonly errorType: string;
  /** What AWS said, in a line. */
  readonly message: string;
}

export function awsDenial(target: Target, { status, headers, errorType, message }: AwsRefusal): Denial {
  const cause = `${status} ${errorType}: ${message}`;
  if (status === 429)
    return { reason: "rate_exceeded", cause, retryAfterSeconds: retryAfterSecondsOf(headers) };
  // The gateway takes no body that API Gateway would not: it is Lambda's limit, behind a stage too.
  if (status === 413) {
    const mode = target.kind === "invoke" ? target.mode : "RequestResponse";
    return { reason: "body_too_large", limitBytes: eventLimit(mode), counted: "event" };
  }
  if (target.kind === "executeApi" && status === 504 && message.includes(integrationTimeout))
    return { reason: "upstream_timeout", cause };
  if (target.kind === "invoke") {
    const { mode, raw } = target;
    // A dry run asks for just this.
    if (mode === "DryRun" && errorType === "AccessDeniedException")
      return { reason: "invocation_denied", cause };
    // Every header field is ours, so it is the payload, and that is the caller's body.
    if (raw && errorType === "InvalidRequestContentException") return { reason: "payload_invalid", cause };
  }
  return { reason: "upstream_refused", cause };
}

/** Its status alone does not tell: an integration that could not be reached is a 504 too. */
const integrationTimeout = "Endpoint request timed out";

const maxRetryAfterSeconds = 3_600;

/** RFC 9110 10.2.3: Lambda says seconds. A date, or what is none of both, counts for the least there is. */
function retryAfterSecondsOf(headers: RawHeaders): number {
  const [text = ""] = headerValues(headers, "retry-after");
  return /^\d{1,9}$/.test(text) ? Math.min(Number(text), maxRetryAfterSeconds) : 1;
}
