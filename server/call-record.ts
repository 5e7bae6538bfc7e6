// What is left of a call once it is over: its line in the log and its place in the metrics.
import { createCallerLogs, type Log } from "./adapters/log.js";
import type { Metrics, UpstreamOutcome } from "./adapters/metrics.js";
import type { Denial } from "./core/denial.js";
import type { Findings, Inbound, Reply, Verdict } from "./core/inbound.js";
import { loggedPath } from "./http-names.js";
import type { Clock } from "./ports.js";

export interface Answered {
  readonly reply: Reply;
  readonly denial?: Denial | undefined;
  readonly error?: unknown;
}

export interface Ended extends Answered {
  readonly inbound: Inbound;
  readonly findings: Findings;
  /** How our answer to the caller ended. */
  readonly verdict: Verdict;
  readonly startedAt: number;
}

export function createRecord(parts: {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly clock: Clock;
}): (ended: Ended) => void {
  const callerLog = createCallerLogs(parts.log);
  return (ended) => {
    const { findings, reply, error, startedAt } = ended;
    const now = parts.clock();
    const upstream = upstreamOutcome(ended, now);
    const verdict = upstream?.verdict ?? ended.verdict;
    parts.metrics.callEnded({
      route: findings.route?.name ?? "none",
      door: findings.door ?? "none",
      status: reply.status,
      verdict,
      seconds: (now - startedAt) / 1000,
      reason: faultOf(ended),
      upstream,
      http: ended,
      traceId: findings.trace?.isSampled ? findings.trace.traceId : undefined,
    });
    findings.trace?.end({ status: reply.status, verdict, fault: faultOf(ended) });
    const fields = fieldsOf(ended, now - startedAt, verdict, upstream);
    const log = callerLog(findings);
    if (error !== undefined) log.error({ ...fields, err: error }, "request failed");
    else log.info(fields, "request");
  };
}

const faultOf = ({ denial, error }: Ended): string | undefined =>
  denial?.reason ?? (error === undefined ? undefined : "internal_error");

/** One object a line, written to in place. */
function fieldsOf(
  { inbound, findings: { route, door, upstream: call, trace }, reply, denial }: Ended,
  durationMs: number,
  verdict: Verdict,
  upstream: UpstreamOutcome | undefined,
): Record<string, unknown> {
  const fields: Record<string, unknown> = {
    requestId: inbound.requestId,
    method: inbound.method,
    path: loggedPath(inbound.rawTarget),
    client: inbound.client.address,
    status: reply.status,
    durationMs,
    verdict,
  };
  if (upstream) {
    fields.upstreamMs = upstream.milliseconds;
    fields.bytes = upstream.bytes;
    if (call?.functionError !== undefined) fields.functionError = call.functionError;
    if (call?.logTail !== undefined) fields.logTail = call.logTail;
  }
  if (route) fields.route = route.name;
  if (door) fields.door = door;
  if (trace) {
    fields.traceId = trace.traceId;
    fields.spanId = trace.spanId;
  }
  return denial ? Object.assign(fields, denial) : fields;
}

/** Absent where nothing was sent to the upstream. */
function upstreamOutcome(
  { findings: { upstream }, reply, verdict }: Ended,
  now: number,
): UpstreamOutcome | undefined {
  if (!upstream) return undefined;
  const { startedAt, ended, status } = upstream;
  if (reply.kind === "relayed")
    return { verdict, status, milliseconds: now - startedAt, bytes: reply.body.bytes };
  // Without an end of its own, a bug of ours ended it.
  const { at, verdict: own } = ended ?? { at: now, verdict: "truncated" };
  return { verdict: own, status, milliseconds: at - startedAt, bytes: 0 };
}
