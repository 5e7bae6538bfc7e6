// HTTP request -> the event of payload format 2.0, as a function URL makes it. Pure.
// https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads
// What AWS's pages leave open is read so that a function can rely on less here than there.
import { headerEntries } from "../../../../server/core/raw-headers.js";
import { accept, refuse, type Result } from "../../../../server/core/result.js";
import type { Caller, FunctionDefinition, SignedRequest } from "../model.js";
import { requestTime } from "../request-time.js";
import { accountIdOf, regionOf } from "./runtime-environment.js";

export interface EventInput {
  readonly request: SignedRequest;
  readonly definition: FunctionDefinition;
  /** Absent when the URL's AuthType is NONE. */
  readonly caller: Caller | undefined;
  readonly connection: { readonly sourceIp: string; readonly port: number };
  readonly requestId: string;
  readonly traceId: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Hop-by-hop (RFC 9110 7.6.1), so never the function's. */
const HOP_BY_HOP = new Set([
  "connection",
  "expect",
  "keep-alive",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);
/** Set by Lambda alone: what a client sends under these names is dropped. Append or replace is not documented. */
const SET_BY_LAMBDA = /^(?:x-forwarded-(?:for|port|proto)|x-amzn-(?:trace-id|tls-version|tls-cipher-suite))$/;
/** SigV4 consumes the first. The second is shown by real URLs at times; a part of a session is nothing to rely on. */
const CREDENTIALS = new Set(["authorization", "x-amz-security-token"]);
/** Everything else is base64. */
const TEXT_TYPE = /^(?:text\/|application\/(?:[\w.-]+\+)?(?:json|xml)\b|application\/javascript\b)/i;

const emptyRecord = (): Record<string, string> => Object.create(null) as Record<string, string>;

const append = (record: Record<string, string>, name: string, value: string, separator: string): void => {
  const before = record[name];
  record[name] = before === undefined ? value : before + separator + value;
};

const readHeaders = ({ request, caller, connection, traceId }: EventInput): Record<string, string> => {
  const headers = emptyRecord();
  for (const [field, value] of headerEntries(request.rawHeaders)) {
    const name = field.toLowerCase();
    if (HOP_BY_HOP.has(name) || SET_BY_LAMBDA.test(name)) continue;
    if (caller !== undefined && CREDENTIALS.has(name)) continue;
    append(headers, name, value, name === "cookie" ? "; " : ",");
  }
  headers["x-amzn-trace-id"] = traceId;
  headers["x-forwarded-for"] = connection.sourceIp;
  headers["x-forwarded-port"] = String(connection.port);
  headers["x-forwarded-proto"] = "http";
  return headers;
};

const readQuery = (rawQuery: string): Record<string, string> | undefined => {
  const pairs = rawQuery.split("&").filter((pair) => pair !== "");
  if (pairs.length === 0) return undefined;
  const query = emptyRecord();
  for (const pair of pairs) {
    const [name = "", ...value] = pair.replaceAll("+", " ").split("=");
    append(query, decodeURIComponent(name), decodeURIComponent(value.join("=")), ",");
  }
  return query;
};

const readBody = (body: Buffer, headers: Readonly<Record<string, string>>) => {
  if (body.length === 0) return { isBase64Encoded: false };
  const { "content-type": type = "", "content-encoding": encoding = "identity" } = headers;
  const text = body.toString("utf8");
  // Bytes that are no UTF-8 would be lost as text, whatever their type says.
  const isText = TEXT_TYPE.test(type) && encoding === "identity" && Buffer.from(text).equals(body);
  return { body: isText ? text : body.toString("base64"), isBase64Encoded: !isText };
};

const authorizerOf = (caller: Caller) => ({
  iam: {
    accessKey: caller.accessKeyId,
    accountId: caller.accountId,
    callerId: caller.userId,
    cognitoIdentity: null,
    principalOrgId: null,
    userArn: caller.arn,
    userId: caller.userId,
  },
});

const requestContextOf = (input: EventInput, path: string, userAgent: string | undefined) => {
  const { request, definition, caller, connection, requestId, now } = input;
  const urlId = definition.url?.urlId ?? "";
  return {
    accountId: caller === undefined ? "anonymous" : accountIdOf(definition),
    apiId: urlId,
    authentication: null,
    ...(caller === undefined ? {} : { authorizer: authorizerOf(caller) }),
    domainName: `${urlId}.lambda-url.${regionOf(definition)}.on.aws`,
    domainPrefix: urlId,
    http: {
      method: request.method,
      path,
      protocol: "HTTP/1.1",
      sourceIp: connection.sourceIp,
      userAgent: userAgent ?? null,
    },
    requestId: requestId,
    routeKey: "$default",
    stage: "$default",
    time: requestTime(now),
    timeEpoch: now,
  };
};

const describeEvent = (input: EventInput) => {
  const { request } = input;
  const [rawPath = "", ...query] = request.target.split("?");
  const rawQueryString = query.join("?");
  const headers = readHeaders(input);
  const queryStringParameters = readQuery(rawQueryString);
  const cookies = headers.cookie
    ?.split(";")
    .map((cookie) => cookie.trim())
    .filter((cookie) => cookie !== "");
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath,
    rawQueryString,
    ...(cookies === undefined ? {} : { cookies }),
    headers,
    ...(queryStringParameters === undefined ? {} : { queryStringParameters }),
    requestContext: requestContextOf(input, decodeURIComponent(rawPath), headers["user-agent"]),
    ...readBody(request.body, headers),
    pathParameters: null,
    stageVariables: null,
  };
};

export type FunctionUrlEvent = ReturnType<typeof describeEvent>;

/** Refuses a target whose percent-encoding is broken or no UTF-8: what AWS makes of it is not documented. */
export const toEvent = (input: EventInput): Result<FunctionUrlEvent, string> => {
  if (!/^\/[^#]*$/.test(input.request.target))
    return refuse("the request target must be a path without a fragment");
  try {
    return accept(describeEvent(input));
  } catch (error) {
    if (error instanceof URIError) return refuse("the request target has a malformed percent-encoding");
    throw error;
  }
};
