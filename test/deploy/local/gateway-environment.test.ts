import type { Aws } from "../../../deploy/local/aws/aws.js";
import { gatewayEnvironment } from "../../../deploy/local/gateway-environment.js";
import type { OpenIdProvider } from "../../../deploy/local/issuer/openid-provider.js";

test("a function's URL stands under its logical id, without Function, and an API's first stage under the API's", () => {
  const ids = ["HelloFunction", "S3UploadFunction", "HTTPSProxy", "Fn2"];
  const aws = {
    endpoint: "http://127.0.0.1:4566",
    template: { functions: ids.map((logicalId) => ({ logicalId, name: `stack-${logicalId}` })) },
    functionUrls: new Map(ids.map((id, at) => [`stack-${id}`, `http://127.0.0.1:${4567 + at}/`])),
    apiStages: [
      { logicalId: "Api", stage: "prod", url: "http://127.0.0.1:4580/prod", arn: "arn:prod" },
      { logicalId: "Api", stage: "beta", url: "http://127.0.0.1:4580/beta", arn: "arn:beta" },
      { logicalId: "ReportsApi", stage: "v1", url: "http://127.0.0.1:4581/v1", arn: "arn:v1" },
    ],
    taskEnvironment: { AWS_CONTAINER_AUTHORIZATION_TOKEN: "t" },
  } as unknown as Aws;
  expect(gatewayEnvironment({ issuer: "http://127.0.0.1:4000" } as OpenIdProvider, aws)).toMatchObject({
    ISSUER_URL: "http://127.0.0.1:4000",
    AWS_ENDPOINT: "http://127.0.0.1:4566",
    HELLO_URL: "http://127.0.0.1:4567/",
    S3_UPLOAD_URL: "http://127.0.0.1:4568/",
    HTTPS_PROXY_URL: "http://127.0.0.1:4569/",
    FN2_URL: "http://127.0.0.1:4570/",
    API_URL: "http://127.0.0.1:4580/prod",
    API_ARN: "arn:prod",
    REPORTS_API_URL: "http://127.0.0.1:4581/v1",
    REPORTS_API_ARN: "arn:v1",
    AWS_CONTAINER_AUTHORIZATION_TOKEN: "t",
  });
});
