// How a function URL says no: status, `x-amzn-errortype` and a JSON body whose one letter differs by error type.
import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import { endWithRequest } from "../end-with-request.js";
import type { AwsError, Refused } from "../model.js";
import { newTraceId } from "../trace-id.js";

export const refused = (status: number, type: string, message: string): Refused => ({
  ok: false,
  error: { status, type, message },
});

export type HeaderField = readonly [name: string, value: string];

export interface AnswerIds {
  readonly requestId: string;
  readonly traceId: string;
}

/** `now` is epoch milliseconds. */
export const newAnswerIds = (now: number): AnswerIds => ({
  ...{ requestId: randomUUID(), traceId: newTraceId(now) },
});

/** Stand on every answer. */
export const idHeaders = ({ requestId, traceId }: AnswerIds): [string, string][] => [
  ["x-amzn-requestid", requestId],
  ["x-amzn-trace-id", traceId],
];

const send = (res: ServerResponse, status: number, headers: [string, string][], body: string): void => {
  if (res.destroyed || res.headersSent) return;
  const length: [string, string] = ["content-length", String(Buffer.byteLength(body))];
  res.writeHead(status, [...headers, ["content-type", "application/json"] as const, length].flat());
  endWithRequest(res, body);
};

const CAPITAL_MESSAGE = new Set(["AccessDeniedException", "ResourceNotFoundException"]);

const bodyOf = ({ type, message, reason }: AwsError): Record<string, string> => ({
  ...(reason === undefined ? {} : { Reason: reason, Type: "User" }),
  ...(CAPITAL_MESSAGE.has(type) ? { Message: message } : { message }),
});

export const sendRefusal = (res: ServerResponse, ids: AnswerIds, error: AwsError): void => {
  // A request that was refused before its end is the last one of its connection.
  const close: [string, string][] = res.req.complete ? [] : [["connection", "close"]];
  const headers: [string, string][] = [...idHeaders(ids), ["x-amzn-errortype", error.type], ...close];
  send(res, error.status, headers, JSON.stringify(bodyOf(error)));
};

/** A line for the terminal: which answer was refused, and why. */
export const describeRefusal = (
  { status, type, message, reason, cause }: AwsError,
  { requestId }: AnswerIds,
): string => `${status} ${type}: ${cause ?? reason ?? message} (request ${requestId})`;

/**
 * The function failed before its answer had begun: a crash, an illegal answer, a timeout (whose status AWS documents
 * nowhere; 502 is what is seen). The text is AWS's own and no JSON, whatever its content type says.
 */
export const sendFunctionFailure = (res: ServerResponse, ids: AnswerIds): void =>
  send(res, 502, idHeaders(ids), "Internal Server Error");

/** The function failed after its head was sent: what was written goes out, and then never a clean end. */
export const breakOff = (res: ServerResponse): void => {
  // destroySoon leaves out the last chunk's mark, so that a client sees a broken transfer.
  res.socket?.destroySoon();
};
