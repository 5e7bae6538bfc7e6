// Answers with the event it was given, so that a caller can see what reaches a function and as whom.
// It leaves out the session token of the signature: whoever calls through a proxy must never get a part of its session.
import type { LambdaFunctionURLEvent, LambdaFunctionURLResult } from "aws-lambda";

const withoutSessionToken = ({ headers, ...event }: LambdaFunctionURLEvent) => ({
  ...event,
  headers: Object.fromEntries(Object.entries(headers).filter(([name]) => name !== "x-amz-security-token")),
});

export const handler = (event: LambdaFunctionURLEvent): Promise<LambdaFunctionURLResult> =>
  Promise.resolve({
    statusCode: 200,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(withoutSessionToken(event)),
  });
