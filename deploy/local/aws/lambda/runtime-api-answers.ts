// How the Runtime API and the Extensions API answer: JSON, and the error types that clients know them by.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
import type { IncomingMessage, ServerResponse } from "node:http";
import { accept, refuse, type Result } from "../../../../server/core/result.js";
import { isJsonObject, parseJson, type JsonObject } from "../../../../server/core/strict-json.js";
import type { FunctionError } from "./invocation.js";

type Headers = Readonly<Record<string, string>>;

export const sendJson = (
  res: ServerResponse,
  status: number,
  value: unknown,
  headers: Headers = {},
): void => {
  if (res.destroyed) return;
  res.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(value));
};

export const sendAccepted = (res: ServerResponse): void => sendJson(res, 202, { status: "OK" });

/** A 413 closes the connection: what is left of a body that nobody reads must not be taken for the next request. */
export const sendError = (
  res: ServerResponse,
  status: 400 | 403 | 404 | 413,
  errorType: string,
  errorMessage: string,
): void => sendJson(res, status, { errorType, errorMessage }, status === 413 ? { connection: "close" } : {});

export type BodyFault = "too large" | "truncated";

export const sendBodyFault = (res: ServerResponse, fault: BodyFault): void => {
  if (fault === "too large") sendError(res, 413, "RequestEntityTooLarge", "the body is too large");
  else sendError(res, 400, "InvalidRequestFormat", "the body is cut off");
};

/** The whole body, or why there is none. */
export const readWhole = async (req: IncomingMessage, limit: number): Promise<Result<Buffer, BodyFault>> => {
  const pieces: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const piece of req.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      bytes += piece.length;
      if (bytes > limit) return refuse("too large");
      pieces.push(piece);
    }
  } catch {
    return refuse("truncated");
  }
  return accept(Buffer.concat(pieces));
};

/** What a runtime tells of a failure: its JSON, else its type and the text that it sent. */
export const readFunctionError = (type: string | undefined, text: string): FunctionError => {
  const body = parseMembers(text);
  const errorType = typeof body?.errorType === "string" ? body.errorType : (type ?? "Function.Unknown");
  const errorMessage = typeof body?.errorMessage === "string" ? body.errorMessage : body ? "" : text;
  // Node's runtime names its lines `trace`, with the error in the first; the others do without.
  const stack = lines(body?.stackTrace);
  const trace = lines(body?.trace) ?? (stack && [`${errorType}: ${errorMessage}`, ...stack]);
  return { errorType, errorMessage, ...(trace && { trace }) };
};

const lines = (value: unknown): string[] | undefined => {
  const read = Array.isArray(value) ? value.filter((line) => typeof line === "string") : [];
  return read.length === 0 ? undefined : read;
};

export const parseMembers = (text: string): JsonObject | undefined => {
  const value = parseJson(text);
  return isJsonObject(value) ? value : undefined;
};
