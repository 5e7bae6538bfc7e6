// A stage with IAM authorization, whose one method is a mock: what is accepted is its answer, all else is a refusal.
import type { StatementJson } from "../../iam/sample-caller.js";
import type { Ask } from "./corpus-twin.js";
import { stageArn } from "./corpus-names.js";
import {
  accessDenied,
  addHeader,
  editAuthorization,
  editHeader,
  incomplete,
  invalid,
  source,
  unrecognized,
  type Row,
} from "./row.js";

const missing = "403 MissingAuthenticationTokenException";
const forbidden = "403 ForbiddenException";

const mock = {
  responses: { "200": { description: "A report." } },
  "x-amazon-apigateway-integration": {
    type: "mock",
    requestTemplates: { "application/json": '{"statusCode": 200}' },
    responses: { default: { statusCode: 200, responseTemplates: { "application/json": "{}" } } },
  },
};

export const corpusApi = {
  Type: "AWS::Serverless::Api",
  Properties: {
    StageName: "prod",
    Auth: { DefaultAuthorizer: "AWS_IAM" },
    DefinitionBody: {
      openapi: "3.0.1",
      info: { title: "corpus", version: "1" },
      paths: { "/reports/{id}": { get: mock, put: mock }, "/greedy/{proxy+}": { get: mock } },
    },
  },
};

type Statement = StatementJson & { readonly Effect: "Allow" | "Deny" };
const allow = (Resource: string, more: object = {}): Statement => ({
  ...{ Effect: "Allow", Action: "execute-api:Invoke", Resource },
  ...more,
});
const one = `${stageArn}/GET/reports/1`;
const full = [allow(`${stageArn}/*`)];
const deny: Statement = { ...allow(one), Effect: "Deny" };

interface Line {
  readonly title: string;
  readonly why: string;
  readonly faulty: readonly Statement[];
  readonly mended: readonly Statement[];
}
const line = (
  title: string,
  faulty: readonly Statement[],
  mended: readonly Statement[] = full,
  why: string = source.apiPolicies,
): Line => ({ title, why, faulty, mended });

const lines: readonly Line[] = [
  line("another method only", [allow(`${stageArn}/PUT/reports/1`)], [allow(one)]),
  line("another path only", [allow(`${stageArn}/GET/reports/2`)], [allow(`${stageArn}/GET/reports/*`)]),
  line("the stage without method and path", [allow(stageArn)], [allow(`${stageArn}/*`)]),
  line("the path without the method", [allow(`${stageArn}/reports/1`)], [allow(`${stageArn}/*/reports/1`)]),
  line("ANY for a method", [allow(`${stageArn}/ANY/reports/1`)]),
  line("the path of the resource, braces and all", [allow(`${stageArn}/GET/reports/{id}`)]),
  line("another stage", [allow(one.replace("/prod/", "/beta/"))]),
  line("another API", [allow(one.replace(/:(\w+)\/prod/, ":zzzzzzzzzz/prod"))]),
  line("another account", [allow(one.replace("123456789012", "210987654321"))]),
  line("another action of the service", [allow(one, { Action: "execute-api:ManageConnections" })]),
  line("an explicit deny", [...full, deny], full, source.evaluation),
  line(
    "a condition on another address",
    [allow(one, { Condition: { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } } })],
    [allow(one, { Condition: { IpAddress: { "aws:SourceIp": "127.0.0.0/8" } } })],
    source.conditions,
  ),
];

const roleOf = (at: number, kind: string): string => `api-${kind}-${at}`;

/** Name and statements of each role that the rows need. */
export const apiRoles = [
  { name: "api-caller", statements: full },
  ...lines.flatMap(({ faulty, mended }, at) => [
    { name: roleOf(at, "faulty"), statements: faulty },
    { name: roleOf(at, "mended"), statements: mended },
  ]),
];

const permissionRows: readonly Row[] = lines.flatMap(({ title, why, faulty, mended }, at) => {
  const policyOf = (Statement: readonly Statement[]): object => ({ Version: "2012-10-17", Statement });
  return [
    {
      ...{ title: `a role that has ${title}`, why, refused: accessDenied },
      good: { door: "api", session: { role: roleOf(at, "mended") } },
      fault: { session: { role: roleOf(at, "faulty") } },
    },
    {
      ...{ title: `a session policy that has ${title}`, why, refused: accessDenied },
      good: { door: "api", session: { role: "api-caller", policy: policyOf(mended) } },
      fault: { session: { role: "api-caller", policy: policyOf(faulty) } },
    },
  ] satisfies Row[];
});

const row = (title: string, why: string, fault: Ask, refused: string, good: Ask = {}): Row => ({
  ...{ title, why, fault, refused },
  good: { door: "api", session: { role: "api-caller" }, ...good },
});
const { signing, troubleshooting, gatewayResponses, apiNotes } = source;

export const apiRows: readonly Row[] = [
  ...permissionRows,
  row("no signature", gatewayResponses, { edit: editHeader("authorization", () => undefined) }, missing),
  row("a path it has not", gatewayResponses, { target: "/prod/report/1" }, missing),
  row("a path in capitals", gatewayResponses, { target: "/prod/Reports/1" }, missing),
  row("a slash at the end", gatewayResponses, { target: "/prod/reports/1/" }, missing),
  row("an empty segment", gatewayResponses, { target: "/prod/greedy//1" }, missing, {
    target: "/prod/greedy/1",
  }),
  row("a greedy path without its rest", gatewayResponses, { target: "/prod/greedy" }, missing),
  row("a method it has not", gatewayResponses, { method: "POST" }, missing, { method: "PUT" }),
  row("a stage it has not", gatewayResponses, { target: "/beta/reports/1" }, forbidden),
  row("no stage", gatewayResponses, { target: "/reports/1" }, forbidden),
  row("the path of the health check", apiNotes, { target: "/ping" }, forbidden),
  row("a signature for a function URL", troubleshooting, { service: "lambda" }, invalid),
  row("a signature for the control plane", troubleshooting, { service: "apigateway" }, invalid),
  row("another region's signature", troubleshooting, { region: "us-east-1" }, invalid),
  row("a changed signature", signing, editAuthorization(/Signature=./, "Signature=z"), incomplete),
  row("a signature of another path", signing, { canonicalPath: "/prod/reports/2" }, invalid),
  row("a signature of the path without its stage", signing, { canonicalPath: "/reports/1" }, invalid),
  row(
    "a path on its way changed to another",
    signing,
    { edit: (wire) => ({ ...wire, target: "/prod/reports/2" }) },
    invalid,
  ),
  row(
    "a method on its way changed to another",
    signing,
    { edit: (wire) => ({ ...wire, method: "PUT" }) },
    invalid,
  ),
  row("a body on its way added", signing, { edit: (wire) => ({ ...wire, body: Buffer.from("x") }) }, invalid),
  row("a header that must be signed and is not", signing, { edit: addHeader("X-Amz-Meta", "1") }, invalid),
  row(
    "another session's secret",
    signing,
    {
      mixed: (own, other) => ({ ...own, secretAccessKey: other.secretAccessKey }),
    },
    invalid,
  ),
  row(
    "another session's token",
    signing,
    {
      mixed: (own, other) => ({ ...own, sessionToken: other.sessionToken }),
    },
    unrecognized,
  ),
  row("a date of six minutes ago", signing, { signedAt: -360 }, invalid, { signedAt: -240 }),
  row("an expired session", signing, { clock: 3601, signedAt: 3601 }, "403 ExpiredTokenException"),
  row(
    "a bearer token",
    gatewayResponses,
    { edit: editHeader("authorization", () => "Bearer x.y.z") },
    incomplete,
  ),
  row("a dot segment", signing, { target: "/prod/greedy/../x" }, "400 BadRequestException", {
    target: "/prod/greedy/x",
  }),
  row(
    "HTTP/1.0",
    "as function URLs here",
    { edit: (wire) => ({ ...wire, version: "1.0" }) },
    "505 HttpVersionNotSupportedException",
  ),
];
