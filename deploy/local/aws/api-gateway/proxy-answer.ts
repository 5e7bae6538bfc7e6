// What a function behind a Lambda proxy integration gave -> what HTTP carries; an answer that is not of the form is
// refused with its reason, which only the log sees. Pure.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html#api-gateway-simple-proxy-for-lambda-output-format
import { validateHeaderName, validateHeaderValue } from "node:http";
import { isBase64 } from "../../../../server/core/base64.js";
import { accept, refuse, type Result } from "../../../../server/core/result.js";
import { isJsonObject, parseJson, type JsonObject } from "../../../../server/core/strict-json.js";
import { RESPONSE_LIMIT } from "../lambda/invocation.js";

type Header = readonly [name: string, value: string];

export interface ApiAnswer {
  readonly status: number;
  readonly headers: readonly Header[];
  readonly body: Buffer;
}

const members = new Set(["statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"]);

/** `wantsBytes`: the API sends this client bytes, where the function says that its body is base64. */
export function toApiAnswer(payload: string, wantsBytes: boolean): Result<ApiAnswer, string> {
  if (Buffer.byteLength(payload) > RESPONSE_LIMIT)
    return refuse(`the answer is larger than ${RESPONSE_LIMIT} bytes of JSON`);
  // A runtime of the function's own may give any text.
  const result = parseJson(payload);
  if (result === undefined) return refuse("the answer is no JSON");
  if (!isJsonObject(result)) return refuse("the answer must be an object with a statusCode");
  const strange = Object.keys(result).find((name) => !members.has(name));
  if (strange !== undefined) return refuse(`a REST API's answer has no ${strange}`);
  const { statusCode } = result;
  if (!Number.isInteger(statusCode) || Number(statusCode) < 200 || Number(statusCode) > 599)
    return refuse("statusCode must be an integer from 200 to 599");
  const headers = readAllHeaders(result);
  if (!headers.ok) return headers;
  const body = readBody(result, wantsBytes);
  if (!body.ok) return body;
  return accept({ status: Number(statusCode), headers: headers.value, body: body.value });
}

/** A name in both lists keeps the values of multiValueHeaders, and those of `headers` that are not among them. */
function readAllHeaders({ headers = {}, multiValueHeaders = {} }: JsonObject): Result<Header[], string> {
  if (!isJsonObject(headers) || !isJsonObject(multiValueHeaders))
    return refuse("headers and multiValueHeaders must be objects");
  const listed = Object.entries(multiValueHeaders).map(([name, values]) => [name, values] as const);
  const notLists = listed.find(([, values]) => !Array.isArray(values));
  if (notLists !== undefined) return refuse(`multiValueHeaders.${notLists[0]} must be a list`);
  const single = Object.entries(headers).map(([name, value]) => [name, [value]] as const);
  const read: Header[] = [];
  for (const [name, values] of [...listed, ...single]) {
    for (const value of values as readonly unknown[]) {
      const header = readHeader(name, value);
      if (!header.ok) return header;
      const isThere = read.some(([other, text]) => other === header.value[0] && text === header.value[1]);
      if (!isThere) read.push(header.value);
    }
  }
  const isTyped = read.some(([name]) => name === "content-type");
  return accept([...read, ...(isTyped ? [] : [["content-type", "application/json"] as const])]);
}

function readHeader(field: string, value: unknown): Result<Header, string> {
  if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean")
    return refuse(`header ${field} must be a string, a number or a boolean`);
  const name = field.toLowerCase();
  try {
    validateHeaderName(name);
    validateHeaderValue(name, String(value));
  } catch {
    return refuse(`header ${field} is not legal in HTTP`);
  }
  return accept([remapped.has(name) ? `x-amzn-remapped-${name}` : name, String(value)]);
}

/**
 * Fields that API Gateway keeps for itself and gives back under another name. Its page says "may" of a longer list.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
 */
const remapped = new Set([
  ...["authorization", "connection", "content-length", "content-md5", "date", "expect", "host", "keep-alive"],
  ...["max-forwards", "proxy-authenticate", "proxy-connection", "server", "te", "trailer"],
  ...["transfer-encoding", "upgrade", "user-agent", "via", "www-authenticate", "x-amzn-requestid"],
  ...["x-amz-apigw-id", "x-amzn-trace-id"],
]);

function readBody(
  { body = "", isBase64Encoded = false }: JsonObject,
  wantsBytes: boolean,
): Result<Buffer, string> {
  if (typeof body !== "string") return refuse("body must be a string");
  if (typeof isBase64Encoded !== "boolean") return refuse("isBase64Encoded must be true or false");
  if (isBase64Encoded && !isBase64(body)) return refuse("body is not base64");
  // Without a binary media type that fits, API Gateway sends the base64 text.
  return accept(isBase64Encoded && wantsBytes ? Buffer.from(body, "base64") : Buffer.from(body));
}
