// OpenTelemetry's standard environment variables -> which signals are sent. Of the variables that the SDK reads by itself, those
// are looked at here whose default would be worse than nothing: what asks for what there is not turns telemetry off.
// https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
import { accept, refuse, type Result } from "../core/result.js";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Signals {
  readonly traces: boolean;
  readonly metrics: boolean;
  readonly metricIntervalMs: number;
  /** Whether a call's place in its caller's trace is read, and ours handed on (W3C Trace Context). */
  readonly carriesTraces: boolean;
}

/** W3C Baggage passes as the other header fields do. */
const propagators = new Set(["tracecontext", "baggage", "none"]);
/** Those of the SDK: what it does not know it would take for "sample everything". */
const samplers = new Set(
  ["always_on", "always_off", "traceidratio"].flatMap((name) => [name, `parentbased_${name}`]),
);

/** Refuses with a sentence for the operator. */
export function wantedSignals(environment: Environment): Result<Signals, string> {
  const value = (name: string): string => environment[name]?.trim() ?? "";
  const metricIntervalMs = Number(value("OTEL_METRIC_EXPORT_INTERVAL") || "60000");
  const propagated = (value("OTEL_PROPAGATORS") || "tracecontext").split(",").map((name) => name.trim());
  const carriesTraces = propagated.includes("tracecontext") && !propagated.includes("none");
  const off = { traces: false, metrics: false, metricIntervalMs, carriesTraces };
  if (value("OTEL_SDK_DISABLED").toLowerCase() === "true") return accept(off);

  const signals = { ...off };
  for (const signal of ["traces", "metrics"] as const) {
    const wanted = isWanted(signal, value);
    if (!wanted.ok) return wanted;
    signals[signal] = wanted.value;
  }
  const fault = signals.traces ? traceFault(value, propagated) : undefined;
  if (fault !== undefined) return refuse(fault);
  if (!Number.isSafeInteger(metricIntervalMs) || metricIntervalMs < 1_000 || metricIntervalMs > 3_600_000)
    return refuse("OTEL_METRIC_EXPORT_INTERVAL must be a number of milliseconds from 1000 to 3600000");
  return accept(signals);
}

function isWanted(signal: "traces" | "metrics", value: (name: string) => string): Result<boolean, string> {
  const upper = signal.toUpperCase();
  const exporter = value(`OTEL_${upper}_EXPORTER`) || "otlp";
  const endpoint = value(`OTEL_EXPORTER_OTLP_${upper}_ENDPOINT`) || value("OTEL_EXPORTER_OTLP_ENDPOINT");
  if (endpoint === "" || exporter === "none") return accept(false);
  if (exporter !== "otlp")
    return refuse(`OTEL_${upper}_EXPORTER is ${JSON.stringify(exporter)}: there are otlp and none`);
  if (!isHttpUrl(endpoint)) return refuse(`the OTLP endpoint of ${signal} is no http: or https: URL`);
  const protocol =
    value(`OTEL_EXPORTER_OTLP_${upper}_PROTOCOL`) || value("OTEL_EXPORTER_OTLP_PROTOCOL") || "http/protobuf";
  return protocol === "http/protobuf"
    ? accept(true)
    : refuse(`the OTLP protocol of ${signal} is ${JSON.stringify(protocol)}: there is http/protobuf`);
}

function traceFault(value: (name: string) => string, propagated: readonly string[]): string | undefined {
  const unknown = propagated.find((name) => !propagators.has(name));
  if (unknown !== undefined)
    return `OTEL_PROPAGATORS has ${JSON.stringify(unknown)}: there are ${[...propagators].join(", ")}`;
  const sampler = value("OTEL_TRACES_SAMPLER") || "parentbased_always_on";
  if (!samplers.has(sampler))
    return `OTEL_TRACES_SAMPLER is ${JSON.stringify(sampler)}: there are ${[...samplers].join(", ")}`;
  const ratio = Number(value("OTEL_TRACES_SAMPLER_ARG"));
  return sampler.endsWith("traceidratio") && !(ratio >= 0 && ratio <= 1)
    ? "OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1"
    : undefined;
}

const isHttpUrl = (text: string): boolean => /^https?:\/\//i.test(text) && URL.canParse(text);
