// A function URL: admits a request as Lambda does (limits, signature, permission, concurrency; in this order, and no
// function runs before all of them), calls the function and answers for it. A browser's preflight ends before all that.
// https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Clock } from "../../../../server/ports.js";
import { accept, refuse, type Result } from "../../../../server/core/result.js";
import type { Caller, FunctionDefinition, Outcome, Principal, SignedRequest } from "../model.js";
import { sourceIpOf } from "../source-ip.js";
import { type Answer, toAnswer } from "./answer.js";
import { collect, type CollectedAnswer, STREAM_LIMIT, streamTo } from "./answer-sink.js";
import type { Callee } from "./callee.js";
import { answerHeaders, isPreflight, preflightHeaders } from "./cors.js";
import { toEvent } from "./event.js";
import type { AnswerSink, FunctionError, InvocationOutcome } from "./invocation.js";
import { receiveRequest, REQUEST_LIMIT, requestTooLarge } from "./receive-request.js";
import {
  type AnswerIds,
  breakOff,
  describeRefusal,
  type HeaderField,
  idHeaders,
  newAnswerIds,
  refused,
  sendFunctionFailure,
  sendRefusal,
} from "./refusal.js";

export interface LambdaLogEntry {
  readonly level: "info" | "error";
  readonly functionName: string;
  readonly requestId: string | undefined;
  /** What the function printed, or why its answer was not delivered. */
  readonly message: string;
}

export interface FunctionUrlDeps {
  readonly callee: Callee;
  readonly authenticate: (request: SignedRequest) => Promise<Outcome<Caller>>;
  readonly authorize: (principal: Principal, sourceIp: string) => Outcome<void>;
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
  (deps: FunctionUrlDeps): RequestHandler =>
  (req, res) => {
    const exchange = openExchange(deps, res);
    // Nothing is waiting for what a client that left would be told.
    res.on("error", () => undefined);
    serve(exchange, req).catch((error: unknown) => {
      exchange.explain(error instanceof Error ? (error.stack ?? error.message) : String(error));
      if (res.headersSent) breakOff(res);
      else sendRefusal(res, exchange, { status: 500, type: "ServiceException", message: "Internal failure" });
    });
  };

const openExchange = (deps: FunctionUrlDeps, res: ServerResponse): Exchange => {
  const { definition } = deps.callee;
  const now = deps.clock();
  const { requestId, traceId } = newAnswerIds(now);
  const explain = (message: string): void =>
    deps.log({ level: "error", functionName: definition.name, requestId, message });
  return { definition, deps, res, now, requestId, traceId, explain };
};

const serve = async (exchange: Exchange, req: IncomingMessage): Promise<void> => {
  const received = await receiveRequest(req);
  if (received === undefined) return;
  const answering = received.ok ? await plan(exchange, received.value, req.socket) : received;
  if (answering.ok) await answering.value();
  else {
    exchange.explain(describeRefusal(answering.error, exchange));
    sendRefusal(exchange.res, exchange, answering.error);
  }
};

/** What is to be done for a request that nothing speaks against. */
const plan = async (
  exchange: Exchange,
  request: SignedRequest,
  socket: Socket,
): Promise<Outcome<() => Promise<void> | void>> => {
  const { definition, deps, requestId, traceId } = exchange;
  const cors = definition.url?.cors;
  if (cors !== undefined && isPreflight(request)) {
    const preflight = { status: 200, headers: preflightHeaders(cors, request), body: Buffer.alloc(0) };
    return { ok: true, value: () => send(exchange, preflight) };
  }
  const event = await admitEvent(exchange, request, socket);
  if (!event.ok) return event;
  const picked = deps.callee.pick(definition.url?.qualifier);
  if (!picked.ok) return picked;
  const run = deps.callee.admit(picked.value);
  if (!run.ok) return run;
  const answer = definition.url?.invokeMode === "RESPONSE_STREAM" ? answerStreaming : answerBuffered;
  const urlHeaders = cors === undefined ? [] : answerHeaders(cors, request);
  const invoke: Invoke = (sink) => run.value({ requestId, traceId, event: event.value }, sink);
  return { ok: true, value: () => answer(exchange, urlHeaders, invoke) };
};

/** The event as JSON text, or why there is none. */
const admitEvent = async (
  exchange: Exchange,
  request: SignedRequest,
  socket: Socket,
): Promise<Outcome<string>> => {
  const connection = { sourceIp: sourceIpOf(socket), port: socket.localPort ?? 0 };
  const caller = await admit(exchange, request, connection.sourceIp);
  if (!caller.ok) return caller;
  const event = toEvent({ ...exchange, request, caller: caller.value, connection });
  if (!event.ok) return refused(400, "InvalidRequestContentException", event.denial);
  const json = JSON.stringify(event.value);
  const bytes = Buffer.byteLength(json);
  return bytes > REQUEST_LIMIT ? { ok: false, error: requestTooLarge(bytes) } : { ok: true, value: json };
};

/** Whose signature it was; nobody's where the URL asks for none, and then the function's own policy decides. */
const admit = async (
  { definition, deps }: Exchange,
  request: SignedRequest,
  sourceIp: string,
): Promise<Outcome<Caller | undefined>> => {
  const isOpen = definition.url?.authType === "NONE";
  const caller = isOpen ? { ok: true as const, value: undefined } : await deps.authenticate(request);
  if (!caller.ok) return caller;
  const permission = deps.authorize(principalOf(caller.value), sourceIp);
  return permission.ok ? caller : permission;
};

const principalOf = (caller: Caller | undefined): Principal =>
  caller === undefined ? { kind: "anonymous" } : { kind: "session", caller };

type Invoke = (sink: AnswerSink) => Promise<InvocationOutcome>;

const answerStreaming = async (
  exchange: Exchange,
  urlHeaders: readonly HeaderField[],
  invoke: Invoke,
): Promise<void> => {
  const { res, explain } = exchange;
  const outcome = await invoke(streamTo(res, exchange, explain, STREAM_LIMIT, urlHeaders));
  if (outcome.kind === "streamed") return;
  // A buffered handler behind a streaming URL: its whole answer comes at once.
  if (outcome.kind === "payload") {
    sendAnswer(exchange, urlHeaders, toAnswer(outcome.payload));
    return;
  }
  explain(describeFailure(outcome));
  if (!res.headersSent) sendFunctionFailure(res, exchange);
  else if (!res.writableEnded) breakOff(res);
};

const answerBuffered = async (
  exchange: Exchange,
  urlHeaders: readonly HeaderField[],
  invoke: Invoke,
): Promise<void> => {
  const collected = collect();
  const outcome = await invoke(collected);
  sendAnswer(exchange, urlHeaders, bufferedAnswer(outcome, collected));
};

const bufferedAnswer = (outcome: InvocationOutcome, collected: CollectedAnswer): Result<Answer, string> => {
  if (outcome.kind === "failed") return refuse(describeFailure(outcome));
  const payload = outcome.kind === "payload" ? accept(outcome.payload) : collected.payload();
  return payload.ok ? toAnswer(payload.value) : payload;
};

const describeFailure = ({ errorType, errorMessage, trace }: FunctionError): string =>
  // What was thrown and is no Error has an empty one.
  trace?.length ? trace.join("\n") : `${errorType}: ${errorMessage}`;

const sendAnswer = (
  exchange: Exchange,
  urlHeaders: readonly HeaderField[],
  answer: Result<Answer, string>,
): void => {
  if (answer.ok) {
    send(exchange, { ...answer.value, headers: [...answer.value.headers, ...urlHeaders] });
    return;
  }
  exchange.explain(answer.denial);
  sendFunctionFailure(exchange.res, exchange);
};

const send = ({ res, ...ids }: Exchange, { status, headers, body }: Answer): void => {
  if (res.destroyed) return;
  const length = status === 204 || status === 304 ? [] : ["content-length", String(body.length)];
  res.writeHead(status, [...headers.flat(), ...idHeaders(ids).flat(), ...length]);
  res.end(body);
};
