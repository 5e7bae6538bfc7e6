// Whether OpenTelemetry is on, by its standard environment variables, and for which signals. Without an endpoint nothing
// of it is loaded. A variable that asks for what there is not turns it off with a warning: telemetry never keeps the gateway
// from serving. https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
import { accept, refuse, type Result } from "../core/result.js";
import type { Tracing } from "../tracing.js";
import type { Log } from "./log.js";
import type { Metrics } from "./metrics.js";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Telemetry {
  readonly tracing: Tracing | undefined;
  /** The same metrics, counted for the collector too. */
  metrics(metrics: Metrics): Metrics;
  /** Sends what is left. Waits no longer than `flushMs`, and never rejects. */
  close(): Promise<void>;
}

export interface TelemetryPlan {
  readonly traces: boolean;
  readonly metrics: boolean;
  readonly metricIntervalMs: number;
  /** Of STS. */
  readonly region: string;
  readonly onExportFailed: (cause: string) => void;
}

/** How long the end of the process waits for a collector. */
export const flushMs = 3_000;
const quietMs = 60_000;

export async function startTelemetry(
  environment: Environment,
  { log, region, clock }: { readonly log: Log; readonly region: string; readonly clock: () => number },
): Promise<Telemetry | undefined> {
  const wanted = wantedSignals(environment);
  if (!wanted.ok) {
    log.warn({ cause: wanted.denial }, "telemetry is off");
    return undefined;
  }
  const { traces, metrics } = wanted.value;
  if (!traces && !metrics) return undefined;
  const { openTelemetry } = await import("./telemetry-otlp.js");
  let quietUntil = -Infinity;
  const onExportFailed = (cause: string): void => {
    if (clock() < quietUntil) return;
    quietUntil = clock() + quietMs;
    log.warn({ cause }, "telemetry could not be sent");
  };
  const telemetry = openTelemetry({ ...wanted.value, region, onExportFailed });
  log.info({ traces, metrics }, "telemetry is on");
  return { ...telemetry, close: () => inTime(telemetry.close()) };
}

type Signals = Pick<TelemetryPlan, "traces" | "metrics" | "metricIntervalMs">;

/** Refuses with a sentence for the operator. */
export function wantedSignals(environment: Environment): Result<Signals, string> {
  const value = (name: string): string => environment[name]?.trim() ?? "";
  const metricIntervalMs = Number(value("OTEL_METRIC_EXPORT_INTERVAL") || "60000");
  const off = { traces: false, metrics: false, metricIntervalMs };
  if (value("OTEL_SDK_DISABLED").toLowerCase() === "true") return accept(off);

  const signals = { ...off };
  for (const signal of ["traces", "metrics"] as const) {
    const upper = signal.toUpperCase();
    const exporter = value(`OTEL_${upper}_EXPORTER`) || "otlp";
    const endpoint = value(`OTEL_EXPORTER_OTLP_${upper}_ENDPOINT`) || value("OTEL_EXPORTER_OTLP_ENDPOINT");
    if (endpoint === "" || exporter === "none") continue;
    if (exporter !== "otlp")
      return refuse(`OTEL_${upper}_EXPORTER is ${JSON.stringify(exporter)}: there are otlp and none`);
    if (!isHttpUrl(endpoint)) return refuse(`the OTLP endpoint of ${signal} is no http: or https: URL`);
    const protocol =
      value(`OTEL_EXPORTER_OTLP_${upper}_PROTOCOL`) ||
      value("OTEL_EXPORTER_OTLP_PROTOCOL") ||
      "http/protobuf";
    if (protocol !== "http/protobuf")
      return refuse(`the OTLP protocol of ${signal} is ${JSON.stringify(protocol)}: there is http/protobuf`);
    signals[signal] = true;
  }
  if (!Number.isSafeInteger(metricIntervalMs) || metricIntervalMs < 1_000 || metricIntervalMs > 3_600_000)
    return refuse("OTEL_METRIC_EXPORT_INTERVAL must be a number of milliseconds from 1000 to 3600000");
  return accept(signals);
}

const isHttpUrl = (text: string): boolean => /^https?:\/\//i.test(text) && URL.canParse(text);

function inTime(closed: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const limit = setTimeout(resolve, flushMs);
    void closed.finally(() => {
      clearTimeout(limit);
      resolve();
    });
  });
}
