// The event that a custom authorizer is called with: REST's TOKEN and REQUEST, and an HTTP API's 1.0 and 2.0. None has
// the request's body. Where REST and HTTP APIs differ, `authorizer.api` tells.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
import { stageOf } from "./authorizer-arn.js";
import { valuesByName, type AuthorizerCall } from "./authorizer-call.js";
import type { Authorizer } from "./model.js";
import { headerEntries } from "./raw-headers.js";
import { requestTime } from "./request-time.js";

export interface EventInput {
  readonly authorizer: Authorizer;
  readonly call: AuthorizerCall;
  readonly identity: readonly string[];
  /** Epoch milliseconds. */
  readonly now: number;
}

export function authorizerEvent(input: EventInput): object {
  const { authorizer, call, identity } = input;
  if (authorizer.type === "token") {
    return { type: "TOKEN", methodArn: call.arns.named, authorizationToken: identity[0] };
  }
  return authorizer.payloadVersion === "2.0" ? eventV2(input) : eventV1(input);
}

function eventV2({ authorizer, call, identity, now }: EventInput): object {
  const { routeKey, method, client, match } = call;
  const stage = stageOf(match.route.target);
  const headers = valuesByName(headerEntries(call.headers), (name) => name.toLowerCase());
  return {
    version: "2.0",
    type: "REQUEST",
    routeArn: call.arns.named,
    identitySource: identity,
    routeKey,
    // HTTP APIs decode it.
    rawPath: call.decodedPath,
    rawQueryString: call.rawQuery,
    cookies: (headers.get("cookie") ?? []).flatMap((line) => line.split(/; */)),
    headers: joined(headers),
    queryStringParameters: joined(valuesByName(call.query, asWritten)),
    requestContext: {
      accountId: stage.accountId,
      apiId: stage.apiId,
      ...domainOf(client.host),
      http: {
        method,
        path: call.decodedPath,
        protocol: "HTTP/1.1",
        sourceIp: client.address,
        userAgent: headers.get("user-agent")?.at(-1) ?? "",
      },
      requestId: call.requestId,
      routeKey,
      stage: stage.name,
      time: requestTime(now),
      timeEpoch: now,
    },
    pathParameters: match.params,
    stageVariables: authorizer.stageVariables,
  };
}

function eventV1({ authorizer, call, identity, now }: EventInput): object {
  const { method, match } = call;
  const headers = valuesByName(headerEntries(call.headers), firstSpelling());
  const query = valuesByName(call.query, asWritten);
  const identitySource = identity.join(",");
  const isHttp = authorizer.api === "http";
  const resource = call.routeKey.replace(/^[A-Z]+ /, "");
  return {
    ...(isHttp && { version: "1.0" }),
    type: "REQUEST",
    methodArn: call.arns.named,
    ...(isHttp && { identitySource, authorizationToken: identitySource }),
    resource,
    path: isHttp ? call.decodedPath : call.path,
    httpMethod: method,
    headers: last(headers),
    ...(!isHttp && { multiValueHeaders: Object.fromEntries(headers) }),
    queryStringParameters: last(query),
    ...(!isHttp && { multiValueQueryStringParameters: Object.fromEntries(query) }),
    pathParameters: match.params,
    stageVariables: authorizer.stageVariables,
    requestContext: contextV1(call, resource, now),
  };
}

function contextV1(call: AuthorizerCall, resource: string, now: number): object {
  const { method, client, match } = call;
  const stage = stageOf(match.route.target);
  const prefix = stage.name === "$default" ? "" : `/${stage.name}`;
  const userAgent = headerEntries(call.headers).find(([name]) => name.toLowerCase() === "user-agent")?.[1];
  return {
    accountId: stage.accountId,
    apiId: stage.apiId,
    ...domainOf(client.host),
    httpMethod: method,
    identity: { apiKey: null, sourceIp: client.address, userAgent: userAgent ?? null },
    path: `${prefix}${call.path}`,
    protocol: "HTTP/1.1",
    requestId: call.requestId,
    requestTime: requestTime(now),
    requestTimeEpoch: now,
    resourceId: "grantway",
    resourcePath: resource,
    stage: stage.name,
  };
}

const domainOf = (host = ""): object => ({
  domainName: host.replace(/:\d+$/, ""),
  domainPrefix: host.split(/[.:]/)[0],
});

const asWritten = (name: string): string => name;

/** REST APIs keep a field's spelling; lines of one field are one all the same. */
function firstSpelling(): (name: string) => string {
  const spellings = new Map<string, string>();
  return (name) => {
    const known = spellings.get(name.toLowerCase());
    if (known === undefined) spellings.set(name.toLowerCase(), name);
    return known ?? name;
  };
}

const joined = (values: ReadonlyMap<string, readonly string[]>): object =>
  Object.fromEntries(Array.from(values, ([name, each]) => [name, each.join(",")]));

const last = (values: ReadonlyMap<string, readonly string[]>): object =>
  Object.fromEntries(Array.from(values, ([name, each]) => [name, each.at(-1)]));
