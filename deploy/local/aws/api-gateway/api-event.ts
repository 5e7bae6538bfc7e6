// HTTP request -> the event of a Lambda proxy integration (payload format 1.0), as a REST API makes it. Pure.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
// What AWS's pages leave open is read so that a function can rely on less here than there.
import { headerEntries } from "../../../../server/core/raw-headers.js";
import { accept, refuse, type Result } from "../../../../server/core/result.js";
import type { ApiStage, Caller, RestApi, SignedRequest } from "../model.js";
import { requestTime } from "../request-time.js";
import type { ApiAnswerIds } from "./api-refusal.js";
import type { FoundMethod } from "./find-method.js";
import { isBinary } from "./media-types.js";

export interface ApiEventInput extends ApiAnswerIds {
  readonly request: SignedRequest;
  readonly api: RestApi;
  readonly stage: ApiStage;
  readonly found: FoundMethod;
  /** Without the stage: `/api/x`. */
  readonly path: string;
  /** Absent where the method asks for no signature. */
  readonly caller: Caller | undefined;
  readonly accountId: string;
  readonly region: string;
  readonly connection: { readonly sourceIp: string; readonly port: number };
  /** Epoch milliseconds. */
  readonly now: number;
}

type Single = Record<string, string>;
type Multi = Record<string, string[]>;

/** Set by API Gateway alone: what a client sends under these names is dropped. */
const setByGateway = /^(?:x-forwarded-(?:for|port|proto)|x-amzn-trace-id)$/;
/** Of the connection, or consumed by SigV4; real events show some of a session's token, which is nothing to rely on. */
const kept = new Set([
  ...["connection", "expect", "keep-alive", "proxy-authorization", "proxy-connection", "te", "trailer"],
  ...["transfer-encoding", "upgrade", "content-length"],
]);
const credentials = new Set(["authorization", "x-amz-security-token"]);

const multi = (): Multi => Object.create(null) as Multi;

function readHeaders({ request, caller, connection, traceId }: ApiEventInput): Multi {
  const headers = multi();
  const spelling = new Map<string, string>();
  for (const [field, value] of headerEntries(request.rawHeaders)) {
    const name = field.toLowerCase();
    const isHidden = kept.has(name) || (caller !== undefined && credentials.has(name));
    if (isHidden || setByGateway.test(name)) continue;
    // Two spellings of one field are one, under the first.
    const key = spelling.get(name) ?? field;
    spelling.set(name, key);
    headers[key] = [...(headers[key] ?? []), value];
  }
  headers["X-Amzn-Trace-Id"] = [traceId];
  headers["X-Forwarded-For"] = [connection.sourceIp];
  headers["X-Forwarded-Port"] = [String(connection.port)];
  headers["X-Forwarded-Proto"] = ["http"];
  return headers;
}

function readQuery(rawQuery: string): Multi | null {
  const query = multi();
  for (const pair of rawQuery.split("&").filter((each) => each !== "")) {
    const [name = "", ...value] = pair.replaceAll("+", " ").split("=");
    const key = decodeURIComponent(name);
    query[key] = [...(query[key] ?? []), decodeURIComponent(value.join("="))];
  }
  return Object.keys(query).length === 0 ? null : query;
}

/** Of several values the last. */
const lastOf = (values: Multi): Single =>
  Object.fromEntries(Object.entries(values).map(([name, all]) => [name, all.at(-1) ?? ""]));

const identityOf = ({ caller, connection }: ApiEventInput, userAgent: string | null) => ({
  accessKey: caller?.accessKeyId ?? null,
  accountId: caller?.accountId ?? null,
  caller: caller?.userId ?? null,
  clientCert: null,
  cognitoAuthenticationProvider: null,
  cognitoAuthenticationType: null,
  cognitoIdentityId: null,
  cognitoIdentityPoolId: null,
  principalOrgId: null,
  sourceIp: connection.sourceIp,
  user: caller?.userId ?? null,
  userAgent,
  userArn: caller?.arn ?? null,
});

const requestContextOf = (input: ApiEventInput, userAgent: string | null) => {
  const { request, api, stage, found, path, accountId, region, now } = input;
  return {
    accountId,
    apiId: api.id,
    domainName: `${api.id}.execute-api.${region}.amazonaws.com`,
    domainPrefix: api.id,
    extendedRequestId: input.extendedRequestId,
    httpMethod: request.method,
    identity: identityOf(input, userAgent),
    path: `/${stage.name}${path}`,
    protocol: "HTTP/1.1",
    requestId: input.requestId,
    requestTime: requestTime(now),
    requestTimeEpoch: now,
    resourcePath: found.method.path,
    stage: stage.name,
  };
};

export function toApiEvent(input: ApiEventInput): Result<object, string> {
  const { request, found, path, stage, api } = input;
  const [, ...query] = request.target.split("?");
  const rawQuery = query.join("?");
  // API Gateway splits a value at it, or wants it encoded.
  if (/[;|{}]/.test(rawQuery)) return refuse("the query has a ; | { or } that is not percent-encoded");
  const headers = readHeaders(input);
  const byName = new Map(Object.entries(headers).map(([name, all]) => [name.toLowerCase(), all.at(-1)]));
  const isBytes = isBinary(api.binaryMediaTypes, byName.get("content-type"));
  const text = request.body.toString("utf8");
  if (!isBytes && !Buffer.from(text).equals(request.body))
    return refuse("the body is no UTF-8, and its type is none of the API's binary media types");
  const parameters = readQuery(rawQuery);
  return accept({
    resource: found.method.path,
    path,
    httpMethod: request.method,
    headers: lastOf(headers),
    multiValueHeaders: headers,
    queryStringParameters: parameters && lastOf(parameters),
    multiValueQueryStringParameters: parameters,
    pathParameters: found.pathParameters,
    stageVariables: Object.keys(stage.variables).length === 0 ? null : stage.variables,
    requestContext: requestContextOf(input, byName.get("user-agent") ?? null),
    body: request.body.length === 0 ? null : isBytes ? request.body.toString("base64") : text,
    isBase64Encoded: isBytes && request.body.length > 0,
  });
}
