// One call in the Runtime API: the event as the runtime gets it, and the one answer that it may give: whole, streamed, or
// an error. https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html#runtimes-api-next
import type { IncomingMessage, ServerResponse } from "node:http";
import {
  type AnswerPart,
  type FromEnvironment,
  type FunctionError,
  RESPONSE_LIMIT,
  type ToEnvironment,
} from "./invocation.js";
import { readFunctionError, readWhole, sendAccepted, sendError } from "./runtime-api-answers.js";
import { relayStream } from "./runtime-api-stream.js";

export type Invoke = Extract<ToEnvironment, { type: "invoke" }>;
export type Received = (message: FromEnvironment, body: Buffer) => void;
type Outcome = Extract<AnswerPart, { type: "payload" | "streamed" | "failed" }>;

const NOTHING = Buffer.alloc(0);

export class RuntimeCall {
  readonly requestId: string;
  readonly deadlineMs: number;
  readonly functionArn: string;
  readonly #invoke: Invoke;
  readonly #event: Buffer;
  readonly #received: Received;
  #state: "waiting" | "taken" | "answering" | "answered" = "waiting";
  #outcome: readonly [Outcome, Buffer] | undefined;
  #chunkTaken: () => void = () => undefined;

  /** `functionArn` is the one that was invoked. */
  constructor(invoke: Invoke, event: Buffer, functionArn: string, received: Received) {
    this.requestId = invoke.requestId;
    this.deadlineMs = Date.now() + invoke.remainingMs;
    this.functionArn = functionArn;
    this.#invoke = invoke;
    this.#event = event;
    this.#received = received;
  }

  get isWaiting(): boolean {
    return this.#state === "waiting";
  }

  /** The runtime has the event and owes an answer. */
  get isOwed(): boolean {
    return this.#state === "taken" || this.#state === "answering";
  }

  /** What it came to, with its body, once that is known. */
  get outcome(): readonly [Outcome, Buffer] | undefined {
    return this.#outcome;
  }

  /** The other side has taken what was streamed last. */
  chunkTaken(): void {
    this.#chunkTaken();
  }

  deliver(res: ServerResponse): void {
    this.#state = "taken";
    const { requestId, traceId, clientContext } = this.#invoke;
    res.writeHead(200, {
      "content-type": "application/json",
      "content-length": this.#event.length,
      "lambda-runtime-aws-request-id": requestId,
      "lambda-runtime-deadline-ms": String(this.deadlineMs),
      "lambda-runtime-invoked-function-arn": this.functionArn,
      "lambda-runtime-trace-id": traceId,
      ...(clientContext !== undefined && { "lambda-runtime-client-context": asciiJson(clientContext) }),
    });
    res.end(this.#event);
  }

  async answer(
    kind: "response" | "error",
    requestId: string,
    req: IncomingMessage,
    res: ServerResponse,
  ): Promise<void> {
    if (this.#state !== "taken") {
      sendError(res, 403, "InvalidStateTransition", "no call waits for an answer of this runtime");
      return;
    }
    if (requestId !== this.requestId) {
      sendError(res, 400, "InvalidRequestID", "Invalid request ID");
      return;
    }
    const mode = req.headers["lambda-runtime-function-response-mode"];
    if (mode !== undefined && mode !== "streaming") {
      sendError(res, 400, "InvalidFunctionResponseMode", "Invalid function response mode");
      return;
    }
    this.#state = "answering";
    if (mode === "streaming" && kind === "response") await this.#takeStream(req, res);
    else await this.#takeWhole(kind, req, res);
  }

  async #takeWhole(kind: "response" | "error", req: IncomingMessage, res: ServerResponse): Promise<void> {
    const body = await readWhole(req, RESPONSE_LIMIT);
    if (body.ok) {
      if (kind === "error") this.#failed(readFunctionError(errorTypeOf(req), body.value.toString("utf8")));
      else this.#settle({ type: "payload", requestId: this.requestId }, body.value);
      sendAccepted(res);
    } else if (body.denial === "too large") {
      this.#failed({
        errorType: "Function.ResponseSizeTooLarge",
        errorMessage: `Response payload size ${limit}`,
      });
      sendError(res, 413, "RequestEntityTooLarge", `The payload size ${limit}`);
    } else {
      // It may try again.
      this.#state = "taken";
    }
  }

  async #takeStream(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { requestId } = this;
    const error = await relayStream(req, {
      start: (start) => this.#received({ type: "stream-start", requestId, start }, NOTHING),
      chunk: (data) =>
        new Promise((resolve) => {
          this.#chunkTaken = resolve;
          this.#received({ type: "stream-chunk", requestId }, data);
        }),
    });
    if (error === undefined) {
      this.#received({ type: "stream-end", requestId }, NOTHING);
      this.#settle({ type: "streamed", requestId });
    } else this.#failed(error);
    sendAccepted(res);
  }

  #failed(error: FunctionError): void {
    this.#settle({ type: "failed", requestId: this.requestId, error });
  }

  #settle(outcome: Outcome, body: Buffer = NOTHING): void {
    this.#state = "answered";
    this.#outcome = [outcome, body];
  }
}

const limit = `exceeded maximum allowed payload size (${RESPONSE_LIMIT} bytes).`;

export const errorTypeOf = (req: IncomingMessage): string | undefined =>
  req.headers["lambda-runtime-function-error-type"]?.toString();

/** A header holds no other characters, and JSON has an escape for each. */
const asciiJson = (json: string): string =>
  json.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
