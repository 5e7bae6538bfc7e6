// The variables that hold headers for the collector, which are keys as a rule: what is in them is in no line of the log, not
// even where a collector quotes it.
import type { Environment } from "./telemetry-variables.js";

export const headerVariables = ["", "TRACES_", "METRICS_"].map(
  (signal) => `OTEL_EXPORTER_OTLP_${signal}HEADERS`,
);

/** Shorter ones are words of other texts too, and nobody's key. */
const shortestSecret = 6;

export function withoutHeaderValues(environment: Environment): (text: string) => string {
  const words = headerVariables
    .flatMap((name) => environment[name]?.split(",") ?? [])
    .map((entry) => entry.slice(entry.indexOf("=") + 1).trim())
    // Of `Bearer KEY` the key may stand alone.
    .flatMap((value) => [value, decoded(value), ...decoded(value).split(" ")])
    .filter((word) => word.length >= shortestSecret)
    // A word may be a part of another.
    .toSorted((one, other) => other.length - one.length);
  return (text) => words.reduce((rest, word) => rest.replaceAll(word, "(a header)"), text);
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
