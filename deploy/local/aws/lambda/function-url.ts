// A function URL: admits a request as Lambda does (limits, signature, permission, concurrency; in this order, and no
// function runs before all of them), calls the function and answers for it.
// https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html. CORS is not served.
import { randomBytes, randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "../../../../server/ports.js";
import { accept, refuse, type Result } from "../../../../server/core/result.js";
import type { AwsError, Caller, FunctionDefinition, Outcome, SignedRequest } from "../model.js";
import { type Answer, toAnswer } from "./answer.js";
import { collect, type CollectedAnswer, streamTo } from "./answer-sink.js";
import { toEvent } from "./event.js";
import type { AnswerSink, FunctionError, InvocationOutcome } from "./invocation.js";
import type { Pool } from "./pool.js";
import { receiveRequest, REQUEST_LIMIT, requestTooLarge } from "./receive-request.js";
import { type AnswerIds, breakOff, idHeaders, sendFunctionFailure, sendRefusal } from "./refusal.js";

export interface LambdaLogEntry {
  readonly level: "info" | "error";
  readonly functionName: string;
  readonly requestId: string | undefined;
  /** What the function printed, or why its answer was not delivered. */
  readonly message: string;
}

export interface FunctionUrlDeps {
  readonly pool: Pool;
  readonly authenticate: (request: SignedRequest) => Promise<Outcome<Caller>>;
  readonly authorize: (caller: Caller, sourceIp: string) => Outcome<void>;
  readonly clock: Clock;
  readonly log: (entry: LambdaLogEntry) => void;
}

export type RequestHandler = (req: IncomingMessage, res: ServerResponse) => void;

interface Exchange extends AnswerIds {
  readonly definition: FunctionDefinition;
  readonly deps: FunctionUrlDeps;
  readonly res: ServerResponse;
  readonly now: number;
  readonly explain: (why: string) => void;
}

/**
 * Gives the request handler of one function's URL.
 *
 * The http.Server it is mounted on must not end calls that Lambda lets run: set `requestTimeout` as you like (it covers
 * the request only) but `timeout` to 0, and `keepAliveTimeout` freely. Node's own 16 KiB header limit applies.
 */
export const createFunctionUrl =
  (definition: FunctionDefinition, deps: FunctionUrlDeps): RequestHandler =>
  (req, res) => {
    const exchange = openExchange(definition, deps, res);
    // Nothing is waiting for what a client that left would be told.
    res.on("error", () => undefined);
    serve(exchange, req).catch((error: unknown) => {
      exchange.explain(error instanceof Error ? (error.stack ?? error.message) : String(error));
      if (res.headersSent) breakOff(res);
      else sendRefusal(res, exchange, { status: 500, type: "ServiceException", message: "Internal failure" });
    });
  };

const openExchange = (
  definition: FunctionDefinition,
  deps: FunctionUrlDeps,
  res: ServerResponse,
): Exchange => {
  const now = deps.clock();
  const requestId = randomUUID();
  const seconds = Math.floor(now / 1000)
    .toString(16)
    .padStart(8, "0");
  const traceId = `Root=1-${seconds}-${randomBytes(12).toString("hex")}`;
  const explain = (message: string): void =>
    deps.log({ level: "error", functionName: definition.name, requestId, message });
  return { definition, deps, res, now, requestId, traceId, explain };
};

const serve = async (exchange: Exchange, req: IncomingMessage): Promise<void> => {
  const { res, definition, deps, requestId, traceId } = exchange;
  const event = await admitEvent(exchange, req);
  if (event === undefined) return;
  if (!event.ok) {
    sendRefusal(res, exchange, event.error);
    return;
  }
  const environment = deps.pool.acquire();
  if (environment === undefined) {
    throttle(exchange);
    return;
  }
  const answer = definition.url?.invokeMode === "RESPONSE_STREAM" ? answerStreaming : answerBuffered;
  await answer(exchange, (sink) =>
    environment
      .invoke({ requestId, traceId, event: event.value }, sink)
      .finally(() => deps.pool.release(environment)),
  );
};

/** The event as JSON text, or why there is none; `undefined` when the client left. */
const admitEvent = async (exchange: Exchange, req: IncomingMessage): Promise<Outcome<string> | undefined> => {
  const { remoteAddress = "", localPort = 0 } = req.socket;
  const connection = { sourceIp: remoteAddress.replace(/^::ffff:/, ""), port: localPort };
  const request = await receiveRequest(req);
  if (!request?.ok) return request;
  const caller = await admit(exchange, request.value, connection.sourceIp);
  if (!caller.ok) return caller;
  const event = toEvent({ ...exchange, request: request.value, caller: caller.value, connection });
  if (!event.ok) return { ok: false, error: invalidRequest(event.denial) };
  const json = JSON.stringify(event.value);
  const bytes = Buffer.byteLength(json);
  return bytes > REQUEST_LIMIT ? { ok: false, error: requestTooLarge(bytes) } : { ok: true, value: json };
};

const invalidRequest = (message: string): AwsError => ({
  status: 400,
  type: "InvalidRequestContentException",
  message,
});

const admit = async (
  { definition, deps }: Exchange,
  request: SignedRequest,
  sourceIp: string,
): Promise<Outcome<Caller | undefined>> => {
  if (definition.url?.authType === "NONE") return { ok: true, value: undefined };
  const caller = await deps.authenticate(request);
  if (!caller.ok) return caller;
  const permission = deps.authorize(caller.value, sourceIp);
  return permission.ok ? caller : permission;
};

const throttle = ({ definition, res, ...ids }: Exchange): void => {
  const reserved = definition.reservedConcurrency === undefined ? "" : "ReservedFunction";
  const error = { status: 429, type: "TooManyRequestsException", message: "Rate Exceeded." };
  const Reason = `${reserved}ConcurrentInvocationLimitExceeded`;
  sendRefusal(res, ids, error, { Reason, Type: "User" });
};

type Invoke = (sink: AnswerSink) => Promise<InvocationOutcome>;

const answerStreaming = async (exchange: Exchange, invoke: Invoke): Promise<void> => {
  const { res, explain } = exchange;
  const outcome = await invoke(streamTo(res, exchange, explain));
  if (outcome.kind === "streamed") return;
  // A buffered handler behind a streaming URL: its whole answer comes at once.
  if (outcome.kind === "payload") {
    sendAnswer(exchange, toAnswer(outcome.payload));
    return;
  }
  explain(describeFailure(outcome));
  if (!res.headersSent) sendFunctionFailure(res, exchange);
  else if (!res.writableEnded) breakOff(res);
};

const answerBuffered = async (exchange: Exchange, invoke: Invoke): Promise<void> => {
  const collected = collect();
  const outcome = await invoke(collected);
  sendAnswer(exchange, bufferedAnswer(outcome, collected));
};

const bufferedAnswer = (outcome: InvocationOutcome, collected: CollectedAnswer): Result<Answer, string> => {
  if (outcome.kind === "failed") return refuse(describeFailure(outcome));
  const payload = outcome.kind === "payload" ? accept(outcome.payload) : collected.payload();
  return payload.ok ? toAnswer(payload.value) : payload;
};

const describeFailure = ({ errorType, errorMessage }: FunctionError): string =>
  `${errorType}: ${errorMessage}`;

const sendAnswer = ({ res, explain, ...ids }: Exchange, answer: Result<Answer, string>): void => {
  if (!answer.ok) {
    explain(answer.denial);
    sendFunctionFailure(res, ids);
  } else if (!res.destroyed) {
    const { status, headers, body } = answer.value;
    const length = status === 204 || status === 304 ? [] : ["content-length", String(body.length)];
    res.writeHead(status, [...headers.flat(), ...idHeaders(ids).flat(), ...length]);
    res.end(body);
  }
};
