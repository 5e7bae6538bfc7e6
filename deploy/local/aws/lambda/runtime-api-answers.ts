// How the Runtime API and the Extensions API answer: JSON, and the error types that clients know them by.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
import type { IncomingMessage, ServerResponse } from "node:http";
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

export const sendError = (
  res: ServerResponse,
  status: 400 | 403 | 404 | 413,
  errorType: string,
  errorMessage: string,
  // What is left of a body that nobody reads must not be taken for the next request.
): void => sendJson(res, status, { errorType, errorMessage }, status === 413 ? { connection: "close" } : {});

/** The whole body, or why there is none. */
export const readWhole = async (
  req: IncomingMessage,
  limit: number,
): Promise<Buffer | "too large" | "truncated"> => {
  const pieces: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const piece of req.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      bytes += piece.length;
      if (bytes > limit) return "too large";
      pieces.push(piece);
    }
  } catch {
    return "truncated";
  }
  return Buffer.concat(pieces);
};

/** What a runtime tells of a failure: its JSON, else its type and the text that it sent. */
export const readFunctionError = (type: string | undefined, text: string): FunctionError => {
  const body = parseMembers(text);
  const errorType = typeof body?.errorType === "string" ? body.errorType : (type ?? "Function.Unknown");
  const errorMessage = typeof body?.errorMessage === "string" ? body.errorMessage : body ? "" : text;
  // Node's runtime names its lines `trace`, with the error in the first; the others do without.
  const trace =
    lines(body?.trace) ?? lines(body?.stackTrace)?.toSpliced(0, 0, `${errorType}: ${errorMessage}`);
  return { errorType, errorMessage, ...(trace && { trace }) };
};

const lines = (value: unknown): string[] | undefined => {
  const read = Array.isArray(value) ? value.filter((line) => typeof line === "string") : [];
  return read.length === 0 ? undefined : read;
};

export const parseMembers = (text: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
};
