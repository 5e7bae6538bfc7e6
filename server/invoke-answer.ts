// Lambda's answer to an invocation -> the caller's: the function's own as HTTP, or what the route's mode makes of it. A
// function that failed is a refusal, never a 200. https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
import { BufferedBody } from "./buffered-body.js";
import type { Denial } from "./core/denial.js";
import { functionAnswer, lambdasOwn } from "./core/function-answer.js";
import { failureDenial, functionError, namesFunctionError } from "./core/function-error.js";
import { readBody } from "./core/read-body.js";
import { FunctionStream, type StreamFailure } from "./function-stream.js";
import type { Reply, RequestBody, UpstreamCall, Verdict } from "./core/inbound.js";
import type { InvokeTarget } from "./core/model.js";
import { eachField, headerEntries, headerValues, type RawHeaders } from "./core/raw-headers.js";
import { accept, refuse, type Result } from "./core/result.js";
import type { UpstreamReply } from "./ports.js";

export interface InvokeExchange {
  readonly upstream: InvokeTarget;
  readonly reply: UpstreamReply;
  /** Counts what is kept of an answer. */
  readonly held: Pick<RequestBody, "hold">;
  /** Takes note of the function's log, and of why a stream broke. */
  readonly call: UpstreamCall;
  readonly timeoutMs: number;
}

export type InvokeAnswer = { readonly kind: "relayed"; readonly reply: UpstreamReply } | SettledAnswer;

/** Nothing of the answer is relayed: the call is over. */
export interface SettledAnswer {
  readonly kind: "settled";
  readonly result: Result<Reply>;
  /** How the call to AWS ended. */
  readonly verdict: Verdict;
}

export const settled = (denial: Denial, verdict: Verdict): SettledAnswer => ({
  kind: "settled",
  result: refuse(denial),
  verdict,
});

export function invokeAnswer(exchange: InvokeExchange): Promise<InvokeAnswer> {
  const { upstream, reply, call } = exchange;
  const [logTail] = headerValues(reply.headers, "x-amz-log-result");
  if (logTail !== undefined) keepLogTail(call, logTail);
  if (reply.status !== expectedStatus(upstream)) return unexpected(reply);
  if (upstream.mode === "Event" || upstream.mode === "DryRun") return acknowledged(exchange);
  if (namesFunctionError(reply.headers)) return failed(exchange);
  if (upstream.mode === "ResponseStream") return streamed(exchange);
  return upstream.raw ? Promise.resolve(payloadAsItIs(reply)) : buffered(exchange);
}

const expectedStatus = ({ mode }: InvokeTarget): number =>
  mode === "Event" ? 202 : mode === "DryRun" ? 204 : 200;

/** With no error of AWS's to its name: not Lambda, or not as it is documented. */
async function unexpected({ status, body }: UpstreamReply): Promise<InvokeAnswer> {
  await readBody(body, () => false);
  const cause = `Lambda's API answered with ${status}`;
  return settled({ reason: "upstream_refused", cause }, "complete");
}

/** Event: Lambda has it. DryRun: the caller may. */
async function acknowledged({ upstream: { mode }, reply }: InvokeExchange): Promise<InvokeAnswer> {
  await readBody(reply.body, () => false);
  const [requestId = ""] = headerValues(reply.headers, "x-amzn-requestid");
  const headers = {
    "cache-control": "no-store",
    ...Object.fromEntries(headerEntries(lambdaFields(reply.headers))),
  };
  const own: Reply =
    mode === "DryRun"
      ? { kind: "own", status: 204, headers, body: "" }
      : {
          kind: "own",
          status: 202,
          headers: { ...headers, "content-type": "application/json" },
          body: JSON.stringify({ requestId }),
        };
  return { kind: "settled", result: accept(own), verdict: "complete" };
}

/** `raw`: the payload streams through. */
function payloadAsItIs({ status, headers, body }: UpstreamReply): InvokeAnswer {
  const fields = ["content-type", "application/json", ...lambdaFields(headers)];
  for (const length of headerValues(headers, "content-length")) fields.push("content-length", length);
  return { kind: "relayed", reply: { status, headers: fields, body } };
}

/** Lambda's own limit for a payload. */
const maxPayloadBytes = 6_291_556;

/** The whole payload is one JSON text, so it must be here before its first byte means anything. */
async function buffered(exchange: InvokeExchange): Promise<InvokeAnswer> {
  const payload = await readPayload(exchange);
  if (!payload.ok) return payload.denial;
  const answer = functionAnswer(payload.value);
  if (!answer.ok) return functionFailed(answer.denial);
  const { status, headers, body } = answer.value;
  const fields = [...headers, ...lambdaFields(exchange.reply.headers)];
  return { kind: "relayed", reply: { status, headers: fields, body: new BufferedBody(body) } };
}

async function readPayload({
  reply,
  held,
  timeoutMs,
}: InvokeExchange): Promise<Result<Buffer, SettledAnswer>> {
  let room = maxPayloadBytes;
  let full: Denial | undefined;
  const { bytes, verdict, isCut } = await readBody(reply.body, (more) => {
    room -= more;
    if (room < 0) return false;
    const taken = held.hold(more);
    if (!taken.ok) full = taken.denial;
    return taken.ok;
  });
  if (full) return refuse(settled(full, "complete"));
  if (isCut) return refuse(functionFailed(`the payload has more than ${maxPayloadBytes} bytes`));
  if (verdict === "complete") return accept(bytes);
  return refuse(settled(brokenOff(verdict, timeoutMs, "the payload broke off"), verdict));
}

/** Of an error's document the log needs type and message; a stack may be long. */
const maxErrorBytes = 65_536;

async function failed({ reply }: InvokeExchange): Promise<InvokeAnswer> {
  let room = maxErrorBytes;
  const { bytes } = await readBody(reply.body, (more) => (room -= more) >= 0);
  const error = functionError(bytes.toString("utf8"));
  return settled(failureDenial(error), error.verdict);
}

async function streamed({ reply, call, timeoutMs }: InvokeExchange): Promise<InvokeAnswer> {
  const body = new FunctionStream(reply.body, {
    logTail: (base64) => keepLogTail(call, base64),
    brokenBy: (cause) => (call.functionError = cause),
  });
  const head = await body.head();
  if (!head.ok) return brokenStream(head.denial, timeoutMs);
  const { status, headers } = head.value;
  const fields = [...headers, ...lambdaFields(reply.headers)];
  return { kind: "relayed", reply: { status, headers: fields, body } };
}

function brokenStream(failure: StreamFailure, timeoutMs: number): SettledAnswer {
  const { verdict, cause = "the stream broke off", isException = false } = failure;
  if (isException) return settled({ reason: "upstream_refused", cause }, verdict);
  const isFunctions =
    failure.cause !== undefined && (verdict === "function_error" || verdict === "timed_out");
  const denial = isFunctions ? failureDenial({ verdict, cause }) : brokenOff(verdict, timeoutMs, cause);
  return settled(denial, verdict);
}

const functionFailed = (cause: string): SettledAnswer =>
  settled({ reason: "function_failed", cause }, "function_error");

/** The transfer ended before the answer was whole, and nothing of it has left. */
function brokenOff(verdict: Verdict, timeoutMs: number, cause: string): Denial {
  if (verdict === "timed_out") return { reason: "upstream_timeout", timeoutMs };
  if (verdict === "client_gone") return { reason: "client_gone" };
  return verdict === "drained" ? { reason: "draining" } : { reason: "upstream_unreachable", cause };
}

function lambdaFields(headers: RawHeaders): string[] {
  const fields: string[] = [];
  eachField(headers, (field, value) => {
    const name = field.toLowerCase();
    if (lambdasOwn.has(name)) fields.push(name, value);
  });
  return fields;
}

/** Lambda gives the last 4 KB. */
const maxLogTailBytes = 4096;

function keepLogTail(call: UpstreamCall, base64: string): void {
  const decoded = Buffer.from(base64, "base64");
  call.logTail = decoded.subarray(-maxLogTailBytes).toString("utf8");
}
