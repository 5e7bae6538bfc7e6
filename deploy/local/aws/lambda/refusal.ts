// How a function URL says no: status, `x-amzn-errortype` and a JSON body whose one letter differs by error type.
import type { ServerResponse } from "node:http";
import type { AwsError } from "../model.js";

export interface AnswerIds {
  readonly requestId: string;
  readonly traceId: string;
}

/** Stand on every answer. */
export const idHeaders = ({ requestId, traceId }: AnswerIds): [string, string][] => [
  ["x-amzn-requestid", requestId],
  ["x-amzn-trace-id", traceId],
];

const send = (res: ServerResponse, status: number, headers: [string, string][], body: string): void => {
  if (res.destroyed || res.headersSent) return;
  const length: [string, string] = ["content-length", String(Buffer.byteLength(body))];
  res.writeHead(status, [...headers, ["content-type", "application/json"] as const, length].flat());
  res.end(body);
};

const bodyOf = ({ type, message }: AwsError): Record<string, string> =>
  type === "AccessDeniedException" ? { Message: message } : { message };

/** `extra` are further members of the body. */
export const sendRefusal = (
  res: ServerResponse,
  ids: AnswerIds,
  error: AwsError,
  extra: Readonly<Record<string, string>> = {},
): void => {
  // A request that was refused before its end is not read further on this connection.
  const close: [string, string][] = res.req.complete ? [] : [["connection", "close"]];
  const headers: [string, string][] = [...idHeaders(ids), ["x-amzn-errortype", error.type], ...close];
  send(res, error.status, headers, JSON.stringify({ ...extra, ...bodyOf(error) }));
};

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
