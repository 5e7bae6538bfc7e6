import { awsDenial } from "../../server/core/aws-denial.js";
import type { ExecuteApiTarget, InvokeTarget, Target } from "../../server/core/model.js";
import { functionUrlTarget } from "../fixtures/route.js";

const invoke = (more: Partial<InvokeTarget> = {}): InvokeTarget => ({
  ...functionUrlTarget,
  ...{ kind: "invoke", mode: "RequestResponse", raw: false, logTail: false },
  ...more,
});
const stage: ExecuteApiTarget = { ...functionUrlTarget, kind: "executeApi", basePath: "/prod", stageArn: "" };

const denialOf = (
  target: Target,
  status: number,
  errorType: string,
  message = "why",
  headers: string[] = [],
) => awsDenial(target, { status, headers, errorType, message });
const refused = (status: number, errorType: string, message = "why") => ({
  reason: "upstream_refused",
  cause: `${status} ${errorType}: ${message}`,
});

test.each<[string, Target, number, string]>([
  ["a function URL's", functionUrlTarget, 403, "AccessDeniedException"],
  ["a stage's", stage, 403, "MissingAuthenticationTokenException"],
  ["Lambda's", invoke(), 403, "AccessDeniedException"],
  [
    "a dry run's, but not for want of a permission",
    invoke({ mode: "DryRun" }),
    403,
    "InvalidSignatureException",
  ],
  ["an event's that the gateway made", invoke(), 400, "InvalidRequestContentException"],
  ["a raw call's, but not for its payload", invoke({ raw: true }), 400, "InvalidParameterValueException"],
  ["a key's", invoke(), 502, "KMSAccessDeniedException"],
])("%s refusal is the operator's to know", (_whose, target, status, errorType) => {
  expect(denialOf(target, status, errorType)).toEqual(refused(status, errorType));
});

describe("the caller's to know is", () => {
  test("what a dry run asks", () => {
    const denial = denialOf(invoke({ mode: "DryRun" }), 403, "AccessDeniedException");
    expect(denial).toEqual({ reason: "invocation_denied", cause: "403 AccessDeniedException: why" });
  });

  test("that his raw payload is none", () => {
    const denial = denialOf(invoke({ raw: true }), 400, "InvalidRequestContentException");
    expect(denial).toEqual({ reason: "payload_invalid", cause: "400 InvalidRequestContentException: why" });
  });

  test.each<[Target, number]>([
    [functionUrlTarget, 6_291_456],
    [stage, 6_291_456],
    [invoke(), 6_291_456],
    [invoke({ mode: "Event" }), 1_048_576],
  ])("how much of him Lambda takes (%#)", (target, limitBytes) => {
    const denial = denialOf(target, 413, "RequestTooLargeException");
    expect(denial).toEqual({ reason: "body_too_large", limitBytes, counted: "event" });
  });

  test.each([
    [[], 1],
    [["Retry-After", "7"], 7],
    [["Retry-After", "Fri, 31 Dec 1999 23:59:59 GMT"], 1],
  ])("when to come again (%j)", (headers, retryAfterSeconds) => {
    const denial = denialOf(invoke(), 429, "TooManyRequestsException", "why", headers);
    const cause = "429 TooManyRequestsException: why";
    expect(denial).toEqual({ reason: "rate_exceeded", cause, retryAfterSeconds });
  });
});

test("an integration that API Gateway waited for in vain is a timeout, one that it did not reach is not", () => {
  const denied = (target: Target, status: number, message: string) =>
    denialOf(target, status, "InternalServerErrorException", message);
  const message = '{"message": "Endpoint request timed out"}';
  const cause = `504 InternalServerErrorException: ${message}`;
  expect(denied(stage, 504, message)).toEqual({ reason: "upstream_timeout", cause });
  const unreached = '{"message": "Network error communicating with endpoint"}';
  for (const [target, status, said] of [
    [stage, 504, unreached],
    [stage, 500, message],
    [functionUrlTarget, 504, message],
  ] as const) {
    expect(denied(target, status, said)).toEqual(refused(status, "InternalServerErrorException", said));
  }
});
