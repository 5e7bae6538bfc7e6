// What to tell whoever runs the doctor where the AWS SDK finds no credentials: where it looked, which of that was there and
// gave none, and what to do. Names of variables only, never what is in them.
// https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
import { profileFiles } from "./aws-profile.js";

interface Place {
  /** All of them, or with `oneOf` any. */
  readonly variables: readonly string[];
  readonly oneOf?: true;
  readonly also?: string;
}

export function noCredentials(sentence: string, env: NodeJS.ProcessEnv): string {
  const places: readonly Place[] = [
    { variables: ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] },
    { variables: ["AWS_PROFILE"], also: `else [default]; in ${profileFiles(env).join(" and ")}` },
    { variables: ["AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN"] },
    {
      variables: ["AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"],
      oneOf: true,
      also: "and AWS_CONTAINER_AUTHORIZATION_TOKEN if it wants one",
    },
  ];
  return [
    `grantway doctor: there are no AWS credentials: ${sentence}`,
    "It asks as the gateway, with what the AWS SDK finds. Looked for, and found:",
    ...places.map((place) => `  ${described(place)}: ${foundOf(place, env)}`),
    "  the role of an EC2 instance: asked last, unless one of the above decides",
    "Run it where the gateway runs and with its environment; or as somebody else, for the gateway's role:",
    "  AWS_PROFILE=NAME grantway doctor --gateway-role ARN",
    "",
  ].join("\n");
}

const described = ({ variables, oneOf, also }: Place): string =>
  variables.join(oneOf ? " or " : " and ") + (also === undefined ? "" : ` (${also})`);

function foundOf({ variables, oneOf }: Place, env: NodeJS.ProcessEnv): string {
  const missing = variables.filter((name) => (env[name] ?? "") === "");
  if (missing.length === variables.length) return "not set";
  return missing.length > 0 && !oneOf ? `${missing.join(", ")} is not set` : "set, and gave none";
}
