// How spans end: a call's own with its status and verdict, a step's with its result. A refusal is an error only where the fault
// is not the caller's. https://opentelemetry.io/docs/specs/semconv/http/http-spans/
import { SpanStatusCode, TraceFlags, type Span } from "@opentelemetry/api";
import type { Denial } from "../core/denial.js";
import type { CallTrace, Findings, Inbound } from "../core/inbound.js";
import type { RoleSession } from "../core/model.js";
import { problemOf } from "../core/problem.js";
import type { Result } from "../core/result.js";
import { httpMethod, httpRoute } from "../http-names.js";

export class TracedCall implements CallTrace {
  readonly traceId: string;
  readonly spanId: string;
  readonly isSampled: boolean;
  upstreamSpan: Span | undefined;

  constructor(
    readonly span: Span,
    readonly inbound: Inbound,
    readonly findings: Findings,
  ) {
    const { traceId, spanId, traceFlags } = span.spanContext();
    this.traceId = traceId;
    this.spanId = spanId;
    this.isSampled = (traceFlags & TraceFlags.SAMPLED) !== 0;
  }

  end({ status, verdict, fault }: Parameters<CallTrace["end"]>[0]): void {
    const { span, findings, inbound } = this;
    const { route, door, spec } = findings;
    if (this.upstreamSpan) endUpstream(this.upstreamSpan, verdict);
    const path = httpRoute(route);
    if (path !== undefined)
      span.updateName(`${httpMethod(inbound.method)} ${path}`).setAttribute("http.route", path);
    span.setAttribute("http.response.status_code", status).setAttribute("grantway.verdict", verdict);
    if (door) span.setAttribute("grantway.door", door);
    if (route) span.setAttribute("grantway.route", route.name);
    if (spec) span.setAttribute("grantway.rule", spec.rule);
    if (fault !== undefined) span.setAttribute("grantway.reason", fault);
    const isBroken = verdict !== "complete" && verdict !== "client_gone";
    if (status >= 500 || isBroken) {
      span.setAttribute("error.type", fault ?? (isBroken ? verdict : String(status)));
      span.setStatus({ code: SpanStatusCode.ERROR });
    }
    span.end();
  }
}

function endUpstream(span: Span, verdict: string): void {
  if (verdict !== "complete")
    span.setAttribute("error.type", verdict).setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

/** A result or a promise of one. */
export function settle<Outcome>(outcome: Outcome, span: Span): Outcome {
  if (!(outcome instanceof Promise)) {
    endStep(span, outcome);
    return outcome;
  }
  const settled = outcome.then(
    (value: unknown) => {
      endStep(span, value);
      return value;
    },
    (error: unknown) => {
      fail(span, error);
      throw error;
    },
  );
  return settled as Outcome;
}

function endStep(span: Span, outcome: unknown): void {
  if (isRefusal(outcome)) refuseSpan(span, outcome.denial);
  span.end();
}

const isRefusal = (outcome: unknown): outcome is Extract<Result<RoleSession>, { ok: false }> =>
  typeof outcome === "object" && outcome !== null && "ok" in outcome && outcome.ok === false;

export function refuseSpan(span: Span, denial: Denial): void {
  span.setAttribute("error.type", denial.reason);
  if (problemOf(denial).status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
}

/** A bug: its name alone, since a message may quote anything. */
export function fail(span: Span, error: unknown): void {
  span.setAttribute("error.type", error instanceof Error ? error.name : "Error");
  span.setStatus({ code: SpanStatusCode.ERROR }).end();
}
