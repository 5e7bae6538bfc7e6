// The two text formats that Prometheus's metrics come in. Exemplars are in OpenMetrics alone; a scraper that does not ask for
// it may not know it, and gets the older one. https://prometheus.io/docs/instrumenting/exposition_formats/

/** By the Accept field: nobody asks for it by a wildcard. */
export const asksForOpenMetrics = (accept = ""): boolean =>
  accept
    .split(",")
    .some(
      (range) =>
        /^\s*application\/openmetrics-text\s*(?:;|$)/i.test(range) && !/;\s*q=0(?:\.0*)?\s*$/i.test(range),
    );

export const plainContentType = "text/plain; version=0.0.4; charset=utf-8";

/** The same without exemplars and end mark, and with the counters' families under the names of their samples. */
export function plainExposition(openMetrics: string): string {
  const counters = new Set(Array.from(openMetrics.matchAll(/^# TYPE (\S+) counter$/gm), ([, name]) => name));
  return openMetrics
    .replace(/^# (HELP|TYPE) (\S+)/gm, (line, _word, name: string) =>
      counters.has(name) ? `${line}_total` : line,
    )
    .replace(/ # \{trace_id="[\da-f]+"\} \S+ \S+$/gm, "")
    .replace(/^# EOF\n/m, "");
}
