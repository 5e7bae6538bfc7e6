import { readdirSync, readFileSync } from "node:fs";
import { notUsed, telemetryDoubts } from "../../server/adapters/telemetry-doubts.js";

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
  ["an interval out of bounds", { OTEL_METRIC_EXPORT_INTERVAL: "999" }, /from 1000 to 3600000; its default/],
  ["a timeout that is none", { OTEL_METRIC_EXPORT_TIMEOUT: "hunter2" }, /from 1 to 3600000; its default/],
  ["an exporter of logs", { OTEL_LOGS_EXPORTER: "hunter2" }, /^OTEL_LOGS_EXPORTER is not used here$/],
  ["what nothing here reads", { OTEL_LOG_LEVEL: "hunter2" }, /^OTEL_LOG_LEVEL is not used here$/],
  [
    "a slip in a long name",
    { OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGREGATION: "hunter2" },
    /mean OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION\?$/,
  ],
])("%s is told, with its variable and without its value", (_, environment, doubt) => {
  expect(telemetryDoubts(environment)).toEqual([expect.stringMatching(doubt)]);
  expect(telemetryDoubts(environment)[0]).toContain(Object.keys(environment)[0]);
  expect(telemetryDoubts(environment)[0]).not.toMatch(/hunter2|yes|999/);
});

test.each<[string, Record<string, string>]>([
  ["headers as they should be", { OTEL_EXPORTER_OTLP_HEADERS: "api-key=a%20b, x=y=z," }],
  ["an empty variable", { OTEL_EXPORTER_OTLP_HEADERS: " ", OTEL_SDK_DISABLED: "", OTEL_SERVICE_NAM: "" }],
  ["times as they should be", { OTEL_METRIC_EXPORT_INTERVAL: "1000", OTEL_METRIC_EXPORT_TIMEOUT: "3600000" }],
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

test("what is said to be not used is read by no package of OpenTelemetry's that is installed", () => {
  const folder = "node_modules/@opentelemetry";
  const sources = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter(
      (file) =>
        /^[\w-]+\/build\/src\/.*\.js$/.test(file) || /\/node_modules\/.*\/build\/src\/.*\.js$/.test(file),
    )
    .map((file) => readFileSync(`${folder}/${file}`, "utf8"));
  const reads = (what: string) => sources.some((source) => source.includes(what));
  expect(reads("OTEL_TRACES_SAMPLER")).toBe(true);
  // Some names are put together there: `OTEL_EXPORTER_OTLP_${signal}_HEADERS`.
  const ends = [...notUsed].map((name) => name.replace(/^OTEL_(?:EXPORTER_OTLP_METRICS_)?/, ""));
  expect(ends.filter(reads)).toEqual([]);
});
