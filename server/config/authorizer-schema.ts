// One entry of `authorizers`: a Lambda authorizer as API Gateway has them, a function or a module, and what it is asked
// with. Defaults are API Gateway's. Identity sources keep API Gateway's spellings, a REST API's or an HTTP API's.
// https://docs.aws.amazon.com/apigateway/latest/api/API_CreateAuthorizer.html and apigatewayv2's of the same name.
import { z } from "zod";
import type { IdentitySource } from "../core/model.js";
import { accept, refuse, type Result } from "../core/result.js";
import { partitionFault } from "./aws-partition.js";
import { duration, integer, origin, parsedBy, text } from "./fields.js";

const lambdaArn = text(
  /^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9_-]{1,64}(?::(?:\$LATEST|[A-Za-z0-9_-]{1,128}))?$/,
  320,
  "must be the ARN of a Lambda function, with an alias or a version if it is called by one",
);

const modulePath = text(
  /^[^\0]*\.[cm]?js$/,
  1024,
  "must be the path of a .js, .mjs or .cjs file, from the configuration's folder",
);

const stageVariableName = text(
  /^[A-Za-z0-9_]+$/,
  64,
  "is no name of a stage variable: letters, digits and `_`, at most 64",
);
const stageVariableValue = text(
  /^[A-Za-z0-9._~:/?#&=,-]*$/,
  512,
  "must be text of letters, digits and ._~:/?#&=,- as API Gateway has it, at most 512 characters",
);

export interface SpelledSource extends IdentitySource {
  readonly api: "rest" | "http";
}

// RFC 9110 5.6.2 for a field's name; a query's is what a target may hold.
const headerSource = /^(\$request|method\.request)\.header\.([A-Za-z0-9!#$%&'*+.^_`|~-]{1,128})$/;
const querySource = /^(\$request|method\.request)\.querystring\.([\x21-\x7e]{1,128})$/;
const contextSources = new Map<string, SpelledSource>([
  ["$context.routeKey", { api: "http", from: "context", name: "routeKey" }],
  ["$context.httpMethod", { api: "http", from: "context", name: "httpMethod" }],
  ["$context.identity.sourceIp", { api: "http", from: "context", name: "identity.sourceIp" }],
  ["context.resourcePath", { api: "rest", from: "context", name: "routeKey" }],
  ["context.httpMethod", { api: "rest", from: "context", name: "httpMethod" }],
  ["context.identity.sourceIp", { api: "rest", from: "context", name: "identity.sourceIp" }],
]);

const sourceAllowed =
  "must be $request.header.NAME, $request.querystring.NAME (a REST API's: method.request.header.NAME, " +
  `method.request.querystring.NAME) or one of ${[...contextSources.keys()].join(", ")}`;

export function parseIdentitySource(spelling: string): Result<SpelledSource, string> {
  const [, headerPrefix, header] = headerSource.exec(spelling) ?? [];
  if (header !== undefined)
    return accept({ api: apiOf(headerPrefix), from: "header", name: header.toLowerCase() });
  const [, queryPrefix, query] = querySource.exec(spelling) ?? [];
  if (query !== undefined) return accept({ api: apiOf(queryPrefix), from: "querystring", name: query });
  const context = contextSources.get(spelling);
  return context ? accept(context) : refuse(sourceAllowed);
}

const apiOf = (prefix: string | undefined): SpelledSource["api"] => (prefix === "$request" ? "http" : "rest");

const authorizerShape = z.strictObject({
  name: text(
    /^[A-Za-z0-9][A-Za-z0-9_-]*$/,
    16,
    "must be a short name of letters, digits, `_` and `-`, at most 16 long",
  ).describe("For `authorizer` of a route, session names and logs. CEL reads it as `issuer`."),
  lambda: lambdaArn
    .exactOptional()
    .describe("ARN of the function. The gateway's own role needs lambda:InvokeFunction on it."),
  module: modulePath
    .exactOptional()
    .describe("File of a module that exports `handler`, ESM or CommonJS; relative to the configuration."),
  type: z
    .enum(["request", "token"])
    .prefault("request")
    .describe("token: a REST API's TOKEN authorizer, which sees one header's value only."),
  payloadVersion: z
    .enum(["1.0", "2.0"])
    .exactOptional()
    .describe("Left out: 2.0, and 1.0 for type token or identity sources in a REST API's spelling."),
  identitySources: z
    .array(z.string({ error: sourceAllowed }).max(200).transform(parsedBy(parseIdentitySource)))
    .max(10)
    .exactOptional()
    .describe(
      "All of them must be there, and all of them are the cache's key. Left out: the Authorization header.",
    ),
  ttlSeconds: integer(0, 3600)
    .prefault(300)
    .describe(
      "How long a decision is kept, for one route and the same identity; 0: each call is asked anew.",
    ),
  simpleResponses: z
    .boolean()
    .prefault(false)
    .describe("true: it answers {isAuthorized, context}, no IAM policy. For payload version 2.0."),
  stageVariables: z
    .record(stageVariableName, stageVariableValue)
    .prefault({})
    .describe("What its events say as stageVariables: those of the stage that it stood before."),
  endpoint: origin.exactOptional().describe("With lambda: where Lambda's API is, if not at AWS."),
  timeout: duration("1s", "30s").prefault("10s").describe("For its answer; after that the caller gets 500."),
});
type AuthorizerShape = z.output<typeof authorizerShape>;

export const authorizerSchema = authorizerShape
  .superRefine((entry, context) => {
    for (const { path, message } of faultsOf(entry)) {
      context.addIssue({ code: "custom", path: [path], message });
    }
  })
  .meta({ oneOf: [{ required: ["lambda"] }, { required: ["module"] }] });
export type AuthorizerEntry = z.output<typeof authorizerSchema>;

interface KeyFault {
  readonly path: keyof AuthorizerShape;
  readonly message: string;
}

/** What can never work, though each key by itself may. */
function faultsOf(entry: AuthorizerShape): KeyFault[] {
  return [...sourceFaults(entry), ...versionFaults(entry), ...identityFaults(entry)];
}

function sourceFaults({ lambda, module, endpoint }: AuthorizerShape): KeyFault[] {
  if (lambda === undefined && module === undefined)
    return [{ path: "lambda", message: "one of lambda and module is needed" }];
  const wrongPartition = lambda === undefined ? undefined : partitionFault(lambda);
  if (wrongPartition !== undefined) return [{ path: "lambda", message: wrongPartition }];
  if (lambda !== undefined && module !== undefined)
    return [{ path: "module", message: "stands in place of lambda, not beside it" }];
  return module !== undefined && endpoint !== undefined
    ? [{ path: "endpoint", message: "belongs to lambda" }]
    : [];
}

function versionFaults(entry: AuthorizerShape): KeyFault[] {
  const { type, payloadVersion, simpleResponses } = entry;
  const isV1 = versionOf(entry) === "1.0";
  return [
    ...(type === "token" && payloadVersion === "2.0"
      ? [{ path: "payloadVersion", message: "must be 1.0 for type token: 2.0 has no such event" } as const]
      : []),
    ...(simpleResponses && isV1
      ? [
          {
            path: "simpleResponses",
            message: "is for payload version 2.0: 1.0 answers with a policy",
          } as const,
        ]
      : []),
  ];
}

function identityFaults({
  type,
  payloadVersion,
  identitySources: given,
  ttlSeconds,
}: AuthorizerShape): KeyFault[] {
  if (given === undefined) return [];
  const [first] = given;
  const fault = (message: string): KeyFault[] => [{ path: "identitySources", message }];
  if (type === "token" && (given.length !== 1 || first?.from !== "header"))
    return fault("must be one header for type token");
  if (first === undefined)
    return ttlSeconds === 0
      ? []
      : fault("may be empty only with ttlSeconds: 0, else all callers would be one");
  if (given.some(({ api }) => api !== first.api))
    return fault("are spelled as a REST API's and as an HTTP API's; one way is meant");
  if (first.api === "rest" && payloadVersion === "2.0")
    return fault("are spelled as a REST API's, which has no payload version 2.0");
  const names = given.map(({ from, name }) => `${from} ${name}`);
  return new Set(names).size < names.length ? fault("has one source twice") : [];
}

/** A REST API knows 1.0 alone; an HTTP API's console suggests 2.0. */
export const versionOf = ({
  type,
  payloadVersion,
  identitySources,
}: Pick<AuthorizerShape, "type" | "payloadVersion" | "identitySources">): "1.0" | "2.0" =>
  payloadVersion ?? (type === "token" || identitySources?.[0]?.api === "rest" ? "1.0" : "2.0");
