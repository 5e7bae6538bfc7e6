// One thread (node:worker_threads) that runs a custom authorizer's module, one call at a time as Lambda does. Whatever the
// module does ends this thread at worst: an endless loop, an unhandled rejection, process.exit(), too much memory.
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { accept, refuse, type Result } from "../core/result.js";
import type { AuthorizerSilence, Clock } from "../ports.js";
import { failed, maxAnswerBytes, parseAnswer, thrown } from "./authorizer-answer-text.js";

export interface AuthorizerThread {
  /** Refuses with what is wrong with the module. */
  readonly ready: Promise<Result<undefined, string>>;
  /** Takes no further call. */
  readonly isOver: () => boolean;
  /** One at a time. A call that gets no answer in time ends the thread. */
  call(event: object, timeoutMs: number): Promise<Result<unknown, AuthorizerSilence>>;
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

export function startAuthorizerThread(options: ThreadOptions): AuthorizerThread {
  const { file, name, onLine, clock, startTimeoutMs } = options;
  const worker = new Worker(threadSource, {
    eval: true,
    // Not the gateway's own: a loader or a debugger is not the module's.
    execArgv: [],
    workerData: { url: pathToFileURL(file).href, name, maxAnswerBytes },
    resourceLimits: { maxOldGenerationSizeMb },
    stdout: true,
    stderr: true,
  });
  // Idle threads do not keep the process.
  worker.unref();
  relayLines(worker, onLine);

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
    void worker.terminate();
  }

  worker.on("message", (message: Message) => {
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
  });
  worker.on("error", (error) =>
    over(`its thread ended: ${error instanceof Error ? error.message : "no reason"}`),
  );
  worker.on("exit", () => over("its thread ended"));

  return {
    ready,
    isOver: () => isOver,
    call: (event, timeoutMs) =>
      new Promise((resolve) => {
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
        worker.postMessage({ id, event: JSON.stringify(event), deadline: clock() + timeoutMs });
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
  for (const stream of [worker.stdout, worker.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      for (const line of text.split("\n")) if (line !== "") onLine(line.slice(0, maxLineLength));
    });
  }
}

/**
 * JavaScript as it stands, so that it needs no file of its own beside the compiled gateway. The handler may be async, give
 * a promise, call its callback or `context.done`, as the Node runtimes of Lambda have had it.
 */
const threadSource = `"use strict";
const { parentPort, workerData } = require("node:worker_threads");
const { name, url, maxAnswerBytes } = workerData;
const asText = (value) => (typeof value === "string" ? value : "no text");
const typeOf = (error) => (error instanceof Error ? asText(error.name) : "a value that is no Error");
const messageOf = (error) => asText(error && typeof error === "object" ? error.message : error);

function contextFor(id, deadline, settle) {
  return {
    awsRequestId: String(id), functionName: name, functionVersion: "$LATEST", invokedFunctionArn: name,
    memoryLimitInMB: "256", logGroupName: name, logStreamName: name, callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
    done: (error, value) => settle(error, value), fail: (error) => settle(error || "failed"),
    succeed: (value) => settle(null, value),
  };
}

function run(handler, { id, event, deadline }) {
  const settle = (error, value) => {
    if (error !== null && error !== undefined) {
      parentPort.postMessage({ kind: "thrown", id, type: typeOf(error).slice(0, 100), message: messageOf(error).slice(0, 1000) });
      return;
    }
    let text;
    try {
      text = JSON.stringify(value === undefined ? null : value);
    } catch (fault) {
      return settle(fault);
    }
    if (text === undefined) return settle(new TypeError("the answer has no form in JSON"));
    if (Buffer.byteLength(text) > maxAnswerBytes) return settle(new RangeError("the answer has more than " + maxAnswerBytes + " bytes"));
    parentPort.postMessage({ kind: "answer", id, text });
  };
  try {
    const given = handler(JSON.parse(event), contextFor(id, deadline, settle), settle);
    if (given && typeof given.then === "function") {
      given.then((value) => settle(null, value), (error) => settle(error === null || error === undefined ? "rejected" : error));
    }
  } catch (error) {
    settle(error === null || error === undefined ? "thrown" : error);
  }
}

import(url).then(
  (module) => {
    const other = module.default;
    const handler = [module.handler, other && other.handler, other].find((each) => typeof each === "function");
    if (!handler) return parentPort.postMessage({ kind: "fault", fault: "it exports no function named handler, nor one as default" });
    parentPort.on("message", (call) => run(handler, call));
    parentPort.postMessage({ kind: "ready" });
  },
  (error) => parentPort.postMessage({ kind: "fault", fault: "it cannot be loaded: " + messageOf(error).slice(0, 1000) }),
);
`;
