// What a task definition would set for the gateway: where things are, and the task's credentials.
import type { Aws } from "./aws/aws.js";
import type { OpenIdProvider } from "./issuer/openid-provider.js";

/** Where the page at /demo/ is when nobody says otherwise. */
const usualDemoOrigin = "http://127.0.0.1:3000";

/** `HelloFunction` of the template is `HELLO_URL` here, and the first stage of `Api` is `API_URL` and `API_ARN`. */
export const gatewayEnvironment = (
  issuer: OpenIdProvider,
  aws: Aws,
  demoOrigin = usualDemoOrigin,
): Record<string, string> => ({
  ISSUER_URL: issuer.issuer,
  DEMO_ORIGIN: demoOrigin,
  AWS_ENDPOINT: aws.endpoint,
  ...Object.fromEntries(
    aws.template.functions.map(({ logicalId, name }) => [
      `${screamingCase(logicalId.replace(/Function$/, ""))}_URL`,
      aws.functionUrls.get(name) ?? "",
    ]),
  ),
  ...apiEnvironment(aws),
  ...aws.taskEnvironment,
  // The SDK's note that it will leave Node 20 behind in 2027 is for whoever deploys, not for this terminal.
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
});

/** Of an API with several stages the first counts. */
const apiEnvironment = ({ apiStages }: Aws): Record<string, string> =>
  Object.fromEntries(
    [...apiStages].reverse().flatMap(({ logicalId, url, arn }) => {
      const name = screamingCase(logicalId);
      return [
        [`${name}_URL`, url],
        [`${name}_ARN`, arn],
      ];
    }),
  );

const screamingCase = (name: string): string =>
  name.replace(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, "_").toUpperCase();
