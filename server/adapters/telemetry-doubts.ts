// OpenTelemetry's variables -> what is set and yet does nothing: the SDK passes over it in silence, and so does the
// specification. Turns nothing off. Names variables and never quotes a value: headers hold secrets.
// https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
import { nearest } from "../core/nearest.js";
import { headerVariables } from "./telemetry-secrets.js";
import { isDisabled, milliseconds, millisecondsOf, type Environment } from "./telemetry-variables.js";

/** One sentence for each. */
export function telemetryDoubts(environment: Environment): string[] {
  if (isDisabled(environment)) return [];
  const set = Object.entries(environment).flatMap(([name, text]) =>
    name.startsWith("OTEL_") && text !== undefined && text.trim() !== ""
      ? [[name, text.trim()] as const]
      : [],
  );
  return set.flatMap(([name, text]) => doubtAbout(name, text) ?? []);
}

function doubtAbout(name: string, text: string): string | undefined {
  if (name === "OTEL_SDK_DISABLED" && text.toLowerCase() !== "false")
    return "OTEL_SDK_DISABLED is neither true nor false, and so counts as false";
  if (headerVariables.includes(name) && !text.split(",").every(isHeader))
    return `${name} has an entry that is dropped: it must be name=value, percent-encoded, with commas between entries`;
  if (isTime(name) && millisecondsOf({ [name]: text }, name) === undefined) {
    const { least, most } = milliseconds[name];
    return `${name} must be a number of milliseconds from ${least} to ${most}; its default is used`;
  }
  if (notUsed.has(name) && !(name === "OTEL_LOGS_EXPORTER" && text === "none"))
    return `${name} is not used here`;
  if (known.has(name)) return undefined;
  const meant = nearest(name, [...known]);
  return meant === undefined ? undefined : `${name} is no variable of OpenTelemetry; did you mean ${meant}?`;
}

const isTime = (name: string): name is keyof typeof milliseconds => Object.hasOwn(milliseconds, name);

/** As the SDK's exporter reads it; that nothing stands between two commas is nobody's fault. */
function isHeader(entry: string): boolean {
  if (entry.trim() === "") return true;
  const [pair = ""] = entry.split(";");
  const [, name = "", value = ""] = /^([^=]+)=(.*)$/s.exec(pair) ?? [];
  if (name.trim() === "" || value.trim() === "") return false;
  try {
    return decodeURIComponent(pair) !== "";
  } catch {
    return false;
  }
}

/** Neither the SDK nor anything here reads them. Of logs there is the exporter's alone: none is asked for without it. */
export const notUsed: ReadonlySet<string> = new Set([
  ...["OTEL_LOG_LEVEL", "OTEL_CONFIG_FILE", "OTEL_LOGS_EXPORTER", "OTEL_METRICS_EXEMPLAR_FILTER"],
  ...["OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION", "OTEL_NODE_RESOURCE_DETECTORS"],
  ...["OTEL_SEMCONV_STABILITY_OPT_IN"],
]);

/** Those of the specification, of use here or not: logs too, so that none of theirs passes for a slip. */
const known = new Set(
  [
    ...["SDK_DISABLED", "SERVICE_NAME", "RESOURCE_ATTRIBUTES", "LOG_LEVEL", "PROPAGATORS"],
    ...["TRACES_SAMPLER", "TRACES_SAMPLER_ARG", "METRIC_EXPORT_INTERVAL", "METRIC_EXPORT_TIMEOUT"],
    ...["METRICS_EXEMPLAR_FILTER", "CONFIG_FILE", "NODE_RESOURCE_DETECTORS", "SEMCONV_STABILITY_OPT_IN"],
    ...["TRACES", "METRICS", "LOGS"].map((signal) => `${signal}_EXPORTER`),
    ...["", "TRACES_", "METRICS_", "LOGS_"].flatMap((signal) =>
      [
        ...["ENDPOINT", "PROTOCOL", "HEADERS", "TIMEOUT", "COMPRESSION", "INSECURE"],
        ...["CERTIFICATE", "CLIENT_KEY", "CLIENT_CERTIFICATE"],
      ].map((what) => `EXPORTER_OTLP_${signal}${what}`),
    ),
    ...["TEMPORALITY_PREFERENCE", "DEFAULT_HISTOGRAM_AGGREGATION"].map(
      (what) => `EXPORTER_OTLP_METRICS_${what}`,
    ),
    ...["BSP", "BLRP"].flatMap((processor) =>
      ["SCHEDULE_DELAY", "EXPORT_TIMEOUT", "MAX_QUEUE_SIZE", "MAX_EXPORT_BATCH_SIZE"].map(
        (what) => `${processor}_${what}`,
      ),
    ),
    ...["", "SPAN_", "LOGRECORD_"].flatMap((of) =>
      ["ATTRIBUTE_VALUE_LENGTH_LIMIT", "ATTRIBUTE_COUNT_LIMIT"].map((what) => `${of}${what}`),
    ),
    ...["SPAN_EVENT_COUNT_LIMIT", "SPAN_LINK_COUNT_LIMIT"],
    ...["EVENT", "LINK"].flatMap((of) => [
      `SPAN_ATTRIBUTE_PER_${of}_COUNT_LIMIT`,
      `${of}_ATTRIBUTE_COUNT_LIMIT`,
    ]),
  ].map((name) => `OTEL_${name}`),
);
