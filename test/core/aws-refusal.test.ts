import { awsErrorType } from "../../server/core/aws-refusal.js";

const stage = { kind: "executeApi" } as const;
const typed = (type: string) => ["Content-Type", "application/json", "x-amzn-ErrorType", type];

describe("behind a stage of a REST API", () => {
  test.each([
    [403, "MissingAuthenticationTokenException"],
    [403, "AccessDeniedException"],
    [403, "InvalidSignatureException"],
    [403, "ExpiredTokenException"],
    [403, "UnrecognizedClientException"],
    [403, "ForbiddenException"],
    [404, "MissingAuthenticationTokenException"],
    [413, "RequestEntityTooLargeException"],
    [429, "LimitExceededException"],
    [429, "TooManyRequestsException"],
    [502, "InternalServerErrorException"],
    [504, "InternalServerErrorException"],
  ])("%i %s is API Gateway's, whatever status it was given there", (status, type) => {
    expect(awsErrorType(stage, status, typed(type))).toBe(type);
  });

  test.each([
    ["a 403 without a type", 403, ["Content-Type", "application/json"]],
    ["an error that a Smithy server names", 403, typed("CityClosedError")],
    ["a type that only begins like API Gateway's", 403, typed("AccessDeniedExceptionOfOurs")],
    [
      "a type of AWS's that a backend hands on",
      400,
      typed("ValidationException:http://internal.amazon.com/"),
    ],
    ["what API Gateway's validators say of the caller's body", 400, typed("BadRequestException")],
    ["an answer that is no error", 200, typed("AccessDeniedException")],
    ["a redirect", 399, typed("AccessDeniedException")],
  ])("%s passes", (_, status, headers) => {
    expect(awsErrorType(stage, status, headers)).toBeUndefined();
  });
});

describe("behind a stage of an HTTP API", () => {
  const fields = {
    Date: "Sun, 22 Nov 2026 05:00:00 GMT",
    "Content-Type": "application/json",
    "Content-Length": "23",
    Connection: "keep-alive",
    "apigw-requestid": "abc=",
  };
  const without = (name: string) => Object.entries(fields).flatMap((each) => (each[0] === name ? [] : each));
  const bare = Object.entries(fields).flat();
  const tooMany = Object.entries({ ...fields, "Content-Length": "31" }).flat();

  test("a 403 that says Forbidden and nothing else is API Gateway's", () => {
    expect(awsErrorType(stage, 403, bare)).toBe("Forbidden");
    expect(awsErrorType(stage, 429, tooMany)).toBe("Too Many Requests");
  });

  test("so it is with the CORS fields that API Gateway adds", () => {
    expect(awsErrorType(stage, 403, [...bare, "access-control-allow-origin", "*"])).toBe("Forbidden");
  });

  test.each([
    ["with a field of the backend's", 403, [...bare, "x-powered-by", "Express"]],
    ["with another body", 403, [...without("Content-Length"), "Content-Length", "24"]],
    ["of another content type", 403, [...without("Content-Type"), "Content-Type", "text/plain"]],
    ["that did not come by API Gateway", 403, without("apigw-requestid")],
    ["of another status", 401, bare],
    ["about a route that is not there", 404, bare],
  ])("one %s passes", (_, status, headers) => {
    expect(awsErrorType(stage, status, headers)).toBeUndefined();
  });
});

describe("behind a function URL and the Invoke API", () => {
  test.each(["functionUrl", "invoke"] as const)("any type is AWS's: %s", (kind) => {
    expect(awsErrorType({ kind }, 403, typed("AnyException"))).toBe("AnyException");
    expect(awsErrorType({ kind }, 400, typed("AnyException"))).toBe("AnyException");
    expect(awsErrorType({ kind }, 403, typed("AnyException:http://internal.example/"))).toBe("AnyException");
    expect(awsErrorType({ kind }, 399, typed("AnyException"))).toBeUndefined();
    expect(awsErrorType({ kind }, 403, [])).toBeUndefined();
  });
});
