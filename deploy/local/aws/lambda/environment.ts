// One execution environment: a worker thread that runs one call at a time and is used again while it lives. A timeout,
// an exit, a crash or too much memory ends this thread and nothing else. Lambda freezes an idle environment; this
// one lets its timers run on.
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { Worker } from "node:worker_threads";
import type {
  AnswerSink,
  FromWorker,
  FunctionError,
  Invocation,
  InvocationOutcome,
  ToWorker,
  WorkerInput,
} from "./invocation.js";

/** Lambda's own limit for the time before the first call. */
const INIT_TIMEOUT_MS = 10_000;

export interface EnvironmentSpec {
  /** The bundle that build.ts makes. */
  readonly workerFile: string;
  readonly input: WorkerInput;
  readonly environmentVariables: Record<string, string>;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  /** One line that the function printed, with the call it belongs to. */
  readonly printed: (line: string, requestId: string | undefined) => void;
}

interface Call {
  readonly requestId: string;
  readonly sink: AnswerSink;
  readonly settle: (outcome: InvocationOutcome) => void;
}

export class Environment {
  readonly #spec: EnvironmentSpec;
  readonly #worker: Worker;
  readonly #ready: Promise<void>;
  #settleReady: () => void = () => undefined;
  #call: Call | undefined;
  #lastRequestId: string | undefined;
  #causeOfDeath: FunctionError | undefined;
  #alive = true;

  constructor(spec: EnvironmentSpec) {
    this.#spec = spec;
    this.#worker = new Worker(spec.workerFile, {
      workerData: spec.input,
      env: spec.environmentVariables,
      // Not the twin's own flags: a function runs without its TypeScript loader.
      execArgv: [],
      argv: [],
      resourceLimits: { maxOldGenerationSizeMb: spec.memoryMb },
      stdout: true,
      stderr: true,
    });
    this.#ready = this.#initialise();
    this.#worker.on("message", (message: FromWorker) => this.#receive(message));
    this.#worker.on("error", (error: unknown) => this.#die(describeCrash(error)));
    this.#worker.on("exit", (code) => this.#buried(code));
    for (const output of [this.#worker.stdout, this.#worker.stderr]) this.#forwardLines(output);
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** Never rejects: whatever a function does is an outcome. One call at a time. */
  async invoke(invocation: Invocation, sink: AnswerSink): Promise<InvocationOutcome> {
    if (this.#call !== undefined) throw new Error("an execution environment runs one call at a time");
    const { requestId } = invocation;
    this.#lastRequestId = requestId;
    const outcome = new Promise<InvocationOutcome>((settle) => (this.#call = { requestId, sink, settle }));
    await this.#ready;
    if (this.#causeOfDeath !== undefined) {
      this.#settle({ kind: "failed", ...this.#causeOfDeath });
      return outcome;
    }
    const { timeoutSeconds } = this.#spec;
    const timer = setTimeout(() => this.#die(timedOut(timeoutSeconds)), timeoutSeconds * 1000);
    this.#post({ type: "invoke", ...invocation, remainingMs: timeoutSeconds * 1000 });
    return outcome.finally(() => clearTimeout(timer));
  }

  async destroy(): Promise<void> {
    this.#die({ errorType: "Runtime.ExitError", errorMessage: "the twin is closing" });
    await this.#worker.terminate();
  }

  /** Resolves when the handler is loaded, or when the environment has died before. */
  #initialise(): Promise<void> {
    const timer = setTimeout(() => this.#die(INIT_TIMED_OUT), INIT_TIMEOUT_MS);
    const ready = new Promise<void>((resolve) => (this.#settleReady = resolve));
    return ready.finally(() => clearTimeout(timer));
  }

  #receive(message: FromWorker): void {
    if (message.type === "ready") this.#settleReady();
    else if (message.type === "init-failed") this.#die(message.error);
    // What is left of an earlier call may still come; it belongs to nobody.
    else if (this.#call?.requestId === message.requestId) this.#receiveAnswer(this.#call, message);
  }

  #receiveAnswer(call: Call, message: Extract<FromWorker, { requestId: string }>): void {
    switch (message.type) {
      case "stream-start":
        call.sink.start(message.start);
        break;
      case "stream-chunk":
        void call.sink.chunk(message.data).then(() => {
          this.#post({ type: "chunk-taken", requestId: call.requestId });
        });
        break;
      case "stream-end":
        call.sink.end();
        break;
      case "outcome":
        this.#settle(message.outcome);
        break;
    }
  }

  #settle(outcome: InvocationOutcome): void {
    const call = this.#call;
    this.#call = undefined;
    call?.settle(outcome);
  }

  /** The first cause counts; the call it ends is told at once, the thread goes as soon as it can. */
  #die(cause: FunctionError): void {
    this.#alive = false;
    this.#causeOfDeath ??= cause;
    this.#settleReady();
    this.#settle({ kind: "failed", ...this.#causeOfDeath });
    void this.#worker.terminate();
  }

  #buried(code: number): void {
    this.#die({
      errorType: "Runtime.ExitError",
      errorMessage: `Runtime exited with error: exit status ${code}`,
    });
  }

  #post(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  #forwardLines(output: Readable): void {
    createInterface({ input: output }).on("line", (line) => this.#spec.printed(line, this.#lastRequestId));
  }
}

const timedOut = (seconds: number): FunctionError => ({
  errorType: "Sandbox.Timedout",
  errorMessage: `Task timed out after ${seconds.toFixed(2)} seconds`,
});

const INIT_TIMED_OUT: FunctionError = {
  errorType: "Sandbox.Timedout",
  errorMessage: `Init timed out after ${INIT_TIMEOUT_MS / 1000} seconds`,
};

/** Told by shape: what a thread throws may be anything, and its errors are of another realm. */
const describeCrash = (error: unknown): FunctionError => {
  if (typeof error !== "object" || error === null)
    return { errorType: typeof error, errorMessage: String(error) };
  const { name = "Error", code, stack, message = "" } = error as Partial<NodeJS.ErrnoException>;
  const errorType = code === "ERR_WORKER_OUT_OF_MEMORY" ? "Runtime.OutOfMemory" : `Runtime.${name}`;
  return { errorType, errorMessage: stack ?? message };
};
