// A greeting for whoever the URL says is calling.
import type { APIGatewayProxyStructuredResultV2, LambdaFunctionURLEventWithIAMAuthorizer } from "aws-lambda";

export const lambdaHandler = async (
  event: LambdaFunctionURLEventWithIAMAuthorizer,
): Promise<APIGatewayProxyStructuredResultV2> => {
  const name = event.queryStringParameters?.name ?? "world";
  const caller = event.requestContext.authorizer.iam.userArn;
  return Promise.resolve({
    statusCode: 200,
    headers: { "content-type": "application/json" },
    cookies: ["greeted=yes; Secure"],
    body: JSON.stringify({ message: `hello ${name}`, caller }),
  });
};
