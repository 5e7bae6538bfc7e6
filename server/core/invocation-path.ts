// Where Lambda takes an event for a function: the path of Invoke and of InvokeWithResponseStream.
// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_RequestSyntax
import type { InvokeTarget } from "./model.js";

/** As it is sent: the ARN is one segment, its colons encoded. The canonical request encodes it once more. */
export function invocationPath({ functionArn, mode }: Pick<InvokeTarget, "functionArn" | "mode">): string {
  const name = encodeURIComponent(functionArn);
  return mode === "ResponseStream"
    ? `/2021-11-15/functions/${name}/response-streaming-invocations`
    : `/2015-03-31/functions/${name}/invocations`;
}
