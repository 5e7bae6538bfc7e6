// Traces and metrics to a collector by OTLP over HTTP (protobuf), set up by the standard environment variables, which the
// SDK's exporters, samplers and detectors read themselves: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
// Loaded only where an endpoint is set (telemetry.ts). Nothing global is registered but a logger (telemetry-diagnostics.ts).
import { randomUUID } from "node:crypto";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-proto";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from "@opentelemetry/resources";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { listenToSdk } from "./telemetry-diagnostics.js";
import { causeOf } from "./telemetry-losses.js";
import { withOtlpMetrics } from "./telemetry-metrics.js";
import { createTracing } from "./telemetry-traces.js";
import type { Telemetry, TelemetryPlan } from "./telemetry.js";

const scope = "grantway";

interface ExportOutcome {
  readonly code: number;
  readonly error?: Error;
}
type Done = (outcome: ExportOutcome) => void;

const failedExport = 1;

interface OpenTelemetry extends Pick<Telemetry, "tracing" | "metrics"> {
  /** Sends what is left. */
  flush(): Promise<void>;
  /** After which nothing more is heard of it. */
  ended(): void;
}

/** The SDK reads its variables while it is made. */
export function openTelemetry(plan: TelemetryPlan): OpenTelemetry {
  const diagnostics = listenToSdk(plan);
  const providers = openProviders(plan);
  diagnostics.made();
  return { ...providers, ended: () => diagnostics.ended() };
}

function openProviders(plan: TelemetryPlan): Omit<OpenTelemetry, "ended"> {
  const watched =
    (done: Done): Done =>
    (outcome) => {
      if (outcome.code === failedExport) plan.onLost({ cause: causeOf(outcome.error) });
      done(outcome);
    };
  class Traces extends OTLPTraceExporter {
    override export(...[items, done]: Parameters<OTLPTraceExporter["export"]>): void {
      super.export(items, watched(done));
    }
  }
  class Figures extends OTLPMetricExporter {
    override export(...[items, done]: Parameters<OTLPMetricExporter["export"]>): void {
      super.export(items, watched(done));
    }
  }
  const resource = defaultResource()
    .merge(
      resourceFromAttributes({
        "service.name": scope,
        "service.version": plan.version,
        // What two replicas count is two series: by one name a collector takes each for the other's, gone back.
        "service.instance.id": randomUUID(),
      }),
    )
    .merge(detectResources({ detectors: [envDetector] }));
  const tracers = plan.traces
    ? new BasicTracerProvider({ resource, spanProcessors: [new BatchSpanProcessor(new Traces())] })
    : undefined;
  const reader = () =>
    new PeriodicExportingMetricReader({
      exporter: new Figures(),
      exportIntervalMillis: plan.metricIntervalMs,
      exportTimeoutMillis: plan.metricTimeoutMs,
    });
  const meters = plan.metrics ? new MeterProvider({ resource, readers: [reader()] }) : undefined;
  return {
    tracing: tracers && createTracing(tracers.getTracer(scope), plan),
    metrics: (metrics) => (meters ? withOtlpMetrics(metrics, meters.getMeter(scope)) : metrics),
    flush: async () => {
      await Promise.allSettled([tracers?.shutdown(), meters?.shutdown()]);
    },
  };
}
