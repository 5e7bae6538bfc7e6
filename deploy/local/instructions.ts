// What to type next: lines to copy from the terminal, with the addresses of this very start.
import type { Aws } from "./aws/aws.js";
import type { DemoPage } from "./demo/demo-page.js";
import { gatewayEnvironment } from "./gateway-environment.js";
import type { GatewayProcess } from "./gateway-process.js";
import type { OpenIdProvider } from "./issuer/openid-provider.js";

export function instructions(running: {
  readonly issuer: OpenIdProvider;
  readonly aws: Aws;
  readonly gateway: GatewayProcess;
  /** The gateway's configuration. */
  readonly configFile: string;
  readonly page?: DemoPage | undefined;
}): string {
  const { issuer, aws, gateway, configFile, page } = running;
  const base = `http://127.0.0.1:${gateway.port}`;
  const issuerPort = issuer.port === 4000 ? "" : `ISSUER_PORT=${issuer.port} `;
  const helloUrl = aws.functionUrls.get("grantway-hello") ?? "";
  return `
Grantway runs on this machine.${page === undefined ? "" : ` Open ${page.url} in a browser.`}
In another terminal, from this folder:

  # a token of alice (also: bob, who is in no group, and carol, of another tenant)
  TOKEN=$(${issuerPort}npm run --silent token -- alice)

  # proxy: the gateway signs the call with alice's own session
  curl -i -H "Authorization: Bearer $TOKEN" ${base}/hello
  curl -i -H "Authorization: Bearer $TOKEN" -d '{"n":1}' "${base}/echo/any/path?x=1"

  # other ways out: the Invoke API (and without waiting for the answer), an API Gateway stage, a function that calls that
  # stage, a web app in a container image
  curl -i -H "Authorization: Bearer $TOKEN" "${base}/invoke/any/path?x=1"
  curl -i -X POST -H "Authorization: Bearer $TOKEN" -d '{"n":1}' ${base}/jobs
  curl -i -H "Authorization: Bearer $TOKEN" ${base}/api/any/path
  curl -i -H "Authorization: Bearer $TOKEN" ${base}/call-api
  curl -i -H "Authorization: Bearer $TOKEN" "${base}/container/items/7?q=x"

  # another way in: a custom authorizer says who this is
  curl -i -H "X-Api-Key: partner-key-7" ${base}/partner/orders

  # the long call: a line a second, past 29 s; with silent=1 one line at the end
  curl -N -H "Authorization: Bearer $TOKEN" "${base}/long?seconds=40"
  curl -N -H "Authorization: Bearer $TOKEN" "${base}/long?seconds=40&silent=1"

  # grant: alice's credentials, good for this function, and for sending to one queue
  curl -s -X POST -H "Authorization: Bearer $TOKEN" ${base}/grant/hello
  eval "$(curl -s -X POST -H "Authorization: Bearer $TOKEN" ${base}/grant/hello | npm run --silent export-credentials)"
  curl -i --aws-sigv4 aws:amz:eu-west-1:lambda --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" \\
    -H "x-amz-security-token: $AWS_SESSION_TOKEN" ${helloUrl}
  curl -i ${helloUrl}   # unsigned: 403

  # the AWS CLI, with the credentials of the grant
  AWS_ENDPOINT_URL=${aws.endpoint} AWS_DEFAULT_REGION=${aws.template.region} aws sts get-caller-identity

  # for programs that know only AWS: container credentials, an STS of our own, credential_process
  env -u AWS_ACCESS_KEY_ID -u AWS_SECRET_ACCESS_KEY -u AWS_SESSION_TOKEN \\
    AWS_CONTAINER_CREDENTIALS_FULL_URI=${base}/grant/hello AWS_CONTAINER_AUTHORIZATION_TOKEN="$TOKEN" \\
    AWS_ENDPOINT_URL=${aws.endpoint} AWS_DEFAULT_REGION=${aws.template.region} aws sts get-caller-identity
  curl -s ${base}/sts -d Action=AssumeRoleWithWebIdentity -d Version=2011-06-15 -d RoleSessionName=me \\
    -d RoleArn=arn:aws:iam::${aws.template.accountId}:role/grantway-analyst -d WebIdentityToken="$TOKEN"
  echo "$TOKEN" | npm run --silent grantway -- credentials --gateway ${base} --route hello --token-file -

  # a message for handlers/queue, sent with the same credentials; what the function says of it stands above
  aws --endpoint-url ${aws.endpoint} --region ${aws.template.region} sqs send-message \\
    --queue-url ${aws.endpoint}/${aws.template.accountId}/grantway-work --message-body '{"order":"A-1","quantity":2}'

  # a changed handlers/hello, step by step (after a start with --hold-aliases; else a save is live at once)
  env -u AWS_ACCESS_KEY_ID -u AWS_SECRET_ACCESS_KEY -u AWS_SESSION_TOKEN \\
    ${variables(aws.operatorEnvironment)} \\
    npm run --silent grantway -- release --function grantway-hello --alias live --every 20s --region ${aws.template.region} \\
    --endpoint ${aws.endpoint} --gateway http://127.0.0.1:${gateway.adminPort} --route hello

  # what is wrong with roles, functions and issuers, read as the template's role for it, which may not even try the roles
  env -u AWS_ACCESS_KEY_ID -u AWS_SECRET_ACCESS_KEY -u AWS_SESSION_TOKEN \\
    ${variables({ ...gatewayEnvironment(issuer, aws, page?.origin), ...aws.doctorEnvironment })} \\
    npm run --silent grantway -- doctor --config ${quotedForShell(configFile)} --gateway-role ${aws.taskRole.arn} \\
    --endpoint ${aws.endpoint}

OpenID provider ${issuer.issuer}
AWS             ${aws.endpoint}
Gateway         ${base}
Admin           http://127.0.0.1:${gateway.adminPort} (/livez /readyz /metrics)
${addressLines(aws)}
Ctrl-C ends all of it.

`;
}

const quotedForShell = (text: string): string =>
  /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

const variables = (environment: Readonly<Record<string, string>>): string =>
  Object.entries(environment)
    .map(([name, value]) => `${name}=${value}`)
    .join(" ");

/** For a template of somebody else's: no gateway knows its routes. */
export function instructionsWithoutGateway({
  issuer,
  aws,
}: {
  readonly issuer: OpenIdProvider;
  readonly aws: Aws;
}): string {
  const exported = {
    AWS_ENDPOINT_URL: aws.endpoint,
    AWS_REGION: aws.template.region,
    AWS_DEFAULT_REGION: aws.template.region,
    ...aws.taskEnvironment,
  };
  const what =
    aws.template.functions.length > 0 ? "functions of FILE run" : "roles of FILE, which has no function, are";
  return `
The ${what.replace("FILE", aws.templateFile)} on this machine. In another terminal, from this folder:

  # as ${aws.taskRole.name}: SDKs and the AWS CLI need nothing more, once no other credentials stand in the shell
  unset AWS_PROFILE AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN
  export ${variables(exported)}
  aws sts get-caller-identity
${functionCalls(aws)}
  # in the end, lest your next aws command comes here
  unset ${Object.keys(exported).join(" ")}

OpenID provider ${issuer.issuer}
AWS             ${aws.endpoint}
${addressLines(aws)}
Ctrl-C ends all of it.

`;
}

/** The first function by Invoke, a URL with a signature, and those that need none; nothing without functions. */
function functionCalls({ template, functionUrls }: Aws): string {
  const [firstFunction] = template.functions;
  if (firstFunction === undefined) return "";
  const urls = template.functions.flatMap(({ name, url: config }) => {
    const url = functionUrls.get(name);
    return config === undefined || url === undefined ? [] : [{ url, isOpen: config.authType === "NONE" }];
  });
  const signedUrl = urls.find(({ isOpen }) => !isOpen);
  const openUrls = urls.filter(({ isOpen }) => isOpen);
  return `  aws lambda invoke --function-name ${firstFunction.name} /dev/stdout   # with {} for its event

  # a function URL, signed by curl with the same credentials
  eval "$(curl -s -H "Authorization: $AWS_CONTAINER_AUTHORIZATION_TOKEN" "$AWS_CONTAINER_CREDENTIALS_FULL_URI" | npm run --silent export-credentials)"
  curl -i --aws-sigv4 aws:amz:${template.region}:lambda --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" \\
    -H "x-amz-security-token: $AWS_SESSION_TOKEN" ${signedUrl?.url ?? "URL"}
${openUrls.map(({ url }) => `  curl -i ${url}   # AuthType: NONE\n`).join("")}`;
}

/** Where the functions' URLs and the APIs' stages are. */
function addressLines({ functionUrls, apiStages }: Aws): string {
  const stages = apiStages.map(({ logicalId, stage, url }) => [`${logicalId} (${stage})`, url] as const);
  const addresses = [...functionUrls, ...stages];
  const width = Math.max(15, ...addresses.map(([name]) => name.length));
  return addresses.map(([name, url]) => `${name.padEnd(width)} ${url}\n`).join("");
}
