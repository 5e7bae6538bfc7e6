// The body of an InvokeWithResponseStream answer -> a function's streamed answer: frames and metadata taken away, and
// what InvokeComplete says at its end told as a verdict. Nothing is gathered but the metadata, at most 16 KB.
// https://docs.aws.amazon.com/lambda/latest/api/API_InvokeWithResponseStream.html
import { plainStreamHead, streamHead, type AnswerHead } from "./core/function-answer.js";
import { functionError, type FunctionError } from "./core/function-error.js";
import type { BrokenVerdict, RelayedBody, Sink, Verdict } from "./core/inbound.js";
import { InvokeFrames, type InvokeComplete } from "./core/invoke-frames.js";
import { accept, refuse, type Result } from "./core/result.js";
import { StreamPrelude, type Prelude } from "./core/stream-prelude.js";

/** Why a stream broke; `cause` is absent where the transfer itself broke off. */
export interface StreamFailure {
  readonly verdict: BrokenVerdict;
  readonly cause?: string;
  /** Lambda failed, and not the function. */
  readonly isException?: boolean;
}

/** For the log, once the stream has ended. */
export interface StreamNotes {
  logTail(base64: string): void;
  /** The head had gone out. */
  brokenBy(cause: string): void;
}

export class FunctionStream implements RelayedBody {
  bytes = 0;
  private readonly frames = new InvokeFrames({
    payload: (part) => this.payload(part),
    complete: (completion) => this.complete(completion),
  });
  private prelude: StreamPrelude | undefined = new StreamPrelude();
  private resolveHead: ((head: Result<AnswerHead, StreamFailure>) => void) | undefined;
  /** Content that came before anybody asked for it: what one socket read held. */
  private early: readonly Buffer[] = [];
  private sink: Sink | undefined;
  private isFull = false;
  private hearsDrain = false;
  private drained: (() => void) | undefined;
  private failure: StreamFailure | undefined;
  private verdict: Verdict | undefined;
  private settle: ((verdict: Verdict) => void) | undefined;

  constructor(
    private readonly answer: RelayedBody,
    private readonly notes: StreamNotes,
  ) {}

  /** Reads until it is known how the answer begins, and no further. Refuses a stream that failed before. Call once. */
  head(): Promise<Result<AnswerHead, StreamFailure>> {
    return new Promise((resolve) => {
      this.resolveHead = resolve;
      void this.answer.relay({
        write: (chunk) => this.write(chunk),
        end: () => this.finish(this.frames.isComplete ? "complete" : "truncated"),
        destroy: (verdict) => this.finish(verdict),
        on: (_event, listener) => (this.drained = listener),
      });
    });
  }

  relay(sink: Sink): Promise<Verdict> {
    this.sink = sink;
    const { early } = this;
    this.early = [];
    for (const part of early) this.pass(part);
    if (this.verdict) {
      this.close(sink, this.verdict);
      return Promise.resolve(this.verdict);
    }
    if (!this.isFull) this.drained?.();
    return new Promise((settle) => (this.settle = settle));
  }

  leave(): void {
    this.answer.leave();
  }

  /** false: nobody reads on now. */
  private write(chunk: Buffer): boolean {
    if (this.failure) return true;
    const read = this.frames.push(chunk);
    if (!read.ok) this.fail({ verdict: "truncated", cause: read.denial });
    return this.sink ? !this.isFull : this.prelude !== undefined;
  }

  private payload(part: Buffer): void {
    if (this.failure) return;
    if (!this.prelude) {
      this.pass(part);
      return;
    }
    const known = this.prelude.push(part);
    if (known) this.begin(known);
  }

  private begin({ metadata, rest }: Prelude): void {
    const head = metadata === undefined ? accept(plainStreamHead()) : streamHead(metadata);
    if (head.ok) {
      this.open(head.value, rest);
      return;
    }
    this.prelude = undefined;
    this.fail({ verdict: "function_error", cause: head.denial });
  }

  private open(head: AnswerHead, content: readonly Buffer[]): void {
    this.prelude = undefined;
    this.early = content;
    this.resolveHead?.(accept(head));
    this.resolveHead = undefined;
  }

  private pass(part: Buffer): void {
    const { sink } = this;
    if (!sink) {
      this.early = [...this.early, part];
      return;
    }
    this.bytes += part.length;
    this.isFull = !sink.write(part);
    if (!this.isFull || this.hearsDrain) return;
    this.hearsDrain = true;
    sink.on("drain", () => {
      this.isFull = false;
      this.drained?.();
    });
  }

  private complete({ errorCode, errorDetails = "", logResult, isException }: InvokeComplete): void {
    if (logResult !== undefined) this.notes.logTail(logResult);
    if (errorCode === undefined) return;
    const { verdict, cause }: FunctionError = functionError(errorDetails, errorCode);
    this.failure = isException ? { verdict: "truncated", cause, isException } : { verdict, cause };
  }

  /** Nothing more is wanted of this answer. */
  private fail(failure: StreamFailure): void {
    this.failure = failure;
    this.answer.leave();
  }

  private finish(ended: Verdict): void {
    const verdict = this.failure?.verdict ?? ended;
    // What may still become metadata is content once the stream ends: no head is read here that could fail.
    if (this.prelude && verdict === "complete") this.open(plainStreamHead(), this.prelude.end().rest);
    this.verdict = verdict;
    if (this.resolveHead && verdict !== "complete") this.resolveHead(refuse(this.failure ?? { verdict }));
    else if (this.failure?.cause !== undefined) this.notes.brokenBy(this.failure.cause);
    if (this.sink) this.close(this.sink, verdict);
    this.settle?.(verdict);
  }

  private close(sink: Sink, verdict: Verdict): void {
    if (verdict === "complete") sink.end([]);
    else sink.destroy(verdict);
  }
}
