// The inside of an execution environment: the entry of a worker thread that loads one handler and runs one call at a
// time. It is bundled at start (see build.ts), so that it runs without any loader, as a function does on Lambda.
import { finished } from "node:stream/promises";
import { parentPort, workerData } from "node:worker_threads";
import type { FromWorker, InvocationOutcome, ToWorker, WorkerInput } from "./invocation.js";
import {
  defineAwslambda,
  describeError,
  describeLoadError,
  type Handler,
  loadHandler,
} from "./load-handler.js";
import { ResponseStream } from "./response-stream.js";

type Invoke = Extract<ToWorker, { type: "invoke" }>;

if (parentPort === null) throw new Error("this file runs in a worker thread only");
const port = parentPort;
const input = workerData as WorkerInput;
const post = (message: FromWorker): void => port.postMessage(message);

/** By request: what a failed call still writes must not stand in the way of the next one. */
const chunksUnderWay = new Map<string, () => void>();

const contextOf = ({ requestId, remainingMs }: Invoke) => {
  const deadline = performance.now() + remainingMs;
  return {
    ...input.context,
    awsRequestId: requestId,
    getRemainingTimeInMillis: () => Math.round(deadline - performance.now()),
  };
};

const isPromise = (value: unknown): value is Promise<unknown> =>
  typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";

const openStream = (requestId: string): ResponseStream =>
  new ResponseStream({
    start: (start) => post({ type: "stream-start", requestId, start }),
    send: (data) =>
      new Promise((resolve) => {
        chunksUnderWay.set(requestId, resolve);
        post({ type: "stream-chunk", requestId, data });
      }),
    end: () => post({ type: "stream-end", requestId }),
  });

const run = async (handler: Handler, invoke: Invoke): Promise<InvocationOutcome> => {
  const event: unknown = JSON.parse(invoke.event);
  if (!handler.streaming) {
    const result = await handler.run(event, contextOf(invoke));
    // Lambda's runtime turns a missing result into `null`; a function or a symbol has no JSON at all.
    const payload = JSON.stringify(result ?? null) as string | undefined;
    if (payload === undefined) throw new TypeError(`a handler cannot return a ${typeof result}`);
    return { kind: "payload", payload };
  }
  const stream = openStream(invoke.requestId);
  const ended = finished(stream);
  // Looked at below; until then a destroyed stream must not count as an unhandled rejection.
  ended.catch(() => undefined);
  const result = handler.run(event, stream, contextOf(invoke));
  if (!isPromise(result)) throw new Error("Streaming does not support non-async handlers.");
  await result;
  await ended;
  return { kind: "streamed" };
};

const serve = (handler: Handler): void => {
  port.on("message", (message: ToWorker) => {
    if (message.type === "chunk-taken") {
      chunksUnderWay.get(message.requestId)?.();
      chunksUnderWay.delete(message.requestId);
      return;
    }
    process.env._X_AMZN_TRACE_ID = message.traceId;
    const { requestId } = message;
    void run(handler, message)
      .catch((error: unknown): InvocationOutcome => ({ kind: "failed", ...describeError(error) }))
      .then((outcome) => post({ type: "outcome", requestId, outcome }));
  });
  post({ type: "ready" });
};

// A thread shares the twin's process id: a function that kills "itself" must end only its own environment.
const killProcess = process.kill.bind(process);
process.kill = (pid, signal) => (pid === process.pid ? process.exit(1) : killProcess(pid, signal));

defineAwslambda();
loadHandler(input.handlerFile, input.exportPath).then(serve, (error: unknown) =>
  post({ type: "init-failed", error: describeLoadError(error) }),
);
