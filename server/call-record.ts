// What is left of a call once it is over: its line in the log and its place in the metrics.
import { findingFields, type Log } from "./adapters/log.js";
import type { Metrics } from "./adapters/metrics.js";
import type { Denial } from "./core/denial.js";
import type { Findings, Inbound, Reply, Verdict } from "./core/inbound.js";
import type { Clock } from "./ports.js";

export interface Answered {
  readonly reply: Reply;
  readonly denial?: Denial | undefined;
  readonly error?: unknown;
}

export interface Ended extends Answered {
  readonly inbound: Inbound;
  readonly findings: Findings;
  readonly verdict: Verdict;
  readonly startedAt: number;
}

export function record(
  { inbound, findings, reply, denial, error, verdict, startedAt }: Ended,
  parts: { readonly log: Log; readonly metrics: Metrics; readonly clock: Clock },
): void {
  const durationMs = parts.clock() - startedAt;
  const { route, door } = findings;
  parts.metrics.callEnded({
    route: route?.name ?? "none",
    door: door ?? "none",
    status: reply.status,
    verdict,
    seconds: durationMs / 1000,
  });
  const fields = {
    requestId: inbound.requestId,
    method: inbound.method,
    path: loggedPath(inbound.rawTarget),
    client: inbound.client.address,
    status: reply.status,
    durationMs,
    verdict,
    ...findingFields(findings, denial),
  };
  if (error !== undefined) parts.log.error({ ...fields, err: error }, "request failed");
  else parts.log.info(fields, "request");
}

const maxLoggedPath = 1024;

/** Queries carry secrets often enough, and so does the authority of an absolute form (RFC 3986 3.2.1). */
const loggedPath = (rawTarget: string): string =>
  rawTarget.startsWith("/") ? (rawTarget.split(/[?#]/, 1)[0] ?? "").slice(0, maxLoggedPath) : "(not a path)";
