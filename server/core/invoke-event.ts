// Inbound request -> the event of payload format 2.0, as a function URL would make it, for a function that is called by
// the Invoke API. https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads
// The gateway is the front end here: host, domain name and source address are those of the caller's own request.
import { isUtf8 } from "node:buffer";
import { forwardedHeaders, type IdentityFields } from "./forwarded-headers.js";
import type { Inbound } from "./inbound.js";
import type { InvokeTarget, RoleSession } from "./model.js";
import { eachField } from "./raw-headers.js";
import { decodedPairs, splitTarget, type RequestTarget } from "./request-target.js";
import { requestTime } from "./request-time.js";

export interface EventInput {
  readonly inbound: Pick<Inbound, "requestId" | "method" | "headers" | "client">;
  readonly target: Pick<RequestTarget, "wire">;
  readonly identity: IdentityFields;
  readonly body: Buffer;
  readonly session: RoleSession;
  readonly upstream: Pick<InvokeTarget, "functionArn" | "host">;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** The event as JSON text. */
export function invokeEvent(input: EventInput): string {
  const { path: rawPath, query: rawQueryString } = splitTarget(input.target);
  const headers = eventHeaders(input);
  const cookies = headers.cookie
    ?.split(";")
    .map((cookie) => cookie.trim())
    .filter((cookie) => cookie !== "");
  return JSON.stringify({
    version: "2.0",
    routeKey: "$default",
    rawPath,
    rawQueryString,
    ...(cookies && { cookies }),
    headers,
    ...(rawQueryString !== "" && { queryStringParameters: parametersOf(rawQueryString) }),
    requestContext: requestContext(input, rawPath, headers),
    ...eventBody(input.body, headers),
    pathParameters: null,
    stageVariables: null,
  });
}

type Texts = Record<string, string>;

/** Without a prototype: `__proto__` is a name like any other. */
const noTexts = (): Texts => Object.create(null) as Texts;

function append(texts: Texts, name: string, value: string, separator: string): void {
  const before = texts[name];
  texts[name] = before === undefined ? value : before + separator + value;
}

/** The caller's, or Lambda's where he named none (HTTP/1.0). */
const hostOf = ({ inbound, upstream }: EventInput): string => inbound.client.host ?? upstream.host;

/** What a function behind a URL is sent, less the signature. */
function eventHeaders(input: EventInput): Texts {
  const { inbound, identity, body } = input;
  const headers = noTexts();
  const host = hostOf(input);
  eachField(forwardedHeaders(inbound, identity, ["host", host]), (field, value) => {
    const name = field.toLowerCase();
    append(headers, name, value, name === "cookie" ? "; " : ",");
  });
  if (body.length > 0) headers["content-length"] = String(body.length);
  const defaultPort = inbound.client.protocol === "https" ? "443" : "80";
  headers["x-forwarded-port"] = /:(\d+)$/.exec(host)?.[1] ?? defaultPort;
  return headers;
}

function parametersOf(query: string): Texts {
  const parameters = noTexts();
  for (const [name, value] of decodedPairs(query)) append(parameters, name, value, ",");
  return parameters;
}

/** Everything else is base64. */
const textType = /^(?:text\/|application\/(?:[\w.-]+\+)?(?:json|xml)\b|application\/javascript\b)/i;

function eventBody(body: Buffer, headers: Texts): { body?: string; isBase64Encoded: boolean } {
  if (body.length === 0) return { isBase64Encoded: false };
  const { "content-type": type = "", "content-encoding": encoding = "identity" } = headers;
  // Bytes that are no UTF-8 would be lost as text, whatever their type says.
  const isText = textType.test(type) && encoding === "identity" && isUtf8(body);
  return { body: body.toString(isText ? "utf8" : "base64"), isBase64Encoded: !isText };
}

function requestContext(input: EventInput, rawPath: string, headers: Texts) {
  const { inbound, session, upstream, now } = input;
  const domainName = hostOf(input).replace(/:\d+$/, "");
  const domainPrefix = domainName.replace(/\..*$/, "");
  return {
    accountId: accountOf(upstream.functionArn),
    // A function URL's id is the first part of its domain name too.
    apiId: domainPrefix,
    authentication: null,
    authorizer: { iam: iamOf(session) },
    domainName,
    domainPrefix,
    http: {
      method: inbound.method,
      path: decodeURIComponent(rawPath),
      protocol: "HTTP/1.1",
      sourceIp: inbound.client.address,
      userAgent: headers["user-agent"] ?? null,
    },
    requestId: inbound.requestId,
    routeKey: "$default",
    stage: "$default",
    time: requestTime(now),
    timeEpoch: now,
  };
}

/** The session that calls: whose it is stands in its ARN. */
function iamOf({ credentials, assumedRoleArn, assumedRoleId }: RoleSession) {
  const userId = assumedRoleId ?? null;
  return {
    accessKey: credentials.accessKeyId,
    accountId: accountOf(assumedRoleArn),
    callerId: userId,
    cognitoIdentity: null,
    principalOrgId: null,
    userArn: assumedRoleArn,
    userId,
  };
}

const accountOf = (arn: string): string => arn.replace(/^(?:[^:]*:){4}([^:]*).*$/, "$1");
