// Answers with the event it was given, so that a caller can see what reaches a function and as whom: of a function URL,
// of Invoke, or of a REST API. It leaves out the session token of the signature: whoever calls through a proxy must never
// get a part of its session.
import type { APIGatewayProxyEvent, LambdaFunctionURLEvent } from "aws-lambda";

interface JsonAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A REST API keeps the caller's spelling of names, a function URL has them in lower case. */
const withoutToken = <T>(headers: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(
    Object.entries(headers).filter(([name]) => name.toLowerCase() !== "x-amz-security-token"),
  );

const withoutSessionToken = (event: LambdaFunctionURLEvent | APIGatewayProxyEvent) => ({
  ...event,
  headers: withoutToken(event.headers),
  ...("multiValueHeaders" in event ? { multiValueHeaders: withoutToken(event.multiValueHeaders) } : {}),
});

export const handler = (event: LambdaFunctionURLEvent | APIGatewayProxyEvent): Promise<JsonAnswer> =>
  Promise.resolve({
    statusCode: 200,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(withoutSessionToken(event)),
  });
