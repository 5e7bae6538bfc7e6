// The Express app, in request order: a preflight is answered, any other request goes the way through, and every
// answer gets its id, its CORS fields, its log line and its place in the metrics.
import express, { type Express, type Request, type Response } from "express";
import type { BodyBudget } from "./adapters/request-body.js";
import type { Log } from "./adapters/log.js";
import { isItsTurn, turnOf } from "./adapters/pipelining.js";
import { headFault } from "./adapters/request-head.js";
import type { Metrics } from "./adapters/metrics.js";
import { record, type Answered } from "./call-record.js";
import type { Cors } from "./core/cors.js";
import type { Findings, Inbound, Reply, Verdict } from "./core/inbound.js";
import { internalError, problemBody, problemHeaders, problemOf, type Problem } from "./core/problem.js";
import { refuse } from "./core/result.js";
import { commonHeaders, preflightReply } from "./cors-fields.js";
import { inboundOf, send, type HttpInbound } from "./express-bridge.js";
import type { Gateway } from "./gateway.js";
import type { Clock } from "./ports.js";

export interface AppParts {
  readonly gateway: Gateway;
  readonly budget: BodyBudget;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly cors: Cors | undefined;
  readonly trustProxy: number | readonly string[];
  /** While draining every answer is its connection's last. */
  readonly isDraining: () => boolean;
}

export function createApp(parts: AppParts): Express {
  const app = express();
  app.disable("x-powered-by").disable("etag").set("query parser", false);
  app.set("trust proxy", parts.trustProxy);
  app.use((request: Request, response: Response) => answer(request, response, parts));
  return app;
}

async function answer(request: Request, response: Response, parts: AppParts): Promise<void> {
  if (!isItsTurn(response)) await turnOf(request, response);
  const startedAt = parts.clock();
  const inbound = inboundOf(request, response, parts.budget);
  parts.metrics.callStarted();
  const findings: Findings = {};
  let answered = await replyTo(inbound, request, findings, parts);
  let verdict: Verdict = "truncated";
  try {
    verdict = await send(answered.reply, request, response, {
      headers: commonHeaders(inbound, request, answered.reply, parts.cors),
      isLast: parts.isDraining(),
      leftOver: inbound.body.leftOver,
    });
  } catch (error) {
    // Too late for another answer: the caller sees a broken transfer, the log the reason.
    response.destroy();
    answered = { ...answered, error };
  } finally {
    inbound.body.release();
  }
  record({ ...answered, inbound, findings, verdict, startedAt }, parts);
}

async function replyTo(
  inbound: HttpInbound,
  request: Request,
  findings: Findings,
  parts: AppParts,
): Promise<Answered> {
  const preflight = parts.cors && preflightReply(request, parts.cors);
  if (preflight) return { reply: preflight };
  try {
    const fault = headFault(request);
    const result = fault ? refuse(fault) : await parts.gateway(inbound, findings);
    if (result.ok) return { reply: result.value };
    return { reply: problemReply(problemOf(result.denial), inbound, findings), denial: result.denial };
  } catch (error) {
    return { reply: problemReply(internalError, inbound, findings), error };
  }
}

function problemReply(problem: Problem, { requestId, rawTarget }: Inbound, { door }: Findings): Reply {
  const body = problemBody(problem, requestId);
  // Credential clients of AWS SDKs show these two; others pass over them. A mistyped route name has no door yet.
  const forSdks =
    door === "grant" || /^\/grant(?:[/?]|$)/.test(rawTarget)
      ? { Code: problem.code, Message: problem.detail }
      : {};
  return {
    kind: "own",
    status: problem.status,
    headers: problemHeaders(problem),
    body: JSON.stringify({ ...body, ...forSdks }),
  };
}
