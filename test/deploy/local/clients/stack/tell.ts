// Answers with what reached it, whether through the URL or through Invoke.
import type { LambdaFunctionURLEventWithIAMAuthorizer } from "aws-lambda";

export const handler = (event: Partial<LambdaFunctionURLEventWithIAMAuthorizer> | null): Promise<object> => {
  const { requestContext, rawPath, rawQueryString, body } = event ?? {};
  if (requestContext === undefined) return Promise.resolve({ event });
  return Promise.resolve({
    method: requestContext.http.method,
    rawPath,
    rawQueryString,
    body: event?.isBase64Encoded ? Buffer.from(body ?? "", "base64").toString() : body,
    userArn: requestContext.authorizer.iam.userArn,
  });
};
