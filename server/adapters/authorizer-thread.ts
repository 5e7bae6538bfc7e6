// One thread (node:worker_threads) that runs a custom authorizer's module, one call at a time as Lambda does. Whatever the
// module does ends this thread at worst: an endless loop, an unhandled rejection, process.exit(), too much memory.
import { pathToFileURL } from "node:url";
import { MessageChannel, receiveMessageOnPort, Worker } from "node:worker_threads";
import { withoutSecrets } from "../core/authorizer-secrets.js";
import { accept, refuse, type Result } from "../core/result.js";
import type { AuthorizerSilence, Clock } from "../ports.js";
import { failed, maxAnswerBytes, parseAnswer, thrown } from "./authorizer-answer-text.js";
import { threadSource } from "./authorizer-thread-source.js";

export interface ModuleCall {
  readonly event: object;
  readonly timeoutMs: number;
  /** What the module may print meanwhile, and the log does not get. */
  readonly secrets: readonly string[];
}

export interface AuthorizerThread {
  /** Refuses with what is wrong with the module. */
  readonly ready: Promise<Result<undefined, string>>;
  /** Takes no further call. */
  readonly isOver: () => boolean;
  /** One at a time. A call that gets no answer in time ends the thread. */
  call(call: ModuleCall): Promise<Result<unknown, AuthorizerSilence>>;
  end(): void;
}

export interface ThreadOptions {
  /** Absolute path of the module. */
  readonly file: string;
  readonly name: string;
  readonly onLine: (line: string) => void;
  readonly clock: Clock;
  readonly startTimeoutMs: number;
}

/** What the thread says. */
type Message =
  | { readonly kind: "ready" }
  | { readonly kind: "fault"; readonly fault: string }
  | { readonly kind: "answer"; readonly id: number; readonly text: string }
  | { readonly kind: "thrown"; readonly id: number; readonly type: string; readonly message: string };

const maxOldGenerationSizeMb = 256;
/** What a call prints may come after its answer. */
const rememberedCalls = 4;

export function startAuthorizerThread(options: ThreadOptions): AuthorizerThread {
  const { file, name, onLine, clock, startTimeoutMs } = options;
  // Not the worker's own port, which is the module's to use as it likes.
  const { port1: port, port2 } = new MessageChannel();
  const worker = new Worker(threadSource, {
    eval: true,
    // Not the gateway's own: a loader or a debugger is not the module's.
    execArgv: [],
    workerData: { url: pathToFileURL(file).href, name, maxAnswerBytes, port: port2 },
    transferList: [port2],
    resourceLimits: { maxOldGenerationSizeMb },
    stdout: true,
    stderr: true,
  });
  const lastSecrets: (readonly string[])[] = [];
  relayLines(worker, (line) => onLine(withoutSecrets(line, lastSecrets.flat())));

  let isOver = false;
  let callId = 0;
  let waiting: { readonly id: number; readonly settle: (message: Message) => void } | undefined;
  let begin: (ready: Result<undefined, string>) => void = () => undefined;
  const ready = new Promise<Result<undefined, string>>((resolve) => (begin = resolve));
  const startTimer = setTimeout(() => over("it was not loaded in time"), startTimeoutMs).unref();

  function over(fault: string): void {
    isOver = true;
    clearTimeout(startTimer);
    begin(refuse(fault));
    waiting?.settle({ kind: "fault", fault });
    waiting = undefined;
    port.close();
    void worker.terminate();
  }

  function hear(message: Message): void {
    if (message.kind === "ready") {
      clearTimeout(startTimer);
      begin(accept(undefined));
    } else if (message.kind === "fault") {
      over(message.fault);
    } else if (message.id === waiting?.id) {
      // A module may answer twice, or after its time: only the first answer to this call counts.
      waiting.settle(message);
      waiting = undefined;
    }
  }

  port.on("message", hear);
  worker.on("error", (error) =>
    over(`its thread ended: ${error instanceof Error ? error.message : "no reason"}`),
  );
  worker.on("exit", () => {
    // What it said with its last breath may not have been heard yet.
    for (let last = receiveMessageOnPort(port); last; last = receiveMessageOnPort(port))
      hear(last.message as Message);
    over("its thread ended");
  });
  // Idle threads do not keep the process.
  worker.unref();
  port.unref();

  return {
    ready,
    isOver: () => isOver,
    call: ({ event, timeoutMs, secrets }) =>
      new Promise((resolve) => {
        lastSecrets.splice(rememberedCalls - 1);
        lastSecrets.unshift(secrets);
        const timer = setTimeout(() => over("it gave no answer in time"), timeoutMs);
        const id = ++callId;
        const settle = (message: Message): void => {
          clearTimeout(timer);
          resolve(answerOf(message));
        };
        if (isOver) {
          settle({ kind: "fault", fault: "its thread ended" });
          return;
        }
        waiting = { id, settle };
        port.postMessage({ id, event: JSON.stringify(event), deadline: clock() + timeoutMs });
      }),
    end: () => over("the gateway goes down"),
  };
}

function answerOf(message: Message): Result<unknown, AuthorizerSilence> {
  switch (message.kind) {
    case "answer":
      return parseAnswer(message.text);
    case "thrown":
      return thrown(message.type, message.message);
    case "fault":
      return failed(message.fault);
    case "ready":
      return failed("it gave no answer");
  }
}

const maxLineLength = 1024;

/** What the module prints is the gateway's log's, not its output's: that is read as JSON. */
function relayLines(worker: Worker, onLine: (line: string) => void): void {
  const tell = (line: string): void => (line === "" ? undefined : onLine(line.slice(0, maxLineLength)));
  for (const stream of [worker.stdout, worker.stderr]) {
    let unfinished = "";
    stream.setEncoding("utf8").on("data", (text: string) => {
      const lines = `${unfinished}${text}`.split("\n");
      unfinished = (lines.pop() ?? "").slice(0, maxLineLength);
      lines.forEach(tell);
    });
    stream.on("end", () => tell(unfinished));
  }
}
