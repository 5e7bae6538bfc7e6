// What an execution environment and its worker thread say to each other, and what a call of a function comes to.

/** The fields of Lambda's `context` object that are data. */
export interface InvocationContext {
  readonly functionName: string;
  readonly functionVersion: string;
  readonly invokedFunctionArn: string;
  readonly memoryLimitInMB: string;
  readonly logGroupName: string;
  readonly logStreamName: string;
}

export interface Invocation {
  readonly requestId: string;
  readonly traceId: string;
  /** The event as JSON text, as a function gets it from Lambda. */
  readonly event: string;
}

/** A fault in Lambda's words: `Runtime.ExitError`, `Sandbox.Timedout`, or the name of what a handler threw. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
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

export interface WorkerInput {
  readonly handlerFile: string;
  /** The exported name, dots for what is inside it. */
  readonly exportPath: string;
  readonly context: InvocationContext;
}

export type ToWorker =
  | ({ readonly type: "invoke"; readonly remainingMs: number } & Invocation)
  | { readonly type: "chunk-taken"; readonly requestId: string };

export type FromWorker =
  | { readonly type: "ready" }
  | { readonly type: "init-failed"; readonly error: FunctionError }
  | { readonly type: "stream-start"; readonly requestId: string; readonly start: StreamStart }
  | { readonly type: "stream-chunk"; readonly requestId: string; readonly data: Uint8Array }
  | { readonly type: "stream-end"; readonly requestId: string }
  | { readonly type: "outcome"; readonly requestId: string; readonly outcome: InvocationOutcome };
