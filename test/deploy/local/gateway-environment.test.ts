import type { Aws } from "../../../deploy/local/aws/aws.js";
import { gatewayEnvironment } from "../../../deploy/local/gateway-environment.js";
import type { OpenIdProvider } from "../../../deploy/local/issuer/openid-provider.js";

test("each function's URL stands under its logical id, without Function", () => {
  const ids = ["HelloFunction", "S3UploadFunction", "HTTPSProxy", "Fn2"];
  const aws = {
    endpoint: "http://127.0.0.1:4566",
    template: { functions: ids.map((logicalId) => ({ logicalId, name: `stack-${logicalId}` })) },
    functionUrls: new Map(ids.map((id, at) => [`stack-${id}`, `http://127.0.0.1:${4567 + at}/`])),
    taskEnvironment: { AWS_CONTAINER_AUTHORIZATION_TOKEN: "t" },
  } as unknown as Aws;
  expect(gatewayEnvironment({ issuer: "http://127.0.0.1:4000" } as OpenIdProvider, aws)).toMatchObject({
    ISSUER_URL: "http://127.0.0.1:4000",
    AWS_ENDPOINT: "http://127.0.0.1:4566",
    HELLO_URL: "http://127.0.0.1:4567/",
    S3_UPLOAD_URL: "http://127.0.0.1:4568/",
    HTTPS_PROXY_URL: "http://127.0.0.1:4569/",
    FN2_URL: "http://127.0.0.1:4570/",
    AWS_CONTAINER_AUTHORIZATION_TOKEN: "t",
  });
});
