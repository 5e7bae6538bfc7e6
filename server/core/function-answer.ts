// What a function gave -> what HTTP carries, as a function URL reads it: a payload whole, or the metadata before a
// stream. What is not legal is refused with its reason, for the log. Nothing is renamed: the gateway is the front end.
// https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads
import { isBase64 } from "./base64.js";
import { isBodilessStatus } from "./bodiless.js";
import { isHopByHop } from "./raw-headers.js";
import { accept, refuse, type Result } from "./result.js";
import { isJsonObject, type JsonObject } from "./strict-json.js";

export interface AnswerHead {
  readonly status: number;
  /** Name, value, name, value; names in lower case. */
  readonly headers: string[];
}

export interface FunctionAnswer extends AnswerHead {
  readonly body: Buffer;
}

/** A payload without `statusCode` is the body, as JSON; the length is counted, not believed. */
export function functionAnswer(payload: Buffer): Result<FunctionAnswer, string> {
  const given = parsed(payload.toString("utf8"));
  if (given === undefined) return refuse("the function's payload is not JSON");
  if (!isJsonObject(given.value) || !("statusCode" in given.value)) {
    const headers = ["content-type", "application/json", "content-length", String(payload.length)];
    return accept({ status: 200, headers, body: payload });
  }
  const head = answerHead(given.value, "application/json");
  if (!head.ok) return head;
  const { status, headers } = head.value;
  if (isBodilessStatus(status)) return accept({ status, headers, body: Buffer.alloc(0) });
  const body = answerBody(given.value);
  if (!body.ok) return body;
  headers.push("content-length", String(body.value.length));
  return accept({ status, headers, body: body.value });
}

/** `metadata` is the JSON text that `awslambda.HttpResponseStream.from` writes before a stream. */
export function streamHead(metadata: string): Result<AnswerHead, string> {
  const given = parsed(metadata);
  if (given === undefined || !isJsonObject(given.value))
    return refuse("the metadata before the stream is no JSON object");
  return answerHead({ statusCode: 200, ...given.value }, "application/octet-stream");
}

/** A stream that begins without metadata. */
export const plainStreamHead = (): AnswerHead => ({
  status: 200,
  headers: ["content-type", "application/octet-stream"],
});

function parsed(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

function answerHead(given: JsonObject, contentType: string): Result<AnswerHead, string> {
  const { statusCode: status } = given;
  // A 1xx is never a final answer (RFC 9110 15.2).
  if (typeof status !== "number" || !Number.isInteger(status) || status < 200 || status > 599)
    return refuse("statusCode must be an integer from 200 to 599");
  const headers = answerHeaders(given.headers);
  if (!headers.ok) return headers;
  const cookies = answerCookies(given.cookies);
  if (!cookies.ok) return cookies;
  if (!headers.value.has("content-type") && !isBodilessStatus(status))
    headers.value.set("content-type", contentType);
  const fields = [...[...headers.value].flat(), ...cookies.value];
  return sectionBytes(fields) > maxSectionBytes
    ? refuse(`the header fields must have no more than ${maxSectionBytes} bytes`)
    : accept({ status, headers: fields });
}

/** What is taken from a function URL too: node:http and undici read no larger head, and few clients do. */
const maxSectionBytes = 16_384;

/** A line each: a colon and a space inside, CR and LF at its end. */
const sectionBytes = (fields: readonly string[]): number =>
  fields.reduce((bytes, text) => bytes + text.length + 2, 0);

/** Fields of the transfer are the front end's, and so are those by which Lambda names a call. */
const isFrontEnds = (name: string): boolean =>
  isHopByHop(name) || name === "content-length" || lambdasOwn.has(name);

/** What Lambda says beside a payload; the only fields of its own that go to the caller. */
export const lambdasOwn: ReadonlySet<string> = new Set([
  "x-amzn-requestid",
  "x-amzn-trace-id",
  "x-amz-executed-version",
]);

/** `null` counts as left out: Go's runtime writes it for an empty map or list. */
function answerHeaders(given: unknown): Result<Map<string, string>, string> {
  const headers = new Map<string, string>();
  if (given === undefined || given === null) return accept(headers);
  if (!isJsonObject(given)) return refuse("headers must be an object");
  for (const [field, value] of Object.entries(given)) {
    const name = field.toLowerCase();
    if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean")
      return refuse(`the header ${quoted(field)} must be a string, a number or a boolean`);
    if (!isLegalHeader(name, String(value)))
      return refuse(`the header ${quoted(field)} is not legal in HTTP`);
    if (headers.has(name)) return refuse(`the header ${quoted(field)} stands there twice`);
    if (!isFrontEnds(name)) headers.set(name, String(value));
  }
  return accept(headers);
}

function answerCookies(given: unknown): Result<string[], string> {
  if (given === undefined || given === null) return accept([]);
  const areLegal = (cookies: unknown): cookies is string[] =>
    Array.isArray(cookies) &&
    cookies.every((cookie) => typeof cookie === "string" && isLegalHeader("set-cookie", cookie));
  return areLegal(given)
    ? accept(given.flatMap((cookie) => ["set-cookie", cookie]))
    : refuse("cookies must be a list of strings that are legal in HTTP");
}

/** RFC 9110 5.6.2 and 5.5, as node:http will take them. */
const tokenPattern = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const valuePattern = /^[\t\x20-\x7e\x80-\xff]*$/;

const isLegalHeader = (name: string, value: string): boolean =>
  tokenPattern.test(name) && valuePattern.test(value);

function answerBody({ body, isBase64Encoded }: JsonObject): Result<Buffer, string> {
  const text = body ?? "";
  const isEncoded = isBase64Encoded ?? false;
  if (typeof text !== "string") return refuse("body must be a string");
  if (typeof isEncoded !== "boolean") return refuse("isBase64Encoded must be true or false");
  if (!isEncoded) return accept(Buffer.from(text));
  return isBase64(text) ? accept(Buffer.from(text, "base64")) : refuse("body is not base64");
}

/** A function's words in the log: short, and in quotes. */
const quoted = (text: string): string => JSON.stringify(text.slice(0, 64));
