// One execution environment: a process that runs one call at a time and is used again while it lives; between calls it
// is stopped, so that what a handler left behind goes on with the next call, as on Lambda. A timeout, an exit, a crash
// or too much memory ends this process and nothing else.
import { exited, initTimedOut, outOfMemory, timedOut, twinCloses } from "./death.js";
import { EnvironmentLog, type PrintedLine } from "./environment-log.js";
import { EnvironmentProcess } from "./environment-process.js";
import type { FunctionProcess, ProcessSettings } from "./function-process.js";
import type {
  AnswerPart,
  AnswerSink,
  FromEnvironment,
  FunctionError,
  Invocation,
  InvocationOutcome,
  LoadInput,
} from "./invocation.js";
import type { Exit } from "./process-group.js";
import { RuntimeApiProcess, type RuntimeProgram } from "./runtime-api-process.js";
import type { StartGate } from "./start-gate.js";

/** Lambda's own limit for the time before the first call. */
const INIT_TIMEOUT_SECONDS = 10;
/** How often the memory of a running function is looked at; its peak counts, so nothing is missed in between. */
const MEMORY_INTERVAL_MS = 100;

export interface EnvironmentSpec extends ProcessSettings {
  readonly load: LoadInput;
  /** A runtime of its own, behind the Runtime API; absent: Lambda's Node runtime. */
  readonly program?: RuntimeProgram;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  /** Lambda's ten if absent. */
  readonly initTimeoutSeconds?: number;
  readonly startGate: StartGate;
  readonly printed: (line: PrintedLine) => void;
}

interface Call {
  readonly requestId: string;
  readonly sink: AnswerSink;
  readonly settle: (outcome: InvocationOutcome) => void;
  /** When the handler was called. */
  startedAt?: number;
}

export class Environment {
  readonly #spec: EnvironmentSpec;
  readonly #log: EnvironmentLog;
  readonly #ready: Promise<void>;
  #settleReady: () => void = () => undefined;
  #process: FunctionProcess | undefined;
  #call: Call | undefined;
  #causeOfDeath: FunctionError | undefined;
  #initMs: number | undefined;

  constructor(spec: EnvironmentSpec) {
    this.#spec = spec;
    this.#log = new EnvironmentLog(spec.printed, spec.load);
    this.#ready = this.#initialise();
  }

  get alive(): boolean {
    return this.#causeOfDeath === undefined && this.#process?.hasEnded !== true;
  }

  /** Never rejects: whatever a function does is an outcome. One call at a time. */
  async invoke(invocation: Invocation, sink: AnswerSink): Promise<InvocationOutcome> {
    if (this.#call !== undefined) throw new Error("an execution environment runs one call at a time");
    const { event, ...rest } = invocation;
    const { requestId } = rest;
    this.#log.follow(requestId);
    let settle: Call["settle"] = () => undefined;
    const outcome = new Promise<InvocationOutcome>((resolve) => (settle = resolve));
    const call: Call = (this.#call = { requestId, sink, settle });
    await this.#ready;
    if (this.#causeOfDeath !== undefined) {
      this.#settle({ kind: "failed", ...this.#causeOfDeath });
      return outcome;
    }
    call.startedAt = performance.now();
    const { timeoutSeconds } = this.#spec;
    const timer = setTimeout(() => this.#die(timedOut(timeoutSeconds)), timeoutSeconds * 1000);
    const unwatchMemory = this.#watchMemory();
    this.#process?.thaw();
    this.#process?.post({ type: "invoke", ...rest, remainingMs: timeoutSeconds * 1000 }, Buffer.from(event));
    return outcome.finally(() => {
      clearTimeout(timer);
      unwatchMemory();
    });
  }

  /** Resolves when the process is gone. */
  async destroy(): Promise<void> {
    if (this.#call === undefined && this.alive) await this.#process?.shutDown();
    this.#die(twinCloses);
    await this.#process?.kill();
  }

  /** Resolves when the handler is loaded, or when the environment has died before. */
  async #initialise(): Promise<void> {
    const ready = new Promise<void>((resolve) => (this.#settleReady = resolve));
    await this.#spec.startGate.enter();
    try {
      if (this.#causeOfDeath !== undefined) return;
      const startedAt = performance.now();
      this.#process = this.#startProcess();
      this.#process.post({ type: "load", ...this.#spec.load });
      const { initTimeoutSeconds: seconds = INIT_TIMEOUT_SECONDS } = this.#spec;
      const timer = setTimeout(() => this.#die(initTimedOut(seconds)), seconds * 1000);
      const unwatchMemory = this.#watchMemory();
      await ready.finally(() => {
        clearTimeout(timer);
        unwatchMemory();
      });
      this.#initMs = performance.now() - startedAt;
    } finally {
      this.#spec.startGate.leave();
    }
  }

  #startProcess(): FunctionProcess {
    const { program, load } = this.#spec;
    const events = {
      received: (message: FromEnvironment, body: Buffer) => this.#receive(message, body),
      printed: (message: string) => this.#log.printRaw(message),
      ended: (exit: Exit) => this.#buried(exit),
    };
    return program === undefined
      ? new EnvironmentProcess(this.#spec, events)
      : new RuntimeApiProcess(this.#spec, program, load.context, events);
  }

  #receive(message: FromEnvironment, body: Buffer): void {
    if (message.type === "ready") this.#settleReady();
    else if (message.type === "init-failed" || message.type === "crashed") this.#die(message.error);
    else if (message.type === "log") {
      const { level, requestId } = message;
      this.#log.print({ message: body.toString("utf8"), level, requestId });
    }
    // What is left of an earlier call may still come; it belongs to nobody.
    else if (this.#call?.requestId === message.requestId) this.#receiveAnswer(this.#call, message, body);
  }

  #receiveAnswer({ requestId, sink }: Call, message: AnswerPart, body: Buffer): void {
    switch (message.type) {
      case "stream-start":
        sink.start(message.start);
        break;
      case "stream-chunk":
        void sink.chunk(body).then(() => this.#process?.post({ type: "chunk-taken", requestId }));
        break;
      case "stream-end":
        sink.end();
        break;
      case "streamed":
        this.#finish({ kind: "streamed" });
        break;
      case "payload":
        this.#finish({ kind: "payload", payload: body.toString("utf8") });
        break;
      case "failed":
        this.#finish({ kind: "failed", ...message.error });
        break;
    }
  }

  /** The handler is done. */
  #finish(outcome: InvocationOutcome): void {
    // Lambda would have ended it in the middle of the call.
    this.#checkMemory();
    if (this.#causeOfDeath !== undefined) return;
    this.#process?.freeze();
    this.#settle(outcome);
  }

  #settle(outcome: InvocationOutcome): void {
    const call = this.#call;
    if (call === undefined) return;
    this.#call = undefined;
    this.#report(call);
    call.settle(outcome);
  }

  #watchMemory(): () => void {
    const timer = setInterval(() => this.#checkMemory(), MEMORY_INTERVAL_MS);
    return () => clearInterval(timer);
  }

  #checkMemory(): void {
    const peakBytes = this.#process?.peakBytes ?? 0;
    if (peakBytes > this.#spec.memoryMb * 1_048_576) this.#die(outOfMemory);
  }

  /** The first cause counts; the call it ends is told at once, the process goes as soon as it can. */
  #die(cause: FunctionError): void {
    if (this.#causeOfDeath !== undefined) return;
    this.#causeOfDeath = cause;
    this.#settle({ kind: "failed", ...cause });
    void this.#process?.kill();
    this.#settleReady();
  }

  #buried(exit: Exit): void {
    this.#die(exited(exit));
  }

  #report({ requestId, startedAt }: Call): void {
    if (startedAt === undefined) return;
    const initMs = this.#initMs;
    this.#initMs = undefined;
    this.#log.report({
      ...{ requestId, initMs, memoryMb: this.#spec.memoryMb },
      durationMs: performance.now() - startedAt,
      peakBytes: this.#process?.peakBytes,
      errorType: this.#causeOfDeath?.errorType,
    });
  }
}
