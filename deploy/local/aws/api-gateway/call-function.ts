// The integration of type AWS_PROXY: may the function be called, by whom, does it answer in time, and what does it say.
// What API Gateway tells its caller of a failure is one sentence; the reason is for the log.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
import { randomUUID } from "node:crypto";
import type { IntegrationCall } from "../iam/authorize-api.js";
import { collect, type CollectedAnswer } from "../lambda/answer-sink.js";
import type { Callee, Run } from "../lambda/callee.js";
import type { Invocation, InvocationOutcome } from "../lambda/invocation.js";
import { REQUEST_LIMIT } from "../lambda/receive-request.js";
import type { Caller, FunctionDefinition, FunctionIntegration, Outcome } from "../model.js";
import { internalError, timedOut } from "./api-refusal.js";
import { toApiAnswer, type ApiAnswer } from "./proxy-answer.js";

export interface CalledFunctions {
  readonly calleeOf: (functionArn: string) => Callee | undefined;
  /** By what the function's policy says of API Gateway. */
  readonly mayApiInvoke: (call: IntegrationCall) => boolean;
  /** By the caller's own policies, where the integration passes the caller through. */
  readonly mayCallerInvoke: (
    caller: Caller,
    fn: FunctionDefinition,
    qualifier: string | undefined,
    sourceIp: string,
  ) => boolean;
}

export interface FunctionCall extends Omit<IntegrationCall, "fn" | "qualifier"> {
  readonly integration: FunctionIntegration;
  readonly caller: Caller | undefined;
  readonly sourceIp: string;
  /** JSON text. */
  readonly event: string;
  readonly traceId: string;
  readonly wantsBytes: boolean;
}

export async function callFunction(
  call: FunctionCall,
  functions: CalledFunctions,
): Promise<Outcome<ApiAnswer>> {
  const { functionArn, qualifier, timeoutMs } = call.integration;
  const callee = functions.calleeOf(functionArn);
  if (callee === undefined || !mayInvoke(call, callee.definition, functions))
    return internalError(500, `API Gateway may not invoke ${functionArn}${qualifier ? `:${qualifier}` : ""}`);
  const bytes = Buffer.byteLength(call.event);
  if (bytes > REQUEST_LIMIT)
    return internalError(500, `the event has ${bytes} bytes, and Lambda takes ${REQUEST_LIMIT}`);
  const picked = callee.pick(qualifier);
  if (!picked.ok) return internalError(500, picked.error.message);
  const run = callee.admit(picked.value);
  if (!run.ok) return internalError(500, `${run.error.message} ${run.error.reason ?? ""}`);
  const invocation: Invocation = {
    requestId: randomUUID(),
    traceId: call.traceId,
    event: call.event,
    invoked: {
      arn: qualifier === undefined ? functionArn : `${functionArn}:${qualifier}`,
      version: picked.value.version,
    },
  };
  return answerInTime(run.value, invocation, timeoutMs, call.wantsBytes);
}

function mayInvoke(call: FunctionCall, fn: FunctionDefinition, functions: CalledFunctions): boolean {
  const { integration, caller, sourceIp } = call;
  const { qualifier, invokedBy } = integration;
  if (invokedBy === "apiGateway") return functions.mayApiInvoke({ ...call, fn, qualifier });
  return caller !== undefined && functions.mayCallerInvoke(caller, fn, qualifier, sourceIp);
}

/** A function that takes too long runs on, and nobody hears of it. */
async function answerInTime(
  run: Run,
  invocation: Invocation,
  timeoutMs: number,
  wantsBytes: boolean,
): Promise<Outcome<ApiAnswer>> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), timeoutMs);
  });
  const collected = collect();
  const outcome = await Promise.race([run(invocation, collected), late]);
  clearTimeout(timer);
  if (outcome === undefined) return timedOut(`the function did not answer within ${timeoutMs} ms`);
  return readOutcome(outcome, collected, wantsBytes);
}

function readOutcome(
  outcome: InvocationOutcome,
  collected: CollectedAnswer,
  wantsBytes: boolean,
): Outcome<ApiAnswer> {
  if (outcome.kind === "failed") return internalError(502, `${outcome.errorType}: ${outcome.errorMessage}`);
  const payload =
    outcome.kind === "payload" ? { ok: true as const, value: outcome.payload } : collected.payload();
  const answer = payload.ok ? toApiAnswer(payload.value, wantsBytes) : payload;
  return answer.ok ? answer : internalError(502, answer.denial);
}
