// Spans round the steps of a call, by OpenTelemetry's conventions for HTTP and AWS. Names and attributes come from the
// configuration, from AWS and from the request's method and path: never a claim, a header or a query.
// https://opentelemetry.io/docs/specs/semconv/http/http-spans/ , .../cloud-providers/aws-sdk/
import { AsyncLocalStorage } from "node:async_hooks";
import {
  createTraceState,
  ROOT_CONTEXT,
  SpanKind,
  trace,
  TraceFlags,
  type Context,
  type Span,
  type SpanContext,
  type Tracer,
} from "@opentelemetry/api";
import type { Findings } from "../core/inbound.js";
import type { RawHeaders } from "../core/raw-headers.js";
import { traceParentOf, traceStateOf, withTraceParent } from "../core/trace-context.js";
import type { Tracing } from "../tracing.js";
import { httpMethod } from "../http-names.js";
import { fail, refuseSpan, settle, TracedCall } from "./telemetry-span-ends.js";
import type { TelemetryPlan } from "./telemetry.js";
import { assumeRoleAttributes, clientAttributes, serverAttributes } from "./telemetry-attributes.js";

/** `region`: of STS. */
export type TracingOptions = Pick<TelemetryPlan, "region" | "carriesTraces">;

export function createTracing(tracer: Tracer, { region, carriesTraces }: TracingOptions): Tracing {
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
      const parent = carriesTraces ? parentOf(inbound.headers) : ROOT_CONTEXT;
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
      const headers = carriesTraces ? carriedOn(inbound.headers, span.spanContext()) : inbound.headers;
      const result = await proxy({ ...input, inbound: { ...inbound, headers } });
      // The span ends when the call does: what is relayed, with its body.
      if (!result.ok) refuseSpan(span, result.denial);
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

/** The state of a trace that is not carried on speaks of another one: it is left out (Trace Context 4.3). */
function carriedOn(
  headers: RawHeaders,
  { traceId, spanId, traceFlags, traceState }: SpanContext,
): RawHeaders {
  const isSampled = (traceFlags & TraceFlags.SAMPLED) !== 0;
  const state = traceState?.serialize();
  return withTraceParent(headers, { traceId, spanId, isSampled }, state === "" ? undefined : state);
}
