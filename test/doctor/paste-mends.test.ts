// Each finding that the twin can show: one thing broken is that one finding, and what it says to paste, put where it says,
// mends it. Nothing else is changed between the two.
import { startOpenIdProvider, type OpenIdProvider } from "../../deploy/local/issuer/openid-provider.js";
import type { FindingId } from "../../server/doctor/finding.js";
import { inLists, inLong, lambdaAuthorizer, trustOf } from "./edits.js";
import { keysAt, resourceAt, statementsAt } from "./paste.js";
import { withTwin, type BrokenAws, type Edit } from "./twin.js";

let issuer: OpenIdProvider;
beforeAll(async () => {
  issuer = await startOpenIdProvider({ port: 0 });
});
afterAll(() => issuer.close());

/** In deploy/aws/functions.yaml. */
const trust = ["Resources", "AnalystRole", "Properties", "AssumeRolePolicyDocument", "Statement"];
const analystPolicy = [
  ...["Resources", "AnalystRole", "Properties", "Policies"],
  ...[0, "PolicyDocument", "Statement"],
];
const gatewayPolicy = ["Resources", "GatewayPolicy", "Properties", "PolicyDocument", "Statement"];
const long = ["Resources", "LongFunction", "Properties"];
/** In deploy/local/gateway.yaml. */
const longRoute = ["routes", 1];

interface Row {
  readonly title: string;
  readonly id: FindingId;
  /** Where the twin's template or the configuration has the fault. */
  readonly template?: readonly Edit[];
  readonly parameters?: BrokenAws["parameters"];
  readonly config?: readonly Edit[];
  readonly argv?: readonly string[];
  /** Where the text of the finding goes. */
  readonly mends: (text: string) => Mended;
}

type Mended =
  { readonly template: Edit; readonly config?: never } | { readonly template?: never; readonly config: Edit };

const inTemplate =
  (path: readonly (string | number)[]) =>
  (text: string): { readonly template: Edit } => ({ template: keysAt(path, text) });
const inConfig =
  (path: readonly (string | number)[]) =>
  (text: string): { readonly config: Edit } => ({ config: keysAt(path, text) });
const amongStatements =
  (path: readonly (string | number)[]) =>
  (text: string): { readonly template: Edit } => ({ template: statementsAt(path, text) });

const ownAction = (action: string): Edit => [new RegExp(`^ {14}- ${action}\n`, "m"), ""];
/** All that names the role goes by its name, so that it may be gone. */
const roleByName: Edit = (template) =>
  template.replaceAll(
    "!GetAtt AnalystRole.Arn",
    '!Sub "arn:aws:iam::${AWS::AccountId}:role/${AWS::StackName}-analyst"',
  );
/** Where it is pasted, the gateway's role is there already; the twin loads the template as a first deployment. */
const waitingForGateway = (text: string): string =>
  JSON.stringify({ ...(JSON.parse(text) as object), DependsOn: "GatewayRole" });
const rows: readonly Row[] = [
  ...(["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"] as const).flatMap((action): Row[] => {
    const ids = {
      "sts:AssumeRole": "assume_role_denied",
      "sts:TagSession": "tag_session_denied",
      "sts:SetSourceIdentity": "set_source_identity_denied",
    } as const;
    const id = ids[action];
    return [
      {
        title: `${action} in the trust policy`,
        id,
        template: [[trustOf(action), ""]],
        mends: amongStatements(trust),
      },
      {
        ...{ title: `${action} in the gateway's policy`, id, template: [ownAction(action)] },
        mends: amongStatements(gatewayPolicy),
      },
    ];
  }),
  {
    ...{ title: "no such role", id: "role_unknown" },
    template: [
      roleByName,
      ['      RoleName: !Sub "${AWS::StackName}-analyst"', "      RoleName: somebody-else"],
    ],
    mends: (text) => ({ template: resourceAt("PastedRole", waitingForGateway(text)) }),
  },
  {
    ...{ title: "a role under another path", id: "role_unknown" },
    config: [["role/grantway-analyst", "role/team/grantway-analyst"]],
    mends: inConfig(["roles", 0]),
  },
  {
    ...{
      title: "lambda:InvokeFunctionUrl",
      id: "lambda_permission_missing",
      template: [inLists("LongFunction", [0], "")],
    },
    mends: amongStatements(analystPolicy),
  },
  {
    ...{
      title: "lambda:InvokeFunction by the URL",
      id: "lambda_permission_missing",
      template: [inLists("LongFunction", [1], "")],
    },
    mends: amongStatements(analystPolicy),
  },
  {
    ...{ title: "both on the bare ARN", id: "lambda_permission_unqualified" },
    template: [inLists("LongFunction", [0, 1], "                  - !GetAtt LongFunction.Arn\n")],
    mends: amongStatements(analystPolicy),
  },
  {
    ...{ title: "lambda:InvokeFunction by the API", id: "lambda_permission_missing" },
    template: [inLists("EchoFunction", [2], "")],
    mends: amongStatements(analystPolicy),
  },
  {
    ...{ title: "execute-api:Invoke", id: "execute_api_permission_missing" },
    template: [
      ["${Api}/prod/*/api/*\n\n  # What the gateway", "${Api}/test/*/api/*\n\n  # What the gateway"],
    ],
    mends: amongStatements(analystPolicy),
  },
  {
    ...{
      title: "the gateway on its authorizer",
      id: "authorizer_permission_missing",
      config: [lambdaAuthorizer],
    },
    mends: amongStatements(gatewayPolicy),
  },
  {
    ...{
      title: "a public URL",
      id: "function_url_public",
      template: [inLong("AuthType: AWS_IAM", "AuthType: NONE")],
    },
    mends: inTemplate(long),
  },
  {
    ...{ title: "a URL that buffers", id: "function_url_buffers" },
    template: [inLong("        InvokeMode: RESPONSE_STREAM\n", "")],
    config: [["    timeout: 15m", "    timeout: 15m\n    heartbeat: 30s"]],
    mends: inTemplate(long),
  },
  {
    ...{
      title: "a short function",
      id: "function_timeout_short",
      template: [inLong("Timeout: 900", "Timeout: 60")],
    },
    mends: inTemplate(long),
  },
  {
    ...{ title: "nothing reserved", id: "reserved_concurrency_zero" },
    template: [inLong("Timeout: 900", "Timeout: 900\n      ReservedConcurrentExecutions: 0")],
    mends: inTemplate(long),
  },
  {
    ...{ title: "two answers for CORS", id: "cors_doubled", argv: ["--route", "long"] },
    parameters: { PageOrigins: "https://app.example.com" },
    config: [["    timeout: 15m", "    timeout: 15m\n    doors: [proxy]"]],
    mends: inConfig(longRoute),
  },
  {
    ...{ title: "the URL of another function", id: "function_url_of_another_function" },
    config: [["functionUrl: ${env.LONG_URL}", "functionUrl: ${env.HELLO_URL}"]],
    mends: inConfig([...longRoute, "target"]),
  },
  {
    ...{ title: "an ARN without the alias that has the URL", id: "function_url_missing" },
    config: [["function:grantway-long:live", "function:grantway-long"]],
    mends: inConfig([...longRoute, "target"]),
  },
  {
    ...{ title: "a short route", id: "function_outlives_route", config: [["timeout: 15m", "timeout: 1m"]] },
    mends: inConfig(longRoute),
  },
  {
    ...{ title: "a duration that chaining cuts", id: "duration_cut_by_chaining" },
    config: [["    tags: { tenant", "    duration: 2h\n    tags: { tenant"]],
    mends: inConfig(["roles", 0]),
  },
  {
    ...{ title: "an issuer's name", id: "issuer_differs" },
    config: [["issuer: ${env.ISSUER_URL}", "issuer: ${env.ISSUER_URL}/"]],
    mends: inConfig(["issuers", 0]),
  },
  {
    ...{ title: "an issuer's algorithms", id: "issuer_keys_unusable" },
    config: [["    audience: [https", "    algorithms: [ES512]\n    audience: [https"]],
    mends: inConfig(["issuers", 0]),
  },
  {
    ...{ title: "a Region that STS is not in", id: "sts_refuses_gateway" },
    config: [["sts: { region: eu-west-1", "sts: { region: us-west-2"]],
    mends: inConfig([]),
  },
];

test.each(rows.map((row) => [`${row.title}: ${row.id}`, row] as const))("%s", async (_title, row) => {
  const { id, template = [], config = [], parameters, argv = [] } = row;
  const broken: BrokenAws = { template, ...(parameters && { parameters }) };
  let repaired: BrokenAws | undefined;
  await withTwin(issuer, broken, async ({ report }) => {
    const { report: seen } = await report({ config, argv });
    expect(seen.findings.map((finding) => finding.id)).toEqual([id]);
    const mended = row.mends(seen.findings[0]?.paste?.text ?? "");
    if (mended.template) repaired = { ...broken, template: [...template, mended.template] };
    else expect((await report({ config: [...config, mended.config], argv })).report.findings).toEqual([]);
  });
  if (repaired === undefined) return;
  await withTwin(issuer, repaired, async ({ report }) => {
    expect((await report({ config, argv })).report.findings).toEqual([]);
  });
});
