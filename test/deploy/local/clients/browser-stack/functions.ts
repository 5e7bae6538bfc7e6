// What the page calls: an echo, one that sets a CORS header of its own, one whose stream waits half-way.
import type { LambdaFunctionURLEvent } from "aws-lambda";

export const tell = (event: LambdaFunctionURLEvent): Promise<object> =>
  Promise.resolve({
    method: event.requestContext.http.method,
    body: event.body,
    origin: event.headers.origin,
  });

/** The URL sends `access-control-allow-origin` too: a browser takes no answer with two. */
export const doubled = (event: LambdaFunctionURLEvent): Promise<object> =>
  Promise.resolve({
    statusCode: 200,
    headers: { "access-control-allow-origin": event.headers.origin ?? "*" },
    body: "twice",
  });

export const flow = awslambda.streamifyResponse<LambdaFunctionURLEvent>(async (event, stream) => {
  stream.write("first");
  await fetch(event.queryStringParameters?.gate ?? "");
  stream.end("second");
});
