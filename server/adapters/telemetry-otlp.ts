// Traces and metrics to a collector by OTLP over HTTP (protobuf), set up by the standard environment variables, which the
// SDK's exporters, samplers and detectors read themselves: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
// Loaded only where an endpoint is set (telemetry.ts). Nothing global is registered.
import { diag, DiagLogLevel } from "@opentelemetry/api";
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

type OpenTelemetry = Omit<Telemetry, "failedExports">;

/** The SDK reads its variables while it is made, and speaks of what it does not understand to a logger of the API's. */
export function openTelemetry(plan: TelemetryPlan): OpenTelemetry {
  const told = new Set<string>();
  // Both exporters read the variables of both signals: what the second says too is told once.
  const tell = (text: string): void => {
    if (!told.has(text)) plan.onDoubt(text);
    told.add(text);
  };
  const silent = (): void => undefined;
  // It is no more than a debug message to it that all OTEL_RESOURCE_ATTRIBUTES are dropped for a fault in one.
  const debug = (text: string): void => (text.startsWith("EnvDetector failed") ? tell(text) : undefined);
  const logger = { error: tell, warn: tell, info: silent, debug, verbose: silent };
  diag.setLogger(logger, { logLevel: DiagLogLevel.ALL, suppressOverrideMessage: true });
  try {
    return openProviders(plan);
  } finally {
    diag.disable();
  }
}

function openProviders(plan: TelemetryPlan): OpenTelemetry {
  const watched =
    (done: Done): Done =>
    (outcome) => {
      if (outcome.code === failedExport) plan.onExportFailed(outcome.error?.message ?? "no reason given");
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
    .merge(resourceFromAttributes({ "service.name": scope }))
    .merge(detectResources({ detectors: [envDetector] }));
  const tracers = plan.traces
    ? new BasicTracerProvider({ resource, spanProcessors: [new BatchSpanProcessor(new Traces())] })
    : undefined;
  const reader = () =>
    new PeriodicExportingMetricReader({
      exporter: new Figures(),
      exportIntervalMillis: plan.metricIntervalMs,
      exportTimeoutMillis: Math.min(plan.metricIntervalMs, 30_000),
    });
  const meters = plan.metrics ? new MeterProvider({ resource, readers: [reader()] }) : undefined;
  return {
    tracing: tracers && createTracing(tracers.getTracer(scope), plan),
    metrics: (metrics) => (meters ? withOtlpMetrics(metrics, meters.getMeter(scope)) : metrics),
    close: async () => {
      await Promise.allSettled([tracers?.shutdown(), meters?.shutdown()]);
    },
  };
}
