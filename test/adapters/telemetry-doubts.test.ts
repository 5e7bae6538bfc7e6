import { telemetryDoubts } from "../../server/adapters/telemetry-doubts.js";

test.each<[string, Record<string, string>, RegExp]>([
  ["a header that is no pair", { OTEL_EXPORTER_OTLP_HEADERS: "hunter2" }, /^OTEL_EXPORTER_OTLP_HEADERS has/],
  ["a header without a name", { OTEL_EXPORTER_OTLP_HEADERS: "=hunter2" }, /must be name=value/],
  [
    "a header without a value",
    { OTEL_EXPORTER_OTLP_TRACES_HEADERS: "hunter2=" },
    /^OTEL_EXPORTER_OTLP_TRACES_/,
  ],
  ["a header badly encoded", { OTEL_EXPORTER_OTLP_METRICS_HEADERS: "a=hunter2%" }, /percent-encoded/],
  ["one bad header of two", { OTEL_EXPORTER_OTLP_HEADERS: "a=b,hunter2" }, /has an entry that is dropped/],
  ["a value that disables nothing", { OTEL_SDK_DISABLED: "yes" }, /^OTEL_SDK_DISABLED is neither true nor/],
  [
    "a letter left out",
    { OTEL_EXPORTER_OTLP_ENDPONT: "hunter2" },
    /did you mean OTEL_EXPORTER_OTLP_ENDPOINT\?$/,
  ],
  ["a letter too many", { OTEL_METRICS_EXPORT_INTERVAL: "hunter2" }, /mean OTEL_METRIC_EXPORT_INTERVAL\?$/],
  [
    "a slip in a long name",
    { OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGREGATION: "hunter2" },
    /mean OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION\?$/,
  ],
])("%s is told, with its variable and without its value", (_, environment, doubt) => {
  expect(telemetryDoubts(environment)).toEqual([expect.stringMatching(doubt)]);
  expect(telemetryDoubts(environment)[0]).toContain(Object.keys(environment)[0]);
  expect(telemetryDoubts(environment)[0]).not.toMatch(/hunter2|yes/);
});

test.each<[string, Record<string, string>]>([
  ["headers as they should be", { OTEL_EXPORTER_OTLP_HEADERS: "api-key=a%20b, x=y=z," }],
  ["an empty variable", { OTEL_EXPORTER_OTLP_HEADERS: " ", OTEL_SDK_DISABLED: "", OTEL_SERVICE_NAM: "" }],
  ["an SDK that is not disabled", { OTEL_SDK_DISABLED: "False" }],
  ["what the specification knows", { OTEL_LOGS_EXPORTER: "none", OTEL_BLRP_SCHEDULE_DELAY: "1" }],
  ["what is near no known name", { OTEL_OPERATOR_VERSION: "1" }],
  ["another's variable", { HOTEL_SERVICE_NAME: "x", NOTEL_SERVICE_NAME: "x" }],
  ["anything, where the SDK is disabled", { OTEL_SDK_DISABLED: "true", OTEL_SERVICE_NAM: "x" }],
])("nothing is said of %s", (_, environment) => {
  expect(telemetryDoubts(environment)).toEqual([]);
});

test("each has its own sentence", () => {
  expect(
    telemetryDoubts({ OTEL_SDK_DISABLED: "1", OTEL_SERVICE_NAM: "x", OTEL_LOG_LEVLE: "x" }),
  ).toHaveLength(3);
});
