// What an Invoke caller gets of a call: the function's payload whole, or in frames as it comes, and a function's error
// as JSON beside a 200. https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_ResponseSyntax
import type { ServerResponse } from "node:http";
import { drained, STREAM_LIMIT } from "./answer-sink.js";
import { EVENT_STREAM, invokeComplete, payloadChunk } from "./event-stream.js";
import {
  type AnswerSink,
  type FunctionError,
  type InvocationOutcome,
  RESPONSE_LIMIT,
  responseTooLarge,
  type StreamStart,
} from "./invocation.js";
import { type AnswerIds, type HeaderField, idHeaders } from "./refusal.js";

/** Lambda's runtime writes a stream's metadata into the stream; here nobody takes it out again. */
const preludeOf = (start: StreamStart): Buffer | undefined =>
  "metadata" in start ? Buffer.concat([Buffer.from(start.metadata), Buffer.alloc(8)]) : undefined;

/** As the payload of a call that failed: what was thrown, or what befell the environment. */
export const errorDocument = (
  { errorType, errorMessage, trace }: FunctionError,
  requestId: string,
): string => {
  const befell = /^(?:Runtime|Sandbox)\./.test(errorType) && trace === undefined;
  return JSON.stringify({
    errorType,
    errorMessage: befell ? `RequestId: ${requestId} Error: ${errorMessage}` : errorMessage,
    ...(trace === undefined ? {} : { trace }),
  });
};

export interface WholePayload extends AnswerSink {
  /** The payload of a call that came to this, or why there is none. */
  of(outcome: InvocationOutcome): Buffer | FunctionError;
}

/** Gathers what a streaming handler writes; Invoke gives it as one. */
export const wholePayload = (): WholePayload => {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const add = (data: Uint8Array): void => {
    bytes += data.length;
    if (bytes <= RESPONSE_LIMIT) chunks.push(data);
  };
  return {
    start: (start) => add(preludeOf(start) ?? Buffer.alloc(0)),
    chunk: (data) => {
      add(data);
      return Promise.resolve();
    },
    end: () => undefined,
    of: (outcome) => {
      if (outcome.kind === "failed") return outcome;
      if (outcome.kind === "payload") add(Buffer.from(outcome.payload));
      return bytes > RESPONSE_LIMIT ? responseTooLarge(RESPONSE_LIMIT) : Buffer.concat(chunks);
    },
  };
};

export interface InvokeHead extends AnswerIds {
  readonly version: string;
}

const headersOf = (head: InvokeHead, contentType: string): HeaderField[] => [
  ...idHeaders(head),
  ["content-type", contentType],
  ["x-amz-executed-version", head.version],
];

export const sendWhole = (
  res: ServerResponse,
  head: InvokeHead,
  answer: Buffer | FunctionError,
  logResult: string | undefined,
): void => {
  const failed = !Buffer.isBuffer(answer);
  const body = failed ? Buffer.from(errorDocument(answer, head.requestId)) : answer;
  const headers = headersOf(head, "application/json");
  if (failed) headers.push(["x-amz-function-error", "Unhandled"]);
  if (logResult !== undefined) headers.push(["x-amz-log-result", logResult]);
  res.writeHead(200, [...headers.flat(), "content-length", String(body.length)]).end(body);
};

export interface FramedAnswer extends AnswerSink {
  /** The last frame. */
  complete(outcome: InvocationOutcome, logResult: string | undefined): Promise<void>;
}

/** A caller that leaves stops nothing. */
export const sendFrames = (res: ServerResponse, head: InvokeHead, limit = STREAM_LIMIT): FramedAnswer => {
  let bytes = 0;
  const write = async (data: Uint8Array): Promise<void> => {
    bytes += data.length;
    if (res.destroyed || bytes > limit) return;
    if (!res.headersSent) res.writeHead(200, headersOf(head, EVENT_STREAM).flat());
    if (data.length > 0 && !res.write(payloadChunk(data))) await drained(res);
  };
  return {
    start: (start) => void write(preludeOf(start) ?? Buffer.alloc(0)),
    chunk: write,
    end: () => undefined,
    complete: async (outcome, logResult) => {
      await write(outcome.kind === "payload" ? Buffer.from(outcome.payload) : Buffer.alloc(0));
      const error = bytes > limit ? responseTooLarge(limit) : outcome.kind === "failed" ? outcome : undefined;
      const LogResult = logResult === undefined ? {} : { LogResult: logResult };
      if (!res.destroyed) res.end(invokeComplete({ ...errorFields(error, head.requestId), ...LogResult }));
    },
  };
};

const errorFields = (error: FunctionError | undefined, requestId: string) =>
  error === undefined ? {} : { ErrorCode: error.errorType, ErrorDetails: errorDocument(error, requestId) };
