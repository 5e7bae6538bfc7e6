// OpenTelemetry's standard environment variables -> which signals are sent. Of the variables that the SDK reads by itself, those
// are looked at here whose default would be worse than nothing: what asks for what there is not turns telemetry off.
// https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
import { accept, refuse, type Result } from "../core/result.js";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Signals {
  readonly traces: boolean;
  readonly metrics: boolean;
  readonly metricIntervalMs: number;
  /** No longer than the interval. */
  readonly metricTimeoutMs: number;
  /** Whether a call's place in its caller's trace is read, and ours handed on (W3C Trace Context). */
  readonly carriesTraces: boolean;
}

/** W3C Baggage passes as the other header fields do. */
const propagators = new Set(["tracecontext", "baggage", "none"]);
/** Those of the SDK: what it does not know it would take for "sample everything". */
const samplers = new Set(
  ["always_on", "always_off", "traceidratio"].flatMap((name) => [name, `parentbased_${name}`]),
);

/** Refuses with a sentence for the operator for each fault there is. */
export function wantedSignals(environment: Environment): Result<Signals, readonly string[]> {
  const value: Value = (name) => environment[name]?.trim() ?? "";
  const metricIntervalMs = millisecondsOf(environment, "OTEL_METRIC_EXPORT_INTERVAL") ?? 60_000;
  const metricTimeoutMs = Math.min(
    millisecondsOf(environment, "OTEL_METRIC_EXPORT_TIMEOUT") ?? 30_000,
    metricIntervalMs,
  );
  const propagated = (value("OTEL_PROPAGATORS") || "tracecontext").split(",").map((name) => name.trim());
  const carriesTraces = propagated.includes("tracecontext") && !propagated.includes("none");
  const off = { traces: false, metrics: false, metricIntervalMs, metricTimeoutMs, carriesTraces };
  if (isDisabled(environment)) return accept(off);

  const signals = { ...off, traces: isWanted("traces", value), metrics: isWanted("metrics", value) };
  const faults = [
    ...(signals.traces ? [...exporterFaults("TRACES", value), ...traceFaults(value, propagated)] : []),
    ...(signals.metrics ? exporterFaults("METRICS", value) : []),
  ];
  // What both signals read is at fault once.
  return faults.length > 0 ? refuse([...new Set(faults)]) : accept(signals);
}

/** Nothing but `true` is true: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#boolean */
export const isDisabled = ({ OTEL_SDK_DISABLED }: Environment): boolean =>
  OTEL_SDK_DISABLED?.trim().toLowerCase() === "true";

/** The SDK reads neither by itself. */
export const milliseconds = {
  OTEL_METRIC_EXPORT_INTERVAL: { least: 1_000, most: 3_600_000 },
  OTEL_METRIC_EXPORT_TIMEOUT: { least: 1, most: 3_600_000 },
} as const;

/** Undefined where it is not set, or is nothing within the bounds, which telemetryDoubts tells. */
export function millisecondsOf(
  environment: Environment,
  name: keyof typeof milliseconds,
): number | undefined {
  const text = environment[name]?.trim() ?? "";
  const { least, most } = milliseconds[name];
  const number = text === "" ? NaN : Number(text);
  return Number.isSafeInteger(number) && number >= least && number <= most ? number : undefined;
}

type Value = (name: string) => string;

function isWanted(signal: "traces" | "metrics", value: Value): boolean {
  const upper = signal.toUpperCase();
  const endpoint = value(`OTEL_EXPORTER_OTLP_${upper}_ENDPOINT`) || value("OTEL_EXPORTER_OTLP_ENDPOINT");
  return endpoint !== "" && value(`OTEL_${upper}_EXPORTER`) !== "none";
}

function exporterFaults(signal: "TRACES" | "METRICS", value: Value): string[] {
  const exporter = value(`OTEL_${signal}_EXPORTER`) || "otlp";
  if (exporter !== "otlp")
    return [`OTEL_${signal}_EXPORTER is ${JSON.stringify(exporter)}: there are otlp and none`];
  const faults: string[] = [];
  // The variable that counts: the signal's own goes before that of both.
  const inForce = (what: string): string => {
    const own = `OTEL_EXPORTER_OTLP_${signal}_${what}`;
    return value(own) === "" ? `OTEL_EXPORTER_OTLP_${what}` : own;
  };
  const endpoint = inForce("ENDPOINT");
  // Not quoted: a URL may hold a password.
  if (!isHttpUrl(value(endpoint))) faults.push(`${endpoint} is no http: or https: URL`);
  const protocol = inForce("PROTOCOL");
  if (!["", "http/protobuf"].includes(value(protocol)))
    faults.push(`${protocol} is ${JSON.stringify(value(protocol))}: there is http/protobuf`);
  return faults;
}

function traceFaults(value: Value, propagated: readonly string[]): string[] {
  const faults: string[] = [];
  const unknown = propagated.find((name) => !propagators.has(name));
  if (unknown !== undefined)
    faults.push(`OTEL_PROPAGATORS has ${JSON.stringify(unknown)}: there are ${[...propagators].join(", ")}`);
  const sampler = value("OTEL_TRACES_SAMPLER") || "parentbased_always_on";
  if (!samplers.has(sampler))
    faults.push(`OTEL_TRACES_SAMPLER is ${JSON.stringify(sampler)}: there are ${[...samplers].join(", ")}`);
  const ratio = Number(value("OTEL_TRACES_SAMPLER_ARG"));
  if (sampler.endsWith("traceidratio") && !(ratio >= 0 && ratio <= 1))
    faults.push("OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1");
  return faults;
}

const isHttpUrl = (text: string): boolean => /^https?:\/\//i.test(text) && URL.canParse(text);
