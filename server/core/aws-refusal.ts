// Whether an answer is AWS's own refusal and not what the function or the API behind it said. Decided by the head
// alone, for the body is a stream. How API Gateway's refusals look:
// https://repost.aws/knowledge-center/api-gateway-troubleshoot-403-forbidden
import type { Target } from "./model.js";
import { headerEntries, headerValues, type RawHeaders } from "./raw-headers.js";

/** AWS's name for its refusal; nothing where the answer is the backend's. */
export function awsErrorType(
  { kind }: Pick<Target, "kind">,
  status: number,
  headers: RawHeaders,
): string | undefined {
  if (status < 400) return undefined;
  const [type] = headerValues(headers, "x-amzn-errortype");
  // Some of AWS's services say where the type is described: https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html
  if (kind !== "executeApi") return type?.replace(/:.*$/, "");
  if (type === undefined) return httpApiRefusal(status, headers);
  return restApiRefusals.has(type) ? type : undefined;
}

/**
 * What a REST API's own answers are named. API Gateway hands on a field of that name from a backend too (it is not
 * among those that it remaps), and servers made with Smithy name their errors in it: other names are the backend's.
 * BadRequestException and UnsupportedMediaTypeException are left out: API Gateway says them of the caller's request,
 * by the API's own validators and models, and the caller is the one who can mend it.
 */
const restApiRefusals: ReadonlySet<string> = new Set([
  "AccessDeniedException",
  "AuthorizerConfigurationException",
  "ExpiredTokenException",
  "ForbiddenException",
  "IncompleteSignatureException",
  "InternalServerErrorException",
  "InvalidSignatureException",
  "LimitExceededException",
  "MissingAuthenticationTokenException",
  "NotFoundException",
  "RequestEntityTooLargeException",
  "RequestTooLargeException",
  "SignatureDoesNotMatchException",
  "TooManyRequestsException",
  "UnauthorizedException",
  "UnrecognizedClientException",
]);

const httpApiRefusals: Readonly<Record<number, string>> = { 403: "Forbidden", 429: "Too Many Requests" };

/**
 * An HTTP API names no type. It says `{"message":"Forbidden"}` and nothing beside it, while a backend's answer has some
 * field of its own almost always; one that has none is taken for API Gateway's.
 */
function httpApiRefusal(status: number, headers: RawHeaders): string | undefined {
  const message = httpApiRefusals[status];
  if (message === undefined || headerValues(headers, "apigw-requestid").length === 0) return undefined;
  const body = JSON.stringify({ message });
  const isBare = headerEntries(headers).every(([field, value]) => {
    const isExpected = httpApiFields.get(field.toLowerCase());
    return isExpected === undefined ? /^access-control-/i.test(field) : isExpected(value, body);
  });
  return isBare ? message : undefined;
}

const httpApiFields: ReadonlyMap<string, (value: string, body: string) => boolean> = new Map([
  ["apigw-requestid", () => true],
  ["connection", () => true],
  ["date", () => true],
  ["content-length", (value: string, body: string) => value === String(body.length)],
  ["content-type", (value: string) => value === "application/json"],
]);
