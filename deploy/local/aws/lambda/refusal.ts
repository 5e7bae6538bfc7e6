// How a function URL says no: status, `x-amzn-errortype` and a JSON body whose one letter differs by error type.
import { randomBytes, randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import type { AwsError, Refused } from "../model.js";

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
export const newAnswerIds = (now: number): AnswerIds => {
  const seconds = Math.floor(now / 1000)
    .toString(16)
    .padStart(8, "0");
  return { requestId: randomUUID(), traceId: `Root=1-${seconds}-${randomBytes(12).toString("hex")}` };
};

/** Stand on every answer. */
export const idHeaders = ({ requestId, traceId }: AnswerIds): [string, string][] => [
  ["x-amzn-requestid", requestId],
  ["x-amzn-trace-id", traceId],
];

const send = (res: ServerResponse, status: number, headers: [string, string][], body: string): void => {
  if (res.destroyed || res.headersSent) return;
  const length: [string, string] = ["content-length", String(Buffer.byteLength(body))];
  res.writeHead(status, [...headers, ["content-type", "application/json"] as const, length].flat());
  if (res.req.complete) res.end(body);
  else endWithRequest(res, body);
};

/**
 * A client that is still sending would be cut off, and lose the answer, if the connection closed now. What it sends is
 * thrown away, for as long as the server lets a request last.
 */
const endWithRequest = (res: ServerResponse, body: string): void => {
  res.write(body);
  res.req.resume().once("close", () => res.end());
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
