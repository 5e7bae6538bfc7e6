// The Express app, in request order: a preflight is answered, any other request goes the way through, and every
// answer gets its id, its CORS fields, its log line and its place in the metrics.
import type { RequestListener } from "node:http";
import express, { type Express, type Request, type Response } from "express";
import type { BodyBudget } from "./adapters/request-body.js";
import type { Log } from "./adapters/log.js";
import { isItsTurn, turnOf } from "./adapters/pipelining.js";
import { headFault } from "./adapters/request-head.js";
import type { Metrics } from "./adapters/metrics.js";
import { createRecord, type Answered, type Ended } from "./call-record.js";
import { denialOf, type Abandonment } from "./core/abandonment.js";
import type { Cors } from "./core/cors.js";
import type { Findings, Inbound, Reply, Verdict } from "./core/inbound.js";
import { refuse, type Result } from "./core/result.js";
import { commonHeaders, preflightReply } from "./cors-fields.js";
import { inboundOf, send, type HttpInbound, type SendOptions } from "./express-bridge.js";
import type { Gateway } from "./gateway.js";
import type { MatchRoute } from "./match-route.js";
import type { Clock } from "./ports.js";
import { problemReply } from "./problem-reply.js";

export interface AppParts {
  readonly gateway: Gateway;
  readonly budget: BodyBudget;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly matchRoute: MatchRoute;
  /** For answers that belong to no route. */
  readonly cors: Cors | undefined;
  readonly trustProxy: number | readonly string[];
  /** While draining every answer is its connection's last. */
  readonly isDraining: () => boolean;
  /** Kept here, for who ends the drain. */
  readonly callsInFlight: Set<Abandonment>;
}

/**
 * The Express app, whose settings and prototypes serve each request, and the one listener for all of them. The listener
 * is called by node:http itself: the app's router, asked for a way that is always the same, would take longer than the
 * signature does (bench/).
 */
export function createApp(parts: AppParts): { readonly app: Express; readonly listener: RequestListener } {
  const app = express();
  app.disable("x-powered-by").disable("etag").set("query parser", false);
  app.set("trust proxy", parts.trustProxy);
  const record = createRecord(parts);
  const listener = (request: Request, response: Response): void => {
    answer(request, response, parts, record).catch((error: unknown) => {
      parts.log.error({ err: error }, "request lost");
      response.destroy();
    });
  };
  return { app, listener: listener as RequestListener };
}

async function answer(
  request: Request,
  response: Response,
  parts: AppParts,
  record: (ended: Ended) => void,
): Promise<void> {
  if (!isItsTurn(response)) await turnOf(request, response);
  const startedAt = parts.clock();
  const inbound = inboundOf(request, response, parts);
  const findings: Findings = { requestId: inbound.requestId };
  parts.metrics.callStarted();
  parts.callsInFlight.add(inbound.abandonment);
  try {
    const { reply, denial, error } = await replyTo(inbound, request, findings, parts);
    const cors = findings.route && findings.door !== "sts" ? findings.route.cors : parts.cors;
    const sent = await sendReply(reply, request, response, {
      headers: commonHeaders(inbound, request.headers.origin, reply, cors),
      isLast: parts.isDraining(),
      leftOver: inbound.body.leftOver,
    });
    const { verdict } = sent;
    record({ inbound, findings, reply, denial, error: error ?? sent.error, verdict, startedAt });
  } finally {
    inbound.body.release();
    inbound.abandonment.over();
    parts.callsInFlight.delete(inbound.abandonment);
  }
}

async function replyTo(
  inbound: HttpInbound,
  request: Request,
  findings: Findings,
  parts: AppParts,
): Promise<Answered> {
  try {
    const fault = headFault(request);
    const preflight = fault ? undefined : preflightReply(inbound, request.headers, parts);
    if (preflight) return { reply: preflight };
    const result = fault ? refuse(fault) : await unlessAbandoned(parts.gateway, inbound, findings);
    if (result.ok) return { reply: result.value };
    return { reply: problemReply(result.denial, inbound, findings), denial: result.denial };
  } catch (error) {
    return { reply: problemReply(undefined, inbound, findings), error };
  }
}

/** `error`: too late for another answer, so the caller sees a broken transfer and the log the reason. */
async function sendReply(
  reply: Reply,
  request: Request,
  response: Response,
  options: SendOptions,
): Promise<{ readonly verdict: Verdict; readonly error?: unknown }> {
  try {
    return { verdict: await send(reply, request, response, options) };
  } catch (error) {
    response.destroy();
    return { verdict: "truncated", error };
  }
}

/** Ends the call before its upstream has it; from then on the upstream listens, and ends it itself. */
function unlessAbandoned(gateway: Gateway, inbound: Inbound, findings: Findings): Promise<Result<Reply>> {
  return new Promise((resolve, reject) => {
    inbound.abandonment.listen({ abandoned: (reason) => resolve(refuse(denialOf(reason))) });
    gateway(inbound, findings).then(resolve, reject);
  });
}
