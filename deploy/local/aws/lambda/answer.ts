// What a handler gave -> what HTTP carries, as a function URL does it; an answer that is not legal is refused with
// its reason, which only the log sees. Pure.
// https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads
import { validateHeaderName, validateHeaderValue } from "node:http";
import { isBase64 } from "../../../../server/core/base64.js";
import { accept, refuse, type Result } from "../../../../server/core/result.js";
import { isJsonObject, type JsonObject } from "../../../../server/core/strict-json.js";
import { RESPONSE_LIMIT } from "./invocation.js";

type Header = readonly [name: string, value: string];

export interface AnswerHead {
  readonly status: number;
  readonly headers: readonly Header[];
}

export interface Answer extends AnswerHead {
  readonly body: Buffer;
}

/** The connection is the front end's. */
const NOT_THE_FUNCTIONS = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "x-amzn-requestid",
  "x-amzn-trace-id",
]);

const readStatus = (status: unknown): Result<number, string> =>
  // A 1xx is never a final answer (RFC 9110 15.2).
  Number.isInteger(status) && Number(status) >= 200 && Number(status) <= 599
    ? accept(Number(status))
    : refuse(
        `statusCode must be an integer from 200 to 599, not ${JSON.stringify([status]).slice(1, -1).slice(0, 40)}`,
      );

const isHeader = ([name, value]: Header): boolean => {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
};

const readHeaders = (headers: unknown = {}): Result<Header[], string> => {
  if (!isJsonObject(headers)) return refuse("headers must be an object");
  const read: Header[] = [];
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean")
      return refuse(`header ${name} must be a string, a number or a boolean`);
    const header: Header = [name.toLowerCase(), String(value)];
    if (!isHeader(header)) return refuse(`header ${name} is not legal in HTTP`);
    if (read.some(([other]) => other === header[0])) return refuse(`header ${name} stands there twice`);
    read.push(header);
  }
  return accept(read.filter(([name]) => !NOT_THE_FUNCTIONS.has(name)));
};

const readCookies = (cookies: unknown = []): Result<Header[], string> => {
  if (!Array.isArray(cookies)) return refuse("cookies must be a list of strings");
  const read = cookies.map((cookie: unknown): Header => ["set-cookie", String(cookie)]);
  return cookies.every((cookie) => typeof cookie === "string") && read.every(isHeader)
    ? accept(read)
    : refuse("cookies must be a list of strings that are legal in HTTP");
};

const readHead = (fields: JsonObject, defaultContentType: string): Result<AnswerHead, string> => {
  const status = readStatus(fields.statusCode);
  if (!status.ok) return status;
  const headers = readHeaders(fields.headers);
  if (!headers.ok) return headers;
  const cookies = readCookies(fields.cookies);
  if (!cookies.ok) return cookies;
  const typed = headers.value.some(([name]) => name === "content-type");
  const contentType: Header[] = typed ? [] : [["content-type", defaultContentType]];
  return accept({ status: status.value, headers: [...headers.value, ...contentType, ...cookies.value] });
};

const readBody = ({ body = "", isBase64Encoded = false }: JsonObject): Result<Buffer, string> => {
  if (typeof body !== "string") return refuse("body must be a string");
  if (typeof isBase64Encoded !== "boolean") return refuse("isBase64Encoded must be true or false");
  if (!isBase64Encoded) return accept(Buffer.from(body));
  return isBase64(body) ? accept(Buffer.from(body, "base64")) : refuse("body is not base64");
};

const parseJson = (text: string): Result<unknown, string> => {
  try {
    return accept(JSON.parse(text) as unknown);
  } catch {
    return refuse("the payload is not JSON");
  }
};

/** A buffered handler's result. Without a `statusCode`, the JSON text itself is the body. */
export const toAnswer = (payload: string): Result<Answer, string> => {
  if (Buffer.byteLength(payload) > RESPONSE_LIMIT)
    return refuse(`the answer is larger than ${RESPONSE_LIMIT} bytes of JSON`);
  const parsed = parseJson(payload);
  // A runtime of one's own may post anything.
  if (!parsed.ok) return parsed;
  const result = parsed.value;
  if (!isJsonObject(result) || !("statusCode" in result))
    return accept({
      status: 200,
      headers: [["content-type", "application/json"]],
      body: Buffer.from(payload),
    });
  const head = readHead(result, "application/json");
  if (!head.ok) return head;
  const body = readBody(result);
  if (!body.ok) return body;
  // The length is counted, not believed.
  const headers = head.value.headers.filter(([name]) => name !== "content-length").map(remapChallenge);
  return accept({ status: head.value.status, headers, body: body.value });
};

/**
 * API Gateway takes metadata and delimiter within the first 16 KB of a stream; what a function URL takes is not
 * documented. https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html
 */
const METADATA_LIMIT = 16_384 - 8;

/** The metadata of `awslambda.HttpResponseStream.from`, as JSON text. */
export const toStreamHead = (metadata: string): Result<AnswerHead, string> => {
  if (Buffer.byteLength(metadata) > METADATA_LIMIT)
    return refuse(`the metadata of a stream is larger than ${METADATA_LIMIT} bytes of JSON`);
  const fields: unknown = JSON.parse(metadata);
  if (!isJsonObject(fields)) return refuse("the metadata of a stream must be an object");
  const head = readHead(fields, "application/octet-stream");
  if (!head.ok) return head;
  // How long a stream will be is not known while it runs.
  const headers = head.value.headers.map(([name, value]): Header =>
    name === "content-length" ? ["x-amzn-remapped-content-length", value] : remapChallenge([name, value]),
  );
  return accept({ status: head.value.status, headers });
};

/** Reported for function URLs, documented for API Gateway only: the reading that promises a client less. */
const remapChallenge = ([name, value]: Header): Header => [
  name === "www-authenticate" ? "x-amzn-remapped-www-authenticate" : name,
  value,
];
