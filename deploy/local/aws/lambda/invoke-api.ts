// Lambda's Invoke and InvokeWithResponseStream for the twin's functions: signature, permission, existence, concurrency;
// in this order, and no function runs before all of them. https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
// A call of type Event is answered before it runs; waiting-events.ts has it then.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "../../../../server/ports.js";
import type { Caller, FunctionDefinition, Outcome, SignedRequest, Refused } from "../model.js";
import { sourceIpOf } from "../source-ip.js";
import type { Callee, Run } from "./callee.js";
import type { LambdaLogEntry, RequestHandler } from "./function-url.js";
import type { Invocation } from "./invocation.js";
import { sendFrames, sendWhole, wholePayload } from "./invoke-answer.js";
import { type InvokeRequest, readInvokeRequest } from "./invoke-request.js";
import { functionNotFound, type InvokeTarget, type Place } from "./invoke-target.js";
import type { LogTails } from "./log-tail.js";
import { receiveRequest } from "./receive-request.js";
import { type AnswerIds, breakOff, idHeaders, newAnswerIds, refused, sendRefusal } from "./refusal.js";
import type { Picked } from "./versions.js";
import type { WaitingEvents } from "./waiting-events.js";

/** A function that a call names; it may have no definition, and permission is asked for all the same. */
export interface NamedFunction extends InvokeTarget {
  readonly definition: FunctionDefinition | undefined;
}

export interface InvokeApiSettings {
  /** As the Lambda API refuses it, which a function URL does in another way. */
  readonly authenticate: (request: SignedRequest) => Promise<Outcome<Caller>>;
  readonly authorize: (caller: Caller, named: NamedFunction, sourceIp: string) => Outcome<void>;
  readonly place: Place;
}

export interface InvokeApiDeps extends InvokeApiSettings {
  readonly callees: readonly Callee[];
  readonly tails: LogTails;
  readonly waitingEvents: WaitingEvents;
  readonly clock: Clock;
  readonly log: (entry: LambdaLogEntry) => void;
}

interface Exchange extends AnswerIds {
  readonly deps: InvokeApiDeps;
  readonly res: ServerResponse;
}

export const createInvokeApi =
  (deps: InvokeApiDeps): RequestHandler =>
  (req, res) => {
    const exchange: Exchange = { deps, res, ...newAnswerIds(deps.clock()) };
    res.on("error", () => undefined);
    serve(exchange, req).catch((error: unknown) => {
      explain(exchange, error instanceof Error ? (error.stack ?? error.message) : String(error));
      if (res.headersSent) breakOff(res);
      else sendRefusal(res, exchange, { status: 500, type: "ServiceException", message: "Internal failure" });
    });
  };

const explain = ({ deps, requestId }: Exchange, message: string): void =>
  deps.log({ level: "error", functionName: "Invoke", requestId, message });

interface Call {
  readonly request: InvokeRequest;
  readonly callee: Callee;
  readonly picked: Picked;
}

const serve = async (exchange: Exchange, req: IncomingMessage): Promise<void> => {
  const received = await receiveRequest(req);
  if (received === undefined) return;
  const answering = received.ok
    ? await plan(exchange, received.value, sourceIpOf(req.socket))
    : inLambdaWords(received);
  if (answering.ok) await answering.value();
  else sendRefusal(exchange.res, exchange, answering.error);
};

/** A body that was too large to be read is refused as a payload that is too large. */
const inLambdaWords = ({ error }: Refused): Refused =>
  refused(error.status, error.status === 413 ? "RequestTooLargeException" : error.type, error.message);

/** What is to be done for a request that nothing speaks against. */
const plan = async (
  exchange: Exchange,
  signed: SignedRequest,
  sourceIp: string,
): Promise<Outcome<() => Promise<void> | void>> => {
  const call = await admit(exchange.deps, signed, sourceIp);
  if (!call.ok) return call;
  const { request, callee, picked } = call.value;
  if (request.type === "DryRun") return { ok: true, value: () => sendEmpty(exchange, 204, picked.version) };
  if (request.type === "Event") return acceptEvent(exchange, call.value);
  const run = callee.admit(picked);
  return run.ok ? { ok: true, value: () => invoke(exchange, call.value, run.value) } : run;
};

/** Whether there is room for it in the function's concurrency is seen later. */
const acceptEvent = (exchange: Exchange, { request, callee }: Call): Outcome<() => Promise<void> | void> => {
  const { requestId, traceId, deps } = exchange;
  const event = { requestId, traceId, event: request.payload };
  return deps.waitingEvents.accept(callee, request.target.qualifier, event)
    ? { ok: true, value: () => sendEmpty(exchange, 202) }
    : refused(429, "TooManyRequestsException", "Rate Exceeded.");
};

const admit = async (
  { authenticate, authorize, callees, place }: InvokeApiDeps,
  signed: SignedRequest,
  sourceIp: string,
): Promise<Outcome<Call>> => {
  const caller = await authenticate(signed);
  if (!caller.ok) return caller;
  const request = readInvokeRequest(signed, place);
  if (!request.ok) return request;
  const { target } = request.value;
  const callee = callees.find(({ definition }) => definition.arn === target.functionArn);
  const named = { ...target, definition: callee?.definition };
  const permission = authorize(caller.value, named, sourceIp);
  if (!permission.ok) return permission;
  if (callee === undefined) return functionNotFound(target);
  const picked = callee.pick(target.qualifier);
  if (!picked.ok) return picked;
  return { ok: true, value: { request: request.value, callee, picked: picked.value } };
};

const invoke = async (exchange: Exchange, call: Call, run: Run): Promise<void> => {
  const { res, deps, requestId, traceId } = exchange;
  const { request, picked } = call;
  const invocation = toInvocation(exchange, call);
  const head = { requestId, traceId, version: picked.version };
  if (request.wantsLog) deps.tails.follow(requestId);
  if (request.streaming) {
    const frames = sendFrames(res, head);
    const outcome = await run(invocation, frames);
    await frames.complete(outcome, deps.tails.take(requestId));
  } else {
    const payload = wholePayload();
    const outcome = await run(invocation, payload);
    sendWhole(res, head, payload.of(outcome), deps.tails.take(requestId));
  }
};

const toInvocation = ({ requestId, traceId }: Exchange, { request, picked }: Call): Invocation => {
  const { functionArn, qualifier } = request.target;
  const { payload, clientContext } = request;
  return {
    requestId,
    traceId,
    event: payload,
    invoked: {
      arn: qualifier === undefined ? functionArn : `${functionArn}:${qualifier}`,
      version: picked.version,
    },
    ...(clientContext === undefined ? {} : { clientContext }),
  };
};

const sendEmpty = ({ res, ...ids }: Exchange, status: number, version?: string): void => {
  const executed = version === undefined ? [] : ["x-amz-executed-version", version];
  const length = status === 204 ? [] : ["content-length", "0"];
  res.writeHead(status, [...idHeaders(ids).flat(), ...executed, ...length]).end();
};
