// A Lambda event -> the HTTP request that a web app gets of it: payload format 2.0 (function URL, HTTP API) and 1.0 (REST
// API); anything else is posted as it is. Not done: events of a load balancer. Pure.
import { isJsonObject, type JsonObject } from "../../../../../server/core/strict-json.js";
import type { WebAdapterSettings } from "./settings.js";

/** Of an event, and so of the answer that it wants. */
export type PayloadFormat = "2.0" | "1.0" | "none";

export interface AppRequest {
  readonly format: PayloadFormat;
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Buffer;
}

/** The connection to the app is another one. */
const OF_THE_CONNECTION = new Set([
  "connection",
  "content-length",
  "keep-alive",
  "te",
  "transfer-encoding",
  "upgrade",
]);

/** `lambdaContext` becomes a header of its own, as the event's request context does. */
export const toAppRequest = (
  eventJson: string,
  lambdaContext: unknown,
  settings: WebAdapterSettings,
): AppRequest => {
  const event: unknown = JSON.parse(eventJson);
  const members = isJsonObject(event) ? event : {};
  const requestContext = isJsonObject(members.requestContext) ? members.requestContext : undefined;
  const parts = isJsonObject(requestContext?.http)
    ? ofFormat2(members, requestContext.http)
    : requestContext !== undefined && typeof members.httpMethod === "string"
      ? ofFormat1(members, members.httpMethod)
      : passedThrough(eventJson, settings);
  const [path = "", query = ""] = parts.target.split(/\?(.*)/s);
  const target = `${withoutBase(path, settings.basePath)}${query === "" ? "" : `?${query}`}`;
  const headers = withAuthorization(parts.headers, settings.authorizationSource);
  return {
    ...parts,
    target,
    headers: {
      ...Object.fromEntries(Object.entries(headers).filter(([name]) => !OF_THE_CONNECTION.has(name))),
      "content-length": String(parts.body.length),
      "x-amzn-request-context": asciiJson(requestContext ?? null),
      "x-amzn-lambda-context": asciiJson(lambdaContext),
    },
  };
};

const text = (value: unknown): string => (typeof value === "string" ? value : "");
const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];

const ofFormat2 = (event: JsonObject, http: JsonObject): AppRequest => {
  const cookies = texts(event.cookies);
  const query = text(event.rawQueryString);
  return {
    format: "2.0",
    method: text(http.method),
    target: `${encodePath(text(event.rawPath))}${query === "" ? "" : `?${query}`}`,
    headers: { ...single(event.headers), ...(cookies.length > 0 && { cookie: cookies.join("; ") }) },
    body: bodyOf(event),
  };
};

const ofFormat1 = (event: JsonObject, method: string): AppRequest => {
  const given = isJsonObject(event.multiValueQueryStringParameters)
    ? event.multiValueQueryStringParameters
    : {};
  const pairs = Object.entries(given).flatMap(([name, values]) =>
    texts(values).map((value): [string, string] => [name, value]),
  );
  const query = new URLSearchParams(pairs).toString();
  const many = isJsonObject(event.multiValueHeaders) ? event.multiValueHeaders : {};
  return {
    format: "1.0",
    method,
    target: `${encodePath(text(event.path))}${query === "" ? "" : `?${query}`}`,
    headers: {
      ...single(event.headers),
      ...Object.fromEntries(
        Object.entries(many).map(([name, values]) => [name.toLowerCase(), texts(values)]),
      ),
    },
    body: bodyOf(event),
  };
};

const passedThrough = (eventJson: string, { passThroughPath }: WebAdapterSettings): AppRequest => ({
  format: "none",
  method: "POST",
  target: passThroughPath,
  headers: { "content-type": "application/json" },
  body: Buffer.from(eventJson),
});

const single = (headers: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries(isJsonObject(headers) ? headers : {}).map(([name, value]) => [
      name.toLowerCase(),
      text(value),
    ]),
  );

const bodyOf = ({ body, isBase64Encoded }: JsonObject): Buffer =>
  Buffer.from(text(body), isBase64Encoded === true ? "base64" : "utf8");

/** What is encoded already stays. */
const encodePath = (path: string): string => {
  const url = new URL("http://app");
  url.pathname = path;
  return url.pathname;
};

/** Once, and a whole segment. */
const withoutBase = (path: string, basePath: string): string => {
  if (basePath === "" || !path.startsWith(basePath)) return path;
  const rest = path.slice(basePath.length);
  return rest === "" ? "/" : rest.startsWith("/") ? rest : path;
};

const withAuthorization = (
  headers: AppRequest["headers"],
  source: string | undefined,
): AppRequest["headers"] => {
  const value = source === undefined ? undefined : headers[source];
  if (source === undefined || value === undefined) return headers;
  const others = Object.entries(headers).filter(([name]) => name !== source);
  return { ...Object.fromEntries(others), authorization: value };
};

const asciiJson = (value: unknown): string =>
  JSON.stringify(value).replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
