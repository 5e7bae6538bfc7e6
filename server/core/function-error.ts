// Lambda's fields that say that the function itself failed, though its answer came: in the head of Invoke's answers, in
// the trailers of a stream whose function threw half-way. Whether function URLs pass them on is not known, so both
// names are read in both places. What the function said then (its error document) is for the log alone.
import type { Denial } from "./denial.js";
import { eachField, type RawHeaders } from "./raw-headers.js";
import { isJsonObject } from "./strict-json.js";

const names = new Set(["x-amz-function-error", "lambda-runtime-function-error-type"]);
const lengths = new Set(Array.from(names, ({ length }) => length));

/** Header or trailer fields. */
export function namesFunctionError(fields: RawHeaders): boolean {
  let isNamed = false;
  eachField(fields, (field) => {
    if (lengths.has(field.length) && names.has(field.toLowerCase())) isNamed = true;
  });
  return isNamed;
}

export interface FunctionError {
  readonly verdict: "function_error" | "timed_out";
  /** Type and message as the function or Lambda gave them, cut to one line of 1,024 characters. */
  readonly cause: string;
}

const maxCauseLength = 1024;
const timeout = /Task timed out after (\d+(?:\.\d+)?) seconds$/;

/**
 * `errorCode` is Lambda's own word, where it gives one. A timeout is told by its type, or, in the older form, by a
 * message without a type: what a function throws always has one.
 */
export function functionError(document: string, errorCode = ""): FunctionError {
  const { type, message } = errorDocument(document);
  const code = type || errorCode;
  const isTimeout = code === "Sandbox.Timedout" || (code === "" && timeout.test(message));
  const cause = `${code || "Unhandled"}: ${message}`.slice(0, maxCauseLength).replace(/\s+/g, " ");
  return { verdict: isTimeout ? "timed_out" : "function_error", cause };
}

/** Where nothing of an answer has left: 504 for Lambda's own timeout, else 502. */
export function failureDenial({ verdict, cause }: FunctionError): Denial {
  if (verdict === "function_error") return { reason: "function_failed", cause };
  const seconds = timeout.exec(cause)?.[1];
  return {
    reason: "upstream_timeout",
    ...(seconds !== undefined && { timeoutMs: 1000 * Number(seconds) }),
    cause,
  };
}

function errorDocument(text: string): { readonly type: string; readonly message: string } {
  try {
    const given: unknown = JSON.parse(text);
    if (!isJsonObject(given)) return { type: "", message: text };
    const { errorType, errorMessage } = given;
    return { type: textOf(errorType), message: textOf(errorMessage) };
  } catch {
    return { type: "", message: text };
  }
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
