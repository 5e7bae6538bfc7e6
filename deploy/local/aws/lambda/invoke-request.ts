// Reads an Invoke or InvokeWithResponseStream request: which action, which function, how, and with what. Everything that
// the twin does not serve is refused by name. https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html. Pure.
import { headerValues } from "../../../../server/core/raw-headers.js";
import { isJsonObject } from "../../../../server/core/strict-json.js";
import type { Outcome, SignedRequest, Refused } from "../model.js";
import { parseTarget } from "../sigv4/parse-target.js";
import {
  invalid,
  type InvokeTarget,
  parameter,
  type Place,
  readInvokeTarget,
  unknownOperation,
} from "./invoke-target.js";
import { REQUEST_LIMIT } from "./receive-request.js";
import { refused } from "./refusal.js";

export type InvocationType = "RequestResponse" | "Event" | "DryRun";

export interface InvokeRequest {
  /** InvokeWithResponseStream. */
  readonly streaming: boolean;
  readonly target: InvokeTarget;
  readonly type: InvocationType;
  /** `X-Amz-Log-Type: Tail` */
  readonly wantsLog: boolean;
  /** JSON text. */
  readonly payload: string;
  /** JSON text. */
  readonly clientContext?: string;
}

const PATH =
  /^\/(?:(?<buffered>2015-03-31)|2021-11-15)\/functions\/(?<name>[^/]+)\/(?<action>(?:response-streaming-)?invocations)$/;
const EVENT_LIMIT = 1_048_576;
const CLIENT_CONTEXT_LIMIT = 3583;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
const NOT_SERVED = ["x-amz-tenant-id", "x-amz-durable-execution-name"];

/** Whether this request is for Lambda at all, and not for another service of the twin. */
export const isLambdaPath = (target: string): boolean =>
  /^\/20\d\d-\d\d-\d\d\/functions(?:\/|$)/.test(target);

export const readInvokeRequest = (request: SignedRequest, place: Place): Outcome<InvokeRequest> => {
  const parsed = parseTarget(request.target);
  if (!parsed.ok) return parameter(parsed.reason);
  const { buffered, name = "", action } = PATH.exec(parsed.value.path)?.groups ?? {};
  const streaming = action === "response-streaming-invocations";
  if (request.method !== "POST" || action === undefined || streaming === (buffered !== undefined))
    return unknownOperation(request);
  const unserved = NOT_SERVED.find((field) => headerValues(request.rawHeaders, field).length > 0);
  if (unserved !== undefined) return parameter(`${unserved} is not served by the local twin.`);
  const target = readInvokeTarget(name, parsed.value.query, place);
  if (!target.ok) return target;
  const options = readOptions(request, streaming);
  if (!options.ok) return options;
  const payload = readPayload(request.body, options.value.type);
  if (!payload.ok) return payload;
  return { ok: true, value: { streaming, target: target.value, ...options.value, payload: payload.value } };
};

type Options = Pick<InvokeRequest, "type" | "wantsLog" | "clientContext">;

const readOptions = ({ rawHeaders }: SignedRequest, streaming: boolean): Outcome<Options> => {
  const [type = "RequestResponse"] = headerValues(rawHeaders, "x-amz-invocation-type");
  if (type !== "RequestResponse" && type !== "DryRun" && (type !== "Event" || streaming))
    return invalid("invocationType", type);
  const [logType = "None"] = headerValues(rawHeaders, "x-amz-log-type");
  if (logType !== "None" && logType !== "Tail") return invalid("logType", logType);
  const [encoded] = headerValues(rawHeaders, "x-amz-client-context");
  // Lambda gives it to a function that somebody waits for, and to no other.
  const context = encoded === undefined || type === "Event" ? undefined : readClientContext(encoded);
  if (context?.ok === false) return context;
  const clientContext = context === undefined ? {} : { clientContext: context.value };
  return { ok: true, value: { type, wantsLog: logType === "Tail", ...clientContext } };
};

const readClientContext = (encoded: string): Outcome<string> => {
  const text = Buffer.from(encoded, "base64").toString();
  return encoded.length <= CLIENT_CONTEXT_LIMIT && BASE64.test(encoded) && isJson(text, isJsonObject)
    ? { ok: true, value: text }
    : content("Client context must be a valid Base64-encoded JSON object.");
};

const limitOf = (type: InvocationType): number => (type === "Event" ? EVENT_LIMIT : REQUEST_LIMIT);

/** A call without a payload gives the function an empty object. */
const readPayload = (body: Buffer, type: InvocationType): Outcome<string> => {
  if (body.length > limitOf(type)) return payloadTooLarge(body.length, type);
  if (body.length === 0) return { ok: true, value: "{}" };
  const text = body.toString();
  return isJson(text) && Buffer.from(text).equals(body)
    ? { ok: true, value: text }
    : content("Could not parse request body into json.");
};

const isJson = (text: string, accepts = (_value: unknown): boolean => true): boolean => {
  try {
    return accepts(JSON.parse(text));
  } catch {
    return false;
  }
};

const content = (message: string): Refused => refused(400, "InvalidRequestContentException", message);

const payloadTooLarge = (bytes: number, type: InvocationType): Refused =>
  refused(
    413,
    "RequestTooLargeException",
    `${bytes} byte payload is too large for the ${type} invocation type (limit ${limitOf(type)} bytes)`,
  );
