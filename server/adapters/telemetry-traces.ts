// Spans round the steps of a call, by OpenTelemetry's conventions for HTTP and AWS. Names and attributes come from the
// configuration, from AWS and from the request's method and path: never a claim, a header or a query.
// https://opentelemetry.io/docs/specs/semconv/http/http-spans/ , .../cloud-providers/aws-sdk/
import { AsyncLocalStorage } from "node:async_hooks";
import {
  createTraceState,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Context,
  type Span,
  type SpanContext,
  type Tracer,
} from "@opentelemetry/api";
import type { Denial } from "../core/denial.js";
import type { CallTrace, Findings, Inbound } from "../core/inbound.js";
import type { RoleSession } from "../core/model.js";
import { problemOf } from "../core/problem.js";
import type { RawHeaders } from "../core/raw-headers.js";
import type { Result } from "../core/result.js";
import { traceParentOf, traceStateOf, withTraceParent } from "../core/trace-context.js";
import type { Tracing } from "../tracing.js";
import { httpMethod, httpRoute } from "../http-names.js";
import { assumeRoleAttributes, clientAttributes, serverAttributes } from "./telemetry-attributes.js";

export function createTracing(tracer: Tracer, region: string): Tracing {
  const contexts = new AsyncLocalStorage<Context>();
  const calls = new WeakMap<Findings, TracedCall>();

  /** The context to put a span in; undefined where the call is not sampled, or there is none. */
  const recording = (): Context | undefined => {
    const context = contexts.getStore();
    return context && trace.getSpan(context)?.isRecording() ? context : undefined;
  };

  function within<Outcome>(span: Span, parent: Context, run: () => Outcome): Outcome {
    return contexts.run(trace.setSpan(parent, span), () => {
      try {
        return settle(run(), span);
      } catch (error) {
        fail(span, error);
        throw error;
      }
    });
  }

  return {
    gateway: (gateway) => (inbound, findings) => {
      const parent = parentOf(inbound.headers);
      const span = tracer.startSpan(
        httpMethod(inbound.method),
        { kind: SpanKind.SERVER, attributes: serverAttributes(inbound) },
        parent,
      );
      const call = new TracedCall(span, inbound, findings);
      calls.set(findings, call);
      findings.trace = call;
      return contexts.run(trace.setSpan(parent, span), () => gateway(inbound, findings));
    },

    step:
      (name, step) =>
      (...args) => {
        const parent = recording();
        return parent
          ? within(tracer.startSpan(name, {}, parent), parent, () => step(...args))
          : step(...args);
      },

    proxy: (proxy) => async (input) => {
      const call = calls.get(input.findings);
      const parent = contexts.getStore();
      if (!call || !parent) return proxy(input);
      const { inbound, match } = input;
      const span = tracer.startSpan(
        httpMethod(inbound.method),
        { kind: SpanKind.CLIENT, attributes: clientAttributes(inbound, match.route) },
        parent,
      );
      call.upstreamSpan = span;
      const headers = carriedOn(inbound.headers, span.spanContext());
      const result = await proxy({ ...input, inbound: { ...inbound, headers } });
      // What is relayed ends with its body, which is when the call ends.
      if (result.ok) span.setAttribute("http.response.status_code", result.value.status);
      else refuseSpan(span, result.denial);
      return result;
    },

    roleSessions: (roleSessions) => ({
      assume: (spec) => {
        const parent = recording();
        if (!parent) return roleSessions.assume(spec);
        const attributes = assumeRoleAttributes(spec, region);
        const span = tracer.startSpan("STS.AssumeRole", { kind: SpanKind.CLIENT, attributes }, parent);
        return within(span, parent, async () => {
          const result = await roleSessions.assume(spec);
          if (result.ok) span.setAttribute("aws.request_id", result.value.requestId);
          return result;
        });
      },
    }),
  };
}

class TracedCall implements CallTrace {
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

/** A result or a promise of one: a refusal is no error of the step's where it is the caller's fault. */
function settle<Outcome>(outcome: Outcome, span: Span): Outcome {
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

function refuseSpan(span: Span, denial: Denial): void {
  span.setAttribute("error.type", denial.reason);
  if (problemOf(denial).status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
}

/** A bug: its name alone, since a message may quote anything. */
function fail(span: Span, error: unknown): void {
  span.setAttribute("error.type", error instanceof Error ? error.name : "Error");
  span.setStatus({ code: SpanStatusCode.ERROR }).end();
}

function parentOf(headers: RawHeaders): Context {
  const parent = traceParentOf(headers);
  if (!parent) return ROOT_CONTEXT;
  const state = traceStateOf(headers);
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId: parent.traceId,
    spanId: parent.spanId,
    traceFlags: parent.isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
    isRemote: true,
    ...(state !== undefined && { traceState: createTraceState(state) }),
  });
}

const carriedOn = (
  headers: RawHeaders,
  { traceId, spanId, traceFlags, traceState }: SpanContext,
): RawHeaders =>
  withTraceParent(
    headers,
    { traceId, spanId, isSampled: (traceFlags & TraceFlags.SAMPLED) !== 0 },
    traceState?.serialize() ?? traceStateOf(headers),
  );
