// Inbound, route and session -> the function's answer: the body is read now that the caller is authorised, the call
// signed with the caller's own session, and the answer handed on as it comes.
import { hash } from "node:crypto";
import { variablesOf } from "./authorize.js";
import { forwardedHeaders } from "./core/forwarded-headers.js";
import { identityHeaders } from "./core/identity-headers.js";
import type { Inbound, Reply } from "./core/inbound.js";
import type { Principal, RoleSession, RouteMatch } from "./core/model.js";
import { headerValues } from "./core/raw-headers.js";
import { relayedHeaders } from "./core/relayed-headers.js";
import type { RequestTarget } from "./core/request-target.js";
import { accept, refuse, type Result } from "./core/result.js";
import { signRequest } from "./core/sigv4.js";
import type { Clock, Upstream, UpstreamReply } from "./ports.js";

export interface ProxyInput {
  readonly inbound: Inbound;
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
  readonly ownsCors: boolean;
}): Proxy {
  return async ({ inbound, target, match, principal, session }) => {
    const { target: upstream, timeoutMs } = match.route;
    const identity = identityHeaders(match.route, variablesOf(match, principal));
    if (!identity.ok) return identity;
    const body = await inbound.body.read(ports.bodyBytes);
    if (!body.ok) return body;

    const signature = signRequest({
      method: inbound.method,
      host: upstream.host,
      target,
      payloadHash: hash("sha256", body.value),
      region: upstream.region,
      service: upstream.service,
      credentials: session.credentials,
      now: ports.clock(),
    });
    const reply = await ports.upstream.send({
      origin: upstream.origin,
      method: inbound.method,
      path: target.wire,
      headers: [
        ...Object.entries(signature).flat(),
        ...forwardedHeaders({ ...inbound, identity: identity.value }),
      ],
      body: body.value,
      timeoutMs,
      signal: inbound.signal,
    });
    return reply.ok ? answerOf(reply.value, ports.ownsCors) : reply;
  };
}

/** The function's own 4xx and 5xx pass untouched; what AWS itself refused is ours to translate. */
async function answerOf(reply: UpstreamReply, ownsCors: boolean): Promise<Result<Reply>> {
  const errorType = headerValues(reply.headers, "x-amzn-errortype")[0];
  if (errorType !== undefined && reply.status >= 400) return refuse(await refusedByAws(reply, errorType));
  const headers = relayedHeaders(reply.headers, { ownsCors });
  return accept({ kind: "relayed", status: reply.status, headers, body: reply.body });
}

async function refusedByAws(reply: UpstreamReply, errorType: string) {
  const cause = `${reply.status} ${errorType}: ${await firstLine(reply)}`;
  return reply.status === 429
    ? ({ reason: "rate_exceeded", cause, retryAfterSeconds: 1 } as const)
    : ({ reason: "upstream_refused", cause } as const);
}

/** AWS's refusals are short; of what is longer the log needs no more. */
const maxCauseLength = 1024;

/** No more than a line: where a signature is wrong, AWS goes on to quote its headers, the session token among them. */
async function firstLine({ body }: UpstreamReply): Promise<string> {
  let text = "";
  let leave = (): void => undefined;
  await body.relay({
    write: (chunk) => {
      text += chunk.toString("utf8").slice(0, maxCauseLength - text.length);
      if (text.length >= maxCauseLength) leave();
      return true;
    },
    end: () => undefined,
    destroy: () => undefined,
    on: (event, listener) => {
      if (event === "close") leave = listener;
    },
  });
  return text.split(/\n|\\n/, 1)[0] ?? "";
}
