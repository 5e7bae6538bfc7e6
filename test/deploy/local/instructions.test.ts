// What `npm run local` prints to be copied; test/deploy/local/run-local.test.ts runs the lines themselves.
import type { Aws } from "../../../deploy/local/aws/aws.js";
import type { GatewayProcess } from "../../../deploy/local/gateway-process.js";
import { instructions, instructionsWithoutGateway } from "../../../deploy/local/instructions.js";
import type { OpenIdProvider } from "../../../deploy/local/issuer/openid-provider.js";

const aws = {
  endpoint: "http://127.0.0.1:4566",
  template: { functions: [], region: "eu-west-1", accountId: "123456789012" },
  functionUrls: new Map(),
  apiStages: [],
  taskRole: { arn: "arn:aws:iam::123456789012:role/grantway-gateway" },
  ...{ taskEnvironment: {}, operatorEnvironment: {}, doctorEnvironment: {} },
} as unknown as Aws;
const issuer = { issuer: "http://127.0.0.1:4000", port: 4000 } as OpenIdProvider;
const gateway = { port: 8080, adminPort: 8081 } as GatewayProcess;

test.each([
  ["deploy/local/gateway.yaml", "deploy/local/gateway.yaml"],
  ["../mine/it's.yaml", "'../mine/it'\\''s.yaml'"],
  ["a b.yaml", "'a b.yaml'"],
])("the doctor is told of the gateway's own configuration: %s", (configFile, written) => {
  expect(instructions({ issuer, aws, gateway, configFile })).toContain(
    `grantway -- doctor --config ${written} --gateway-role`,
  );
});

test("without a gateway, all that is exported for the shell is told to be unset in the end", () => {
  const taskEnvironment = { AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://127.0.0.1:4566/task-credentials" };
  const text = instructionsWithoutGateway({ issuer, aws: { ...aws, taskEnvironment } });
  const [, exported = ""] = /^ {2}export (.*)$/m.exec(text) ?? [];
  const unset = Array.from(text.matchAll(/^ {2}unset (.*)$/gm), ([, names = ""]) => names).at(-1);
  expect(exported.match(/\w+(?==)/g)).toContain("AWS_CONTAINER_CREDENTIALS_FULL_URI");
  expect(unset?.split(" ")).toEqual(exported.match(/\w+(?==)/g));
});
