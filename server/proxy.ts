// Inbound, route and session -> the function's answer: the body is read now that the caller is authorised, the call
// made for the route's target and signed with the caller's own session, and the answer handed on as it comes.
import { hash } from "node:crypto";
import { variablesOf } from "./authorize.js";
import { awsDenial } from "./core/aws-denial.js";
import { awsErrorType } from "./core/aws-refusal.js";
import { isBodiless } from "./core/bodiless.js";
import { callerExpressions, callerFields } from "./core/caller-fields.js";
import type { Denial } from "./core/denial.js";
import { isEventStream } from "./core/event-stream.js";
import type { Findings, Inbound, Reply, UpstreamCall, Verdict } from "./core/inbound.js";
import type { Principal, RoleSession, Route, RouteMatch, Target } from "./core/model.js";
import { bodyLimit, outgoingCall, type OutgoingCall } from "./core/outgoing-call.js";
import { readBody } from "./core/read-body.js";
import { relayedHeaders } from "./core/relayed-headers.js";
import { rememberPerCaller } from "./core/remember-per-caller.js";
import type { RequestTarget } from "./core/request-target.js";
import { accept, type Result } from "./core/result.js";
import { signRequest } from "./core/sigv4.js";
import { invokeAnswer, settled, type InvokeAnswer, type SettledAnswer } from "./invoke-answer.js";
import type { Clock, Upstream, UpstreamReply, UpstreamRequest } from "./ports.js";

export interface ProxyInput {
  readonly inbound: Inbound;
  readonly findings: Findings;
  readonly target: RequestTarget;
  readonly match: RouteMatch;
  readonly principal: Principal;
  readonly session: RoleSession;
}

export type Proxy = (input: ProxyInput) => Promise<Result<Reply>>;

export function createProxy(ports: {
  readonly upstream: Upstream;
  readonly clock: Clock;
  readonly bodyBytes: number;
}): Proxy {
  const callerOf = rememberPerCaller(
    (match, principal) => callerFields(match.route, variablesOf(match, principal)),
    callerExpressions,
  );
  return async (input) => {
    const { inbound, findings, target, match, session } = input;
    const { target: upstream } = match.route;
    const caller = callerOf(match, input.principal);
    if (!caller.ok) return caller;
    const body = await inbound.body.read(bodyLimit(upstream, ports.bodyBytes));
    if (!body.ok) return body;
    const now = ports.clock();
    const outgoing = outgoingCall({
      inbound,
      target,
      upstream,
      session,
      now,
      caller: caller.value,
      body: body.value,
    });
    if (!outgoing.ok) return outgoing;
    const request = signedRequest(outgoing.value, input, now);

    const call: UpstreamCall = { startedAt: ports.clock() };
    findings.upstream = call;
    const reply = await ports.upstream.send(request);
    if (reply.ok) call.status = reply.value.status;
    const answer = reply.ok
      ? await answerTo(reply.value, call, input)
      : settled(reply.denial, verdictOf(reply.denial));
    if (answer.kind === "relayed") {
      call.status = answer.reply.status;
      return accept(relayedReply(answer.reply, inbound, match.route));
    }
    call.ended = { at: ports.clock(), verdict: answer.verdict };
    return answer.result;
  };
}

/** Most calls have no body. */
const emptyHash = hash("sha256", "");

function signedRequest(
  outgoing: OutgoingCall,
  { inbound, match, session }: ProxyInput,
  now: number,
): UpstreamRequest {
  const { method, target, body, amzFields } = outgoing;
  const { target: upstream, timeoutMs, idleTimeoutMs } = match.route;
  const signed = signRequest({
    method,
    host: upstream.host,
    target,
    payloadHash: body.length === 0 ? emptyHash : hash("sha256", body),
    region: upstream.region,
    service: upstream.service,
    credentials: session.credentials,
    amzFields,
    now,
  });
  return {
    origin: upstream.origin,
    method,
    path: target.wire,
    headers: outgoing.headers(signed),
    body,
    timeoutMs,
    idleTimeoutMs,
    abandonment: inbound.abandonment,
  };
}

/** The function's own 4xx and 5xx pass untouched; what AWS itself refused is ours to translate. */
function answerTo(
  reply: UpstreamReply,
  call: UpstreamCall,
  { inbound, match }: ProxyInput,
): InvokeAnswer | Promise<InvokeAnswer> {
  const { target, timeoutMs } = match.route;
  const errorType = awsErrorType(target, reply.status, reply.headers);
  if (errorType !== undefined) return refusedByAws(target, reply, errorType);
  if (target.kind !== "invoke") return { kind: "relayed", reply };
  return invokeAnswer({ upstream: target, reply, held: inbound.body, call, timeoutMs });
}

/** How a call ended that never had a head. */
function verdictOf({ reason }: Denial): Verdict {
  if (reason === "upstream_timeout") return "timed_out";
  if (reason === "draining") return "drained";
  return reason === "client_gone" ? "client_gone" : "truncated";
}

function relayedReply(reply: UpstreamReply, { method, requestId }: Inbound, route: Route): Reply {
  const { status, body } = reply;
  const headers = relayedHeaders(reply.headers, route);
  const relayed = { kind: "relayed", status, headers, body } as const;
  if (isBodiless(method, status) || !isEventStream(headers)) return relayed;
  return { ...relayed, eventStream: { requestId, heartbeatMs: route.heartbeatMs } };
}

/** AWS's refusals are short; of what is longer the log needs no more. */
const maxMessageLength = 1024;

/** No more than a line: where a signature is wrong, AWS goes on to quote its headers, the session token among them. */
async function refusedByAws(
  target: Target,
  { status, headers, body }: UpstreamReply,
  errorType: string,
): Promise<SettledAnswer> {
  let room = maxMessageLength;
  const { bytes, verdict } = await readBody(body, (more) => (room -= more) > 0);
  const text = bytes.toString("utf8").slice(0, maxMessageLength);
  const message = text.split(/\n|\\n/, 1)[0] ?? "";
  const denial = awsDenial(target, { status, headers, errorType, message });
  return settled(denial, denial.reason === "upstream_timeout" ? "timed_out" : verdict);
}
