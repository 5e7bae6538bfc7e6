// Inbound, route and session -> the function's answer: the body is read now that the caller is authorised, the call
// signed with the caller's own session, and the answer handed on as it comes.
import { hash } from "node:crypto";
import { variablesOf } from "./authorize.js";
import { awsErrorType } from "./core/aws-refusal.js";
import { isBodiless } from "./core/bodiless.js";
import type { Denial } from "./core/denial.js";
import { isEventStream } from "./core/event-stream.js";
import { forwardedHeaders } from "./core/forwarded-headers.js";
import { identityHeaders } from "./core/identity-headers.js";
import type { Findings, Inbound, RelayedBody, Reply, UpstreamCall, Verdict } from "./core/inbound.js";
import type { Principal, RoleSession, Route, RouteMatch } from "./core/model.js";
import { prefixedTarget } from "./core/prefixed-target.js";
import { headerValues, type RawHeaders } from "./core/raw-headers.js";
import { relayedHeaders } from "./core/relayed-headers.js";
import { rememberPerCaller } from "./core/remember-per-caller.js";
import type { RequestTarget } from "./core/request-target.js";
import { accept, refuse, type Result } from "./core/result.js";
import { signRequest } from "./core/sigv4.js";
import type { Clock, Upstream, UpstreamReply } from "./ports.js";

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
  const identityOf = rememberPerCaller(
    (match, principal) => identityHeaders(match.route, variablesOf(match, principal)),
    ({ headers }) => headers.map(({ value }) => value),
  );
  return async ({ inbound, findings, target, match, principal, session }) => {
    const { target: upstream, timeoutMs, idleTimeoutMs } = match.route;
    const identity = identityOf(match, principal);
    if (!identity.ok) return identity;
    const body = await inbound.body.read(ports.bodyBytes);
    if (!body.ok) return body;

    const sent = upstream.kind === "executeApi" ? prefixedTarget(upstream.basePath, target) : target;
    const signed = signRequest({
      method: inbound.method,
      host: upstream.host,
      target: sent,
      payloadHash: body.value.length === 0 ? emptyHash : hash("sha256", body.value),
      region: upstream.region,
      service: upstream.service,
      credentials: session.credentials,
      now: ports.clock(),
    });
    const call: UpstreamCall = { startedAt: ports.clock() };
    findings.upstream = call;
    const reply = await ports.upstream.send({
      origin: upstream.origin,
      method: inbound.method,
      path: sent.wire,
      headers: forwardedHeaders(inbound, identity.value, signed),
      body: body.value,
      timeoutMs,
      idleTimeoutMs,
      abandonment: inbound.abandonment,
    });
    if (!reply.ok) {
      call.ended = { at: ports.clock(), verdict: verdictOf(reply.denial) };
      return reply;
    }
    const { status, headers } = reply.value;
    // The function's own 4xx and 5xx pass untouched; what AWS itself refused is ours to translate.
    const errorType = awsErrorType(upstream, status, headers);
    if (errorType === undefined) return accept(relayedReply(reply.value, inbound, match.route));
    const { cause, verdict } = await firstLine(reply.value.body);
    call.ended = { at: ports.clock(), verdict };
    return refuse(refusedByAws(reply.value, `${status} ${errorType}: ${cause}`));
  };
}

/** Most calls have no body. */
const emptyHash = hash("sha256", "");

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

const refusedByAws = ({ status, headers }: UpstreamReply, cause: string): Denial =>
  status === 429
    ? { reason: "rate_exceeded", cause, retryAfterSeconds: retryAfterSecondsOf(headers) }
    : { reason: "upstream_refused", cause };

const maxRetryAfterSeconds = 3_600;

/** RFC 9110 10.2.3: Lambda says seconds. A date, or what is none of both, counts for the least there is. */
function retryAfterSecondsOf(headers: RawHeaders): number {
  const [text = ""] = headerValues(headers, "retry-after");
  return /^\d{1,9}$/.test(text) ? Math.min(Number(text), maxRetryAfterSeconds) : 1;
}

/** AWS's refusals are short; of what is longer the log needs no more. */
const maxCauseLength = 1024;

/** No more than a line: where a signature is wrong, AWS goes on to quote its headers, the session token among them. */
async function firstLine(body: RelayedBody): Promise<{ readonly cause: string; readonly verdict: Verdict }> {
  let text = "";
  const verdict = await body.relay({
    write: (chunk) => {
      text += chunk.toString("utf8").slice(0, maxCauseLength - text.length);
      if (text.length >= maxCauseLength) body.leave();
      return true;
    },
    end: () => undefined,
    destroy: () => undefined,
    on: () => undefined,
  });
  const isEnough = text.length >= maxCauseLength;
  return { cause: text.split(/\n|\\n/, 1)[0] ?? "", verdict: isEnough ? "complete" : verdict };
}
