// How spans end: a call's own with its status and verdict, a step's with its result, the call to the function with what
// came of it. https://opentelemetry.io/docs/specs/semconv/http/http-spans/
import { SpanStatusCode, TraceFlags, type Span } from "@opentelemetry/api";
import type { Denial } from "../core/denial.js";
import type { CallTrace, Findings, Inbound, Verdict } from "../core/inbound.js";
import type { RoleSession } from "../core/model.js";
import { problemOf } from "../core/problem.js";
import type { Result } from "../core/result.js";
import { httpRoute, spanName } from "../http-names.js";
import { clientErrorType, serverErrorType } from "./telemetry-error-types.js";

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
    this.endUpstream(verdict, fault);
    const path = httpRoute(inbound, findings);
    span.updateName(spanName(inbound.method, path));
    if (path !== undefined) span.setAttribute("http.route", path);
    span.setAttribute("http.response.status_code", status).setAttribute("grantway.verdict", verdict);
    if (door) span.setAttribute("grantway.door", door);
    if (route) span.setAttribute("grantway.route", route.name);
    if (spec) span.setAttribute("grantway.rule", spec.rule);
    if (fault !== undefined) span.setAttribute("grantway.reason", fault);
    setError(span, serverErrorType({ status, verdict, fault }));
    span.end();
  }

  /** A fault before the call was sent is on the span already, by `refuseSpan`. */
  private endUpstream(verdict: Verdict, fault: string | undefined): void {
    const { upstreamSpan: span, findings } = this;
    if (!span) return;
    const status = findings.upstream?.status;
    if (status !== undefined) span.setAttribute("http.response.status_code", status);
    setError(span, clientErrorType({ verdict, status, fault: findings.upstream && fault }));
    span.end();
  }
}

function setError(span: Span, type: string | undefined): void {
  if (type !== undefined) span.setAttribute("error.type", type).setStatus({ code: SpanStatusCode.ERROR });
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

/** Named on its step whoever is at fault; an error only where it is not the caller. */
export function refuseSpan(span: Span, denial: Denial): void {
  // Who left was refused nothing.
  if (denial.reason === "client_gone") return;
  span.setAttribute("error.type", denial.reason);
  if (problemOf(denial).status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
}

/** A bug: its name alone, since a message may quote anything. */
export function fail(span: Span, error: unknown): void {
  span.setAttribute("error.type", error instanceof Error ? error.name : "Error");
  span.setStatus({ code: SpanStatusCode.ERROR }).end();
}
