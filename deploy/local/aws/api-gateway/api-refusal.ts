// How API Gateway says no: status, `x-amzn-errortype`, and a JSON body whose one letter differs by error type.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
import { randomBytes, randomUUID } from "node:crypto";
import type { AwsError, Refused } from "../model.js";
import { newTraceId } from "../trace-id.js";

export interface ApiAnswerIds {
  readonly requestId: string;
  /** `x-amz-apigw-id`; the event's `extendedRequestId`. */
  readonly extendedRequestId: string;
  readonly traceId: string;
}

/** `now` is epoch milliseconds. */
export function newApiAnswerIds(now: number): ApiAnswerIds {
  return {
    requestId: randomUUID(),
    extendedRequestId: `${randomBytes(11).toString("base64url")}=`,
    traceId: newTraceId(now),
  };
}

/** Stand on every answer. */
export const apiIdHeaders = ({ requestId, extendedRequestId }: ApiAnswerIds): [string, string][] => [
  ["x-amzn-RequestId", requestId],
  ["x-amz-apigw-id", extendedRequestId],
];

export const refusal = (status: number, type: string, message: string, cause?: string): Refused => ({
  ok: false,
  error: { status, type, message, ...(cause === undefined ? {} : { cause }) },
});

/** No signature, no such path, no such method: API Gateway says the same to all three. */
export const missingToken = (cause: string): Refused =>
  refusal(403, "MissingAuthenticationTokenException", "Missing Authentication Token", cause);

export const forbidden = (cause: string): Refused => refusal(403, "ForbiddenException", "Forbidden", cause);

export const badRequest = (cause: string): Refused =>
  refusal(400, "BadRequestException", "Bad Request", cause);

export const unsupportedMediaType = (cause: string): Refused =>
  refusal(415, "UnsupportedMediaTypeException", "Unsupported Media Type", cause);

/** API Gateway cannot call what is behind it: 500. The function failed, or said what is no answer: 502. */
export const internalError = (status: 500 | 502, cause: string): Refused =>
  refusal(status, "InternalServerErrorException", "Internal server error", cause);

export const timedOut = (cause: string): Refused =>
  refusal(504, "InternalServerErrorException", "Endpoint request timed out", cause);

export const bodyOf = ({ type, message }: AwsError): string =>
  // Only IAM's own refusal begins with a capital.
  JSON.stringify(type === "AccessDeniedException" ? { Message: message } : { message });
