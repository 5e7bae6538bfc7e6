// The inside of an execution environment: the entry of a process that loads one handler and runs one call at a time. It
// is bundled at start (see build.ts), so that it runs without any loader, as a function does on Lambda.
import { finished } from "node:stream/promises";
import { patchConsole } from "./console-log.js";
import { describeError, describeRejection } from "./describe-error.js";
import { receive, send } from "./environment-channel.js";
import {
  type InvocationContext,
  type LoadInput,
  RESPONSE_LIMIT,
  responseTooLarge,
  type ToEnvironment,
} from "./invocation.js";
import { defineAwslambda, describeLoadError, type Handler, loadHandler } from "./load-handler.js";
import { ResponseStream } from "./response-stream.js";

type Invoke = Extract<ToEnvironment, { type: "invoke" }>;

/** By request: what a failed call still writes must not stand in the way of the next one. */
const chunksUnderWay = new Map<string, () => void>();
let currentRequestId: string | undefined;
let loaded: { readonly handler: Handler; readonly context: InvocationContext } | undefined;

const contextOf = (
  constant: InvocationContext,
  { requestId, remainingMs, invoked, clientContext }: Invoke,
) => {
  const deadline = performance.now() + remainingMs;
  return {
    ...constant,
    ...(invoked && { invokedFunctionArn: invoked.arn, functionVersion: invoked.version }),
    clientContext: clientContext === undefined ? undefined : (JSON.parse(clientContext) as unknown),
    // Cognito's, which no caller here is.
    identity: undefined,
    awsRequestId: requestId,
    getRemainingTimeInMillis: () => Math.round(deadline - performance.now()),
  };
};

const isPromise = (value: unknown): value is Promise<unknown> =>
  typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";

const openStream = (requestId: string): ResponseStream =>
  new ResponseStream({
    start: (start) => send({ type: "stream-start", requestId, start }),
    send: (data) =>
      new Promise((resolve) => {
        chunksUnderWay.set(requestId, resolve);
        send({ type: "stream-chunk", requestId }, data);
      }),
    end: () => send({ type: "stream-end", requestId }),
  });

const runBuffered = async (
  run: (event: unknown, context: unknown) => unknown,
  event: unknown,
  context: unknown,
) => {
  const result = await run(event, context);
  // Lambda's runtime turns a missing result into `null`; a function or a symbol has no JSON at all.
  const json = JSON.stringify(result ?? null) as string | undefined;
  if (json === undefined) throw new TypeError(`a handler cannot return a ${typeof result}`);
  return Buffer.from(json);
};

const runStreaming = async (
  run: (event: unknown, stream: ResponseStream, context: unknown) => unknown,
  event: unknown,
  requestId: string,
  context: unknown,
): Promise<void> => {
  const stream = openStream(requestId);
  const ended = finished(stream);
  // Looked at below; until then a destroyed stream must not count as an unhandled rejection.
  ended.catch(() => undefined);
  const result = run(event, stream, context);
  if (!isPromise(result)) throw new Error("Streaming does not support non-async handlers.");
  await result;
  await ended;
};

const run = async (invoke: Invoke, eventJson: Buffer): Promise<void> => {
  if (loaded === undefined) throw new Error("called before it was loaded");
  const { handler } = loaded;
  const { requestId } = invoke;
  const event: unknown = JSON.parse(eventJson.toString("utf8"));
  const context = contextOf(loaded.context, invoke);
  if (handler.streaming) {
    await runStreaming(handler.run, event, requestId, context);
    send({ type: "streamed", requestId });
    return;
  }
  const payload = await runBuffered(handler.run, event, context);
  if (payload.length > RESPONSE_LIMIT)
    send({ type: "failed", requestId, error: responseTooLarge(RESPONSE_LIMIT) });
  else send({ type: "payload", requestId }, payload);
};

const invoke = (message: Invoke, event: Buffer): void => {
  currentRequestId = message.requestId;
  process.env._X_AMZN_TRACE_ID = message.traceId;
  run(message, event).catch((error: unknown) => {
    logError("Invoke Error", error);
    send({ type: "failed", requestId: message.requestId, error: describeError(error) });
  });
};

/** As Lambda's runtime does: the error itself where lines are JSON, a word and its JSON where they are text. */
let logError: (what: string, error: unknown) => void = () => undefined;

const errorLogger =
  ({ logFormat }: LoadInput) =>
  (what: string, error: unknown): void => {
    if (logFormat === "JSON") console.error(error instanceof Error ? error : new Error(String(error)));
    else console.error(what, `\t${JSON.stringify(describeError(error))}`);
  };

const load = (input: LoadInput): void => {
  patchConsole(
    input,
    () => currentRequestId,
    ({ level, requestId, text }) =>
      send({ type: "log", level, ...(requestId === undefined ? {} : { requestId }) }, Buffer.from(text)),
  );
  logError = errorLogger(input);
  loadHandler(input.handlerFile, input.exportPath).then(
    (handler) => {
      loaded = { handler, context: input.context };
      send({ type: "ready" });
    },
    (error: unknown) => {
      logError("Uncaught Exception", error);
      send({ type: "init-failed", error: describeLoadError(error) });
    },
  );
};

process.on("uncaughtException", (error) => {
  logError("Uncaught Exception", error);
  send({ type: "crashed", error: describeError(error) });
  process.exit(129);
});
process.on("unhandledRejection", (reason) => {
  logError("Unhandled Promise Rejection", reason);
  send({ type: "crashed", error: describeRejection(reason) });
  process.exit(128);
});

// On Lambda a function is alone; here its parent is the twin.
const killProcess = process.kill.bind(process);
process.kill = (pid, signal) => {
  if (Math.abs(pid) !== process.ppid) return killProcess(pid, signal);
  throw Object.assign(new Error("kill EPERM"), { code: "EPERM", errno: -1, syscall: "kill" });
};

defineAwslambda();
receive((message, body) => {
  if (message.type === "load") load(message);
  else if (message.type === "invoke") invoke(message, body);
  else {
    chunksUnderWay.get(message.requestId)?.();
    chunksUnderWay.delete(message.requestId);
  }
});
