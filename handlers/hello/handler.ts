// The smallest function behind a URL: one fixed answer. Who may call it is IAM's business, not the code's.
import type { LambdaFunctionURLResult } from "aws-lambda";

export const handler = (): Promise<LambdaFunctionURLResult> =>
  Promise.resolve({
    statusCode: 200,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ message: "hello world" }),
  });
