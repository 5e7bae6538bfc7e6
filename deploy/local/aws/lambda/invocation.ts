// What the twin and the process of an execution environment say to each other, and what a call of a function comes to.

/** The fields of Lambda's `context` object that are data. */
export interface InvocationContext {
  readonly functionName: string;
  readonly functionVersion: string;
  readonly invokedFunctionArn: string;
  readonly memoryLimitInMB: string;
  readonly logGroupName: string;
  readonly logStreamName: string;
  readonly callbackWaitsForEmptyEventLoop?: boolean;
}

export interface Invocation {
  readonly requestId: string;
  readonly traceId: string;
  /** The event as JSON text, as a function gets it from Lambda. */
  readonly event: string;
  /** What the Invoke API's caller named; absent on a function URL, which has one qualifier. */
  readonly invoked?: { readonly arn: string; readonly version: string };
  /** `X-Amz-Client-Context` decoded: JSON text, the function's `context.clientContext`. */
  readonly clientContext?: string;
}

/** A fault in Lambda's words: `Runtime.ExitError`, `Sandbox.Timedout`, or the name of what a handler threw. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  /** The stack, a line each; only of what a handler threw. */
  readonly trace?: readonly string[];
}

export type InvocationOutcome =
  /** A buffered handler's return value as JSON text. */
  | { readonly kind: "payload"; readonly payload: string }
  /** A streaming handler is done; its answer went to the sink. */
  | { readonly kind: "streamed" }
  | ({ readonly kind: "failed" } & FunctionError);

/** How a streamed answer starts: with `HttpResponseStream.from`'s metadata (JSON text), or with a content type alone. */
export type StreamStart = { readonly metadata: string } | { readonly contentType: string };

/** Where a streaming handler's answer goes. */
export interface AnswerSink {
  start(start: StreamStart): void;
  /** Resolves when the handler may send more. */
  chunk(data: Uint8Array): Promise<void>;
  end(): void;
}

/** Bytes of JSON that Lambda takes from a buffered handler. */
export const RESPONSE_LIMIT = 6_291_556;

export const responseTooLarge = (limit: number): FunctionError => ({
  errorType: "Function.ResponseSizeTooLarge",
  errorMessage: `Response payload size exceeded maximum allowed payload size (${limit} bytes).`,
});

/** Its own content type, by which Lambda's runtime marks a stream that begins with metadata. */
export const WITH_METADATA = "application/vnd.awslambda.http-integration-response";

export const LOG_LEVELS = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LoadInput {
  readonly handlerFile: string;
  /** The exported name, dots for what is inside it. */
  readonly exportPath: string;
  readonly context: InvocationContext;
  readonly logFormat: "JSON" | "Text";
  readonly logLevel: LogLevel;
}

/** With a body in its frame: the event of `invoke`. */
export type ToEnvironment =
  | ({ readonly type: "load" } & LoadInput)
  | ({ readonly type: "invoke"; readonly remainingMs: number } & Omit<Invocation, "event">)
  | { readonly type: "chunk-taken"; readonly requestId: string };

/** With a body in its frame: what is streamed, the payload, the text of a `log`. */
export type FromEnvironment =
  | { readonly type: "ready" }
  | { readonly type: "init-failed"; readonly error: FunctionError }
  /** The process is about to exit of it. */
  | { readonly type: "crashed"; readonly error: FunctionError }
  | { readonly type: "log"; readonly level: LogLevel; readonly requestId?: string }
  | AnswerPart;

/** What belongs to one call. */
export type AnswerPart =
  | { readonly type: "stream-start"; readonly requestId: string; readonly start: StreamStart }
  | { readonly type: "stream-chunk"; readonly requestId: string }
  | { readonly type: "stream-end"; readonly requestId: string }
  | { readonly type: "payload"; readonly requestId: string }
  | { readonly type: "streamed"; readonly requestId: string }
  | { readonly type: "failed"; readonly requestId: string; readonly error: FunctionError };
