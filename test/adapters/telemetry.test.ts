import { startTelemetry } from "../../server/adapters/telemetry.js";
import { wantedSignals } from "../../server/adapters/telemetry-variables.js";
import { createLog } from "../../server/adapters/log.js";

const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318" };

describe("telemetry is", () => {
  test.each<[string, Record<string, string>, boolean, boolean]>([
    ["off without an endpoint", {}, false, false],
    ["off with an empty one", { OTEL_EXPORTER_OTLP_ENDPOINT: "" }, false, false],
    [
      "off without an endpoint, whatever else is set",
      { OTEL_TRACES_EXPORTER: "otlp", OTEL_SERVICE_NAME: "x" },
      false,
      false,
    ],
    ["on for both signals with an endpoint", endpoint, true, true],
    [
      "on for the one that has an endpoint",
      { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://c/v1/traces" },
      true,
      false,
    ],
    ["off for the signal that says none", { ...endpoint, OTEL_METRICS_EXPORTER: "none" }, true, false],
    ["off for the other one too", { ...endpoint, OTEL_TRACES_EXPORTER: "none" }, false, true],
    ["off where the SDK is disabled", { ...endpoint, OTEL_SDK_DISABLED: "TRUE" }, false, false],
    ["on where it says that it is not", { ...endpoint, OTEL_SDK_DISABLED: "false" }, true, true],
    [
      "on by the one protocol there is",
      { ...endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf" },
      true,
      true,
    ],
  ])("%s", (_title, environment, traces, metrics) => {
    expect(wantedSignals(environment)).toMatchObject({ ok: true, value: { traces, metrics } });
  });

  test.each<[Record<string, string>, string]>([
    [{ ...endpoint, OTEL_TRACES_EXPORTER: "zipkin" }, "OTEL_TRACES_EXPORTER"],
    [{ ...endpoint, OTEL_METRICS_EXPORTER: "prometheus" }, "OTEL_METRICS_EXPORTER"],
    [{ ...endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" }, 'OTEL_EXPORTER_OTLP_PROTOCOL is "grpc"'],
    [
      { ...endpoint, OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: "http/json" },
      'OTEL_EXPORTER_OTLP_METRICS_PROTOCOL is "http/json"',
    ],
    [
      { OTEL_EXPORTER_OTLP_ENDPOINT: "collector:4318" },
      "OTEL_EXPORTER_OTLP_ENDPOINT is no http: or https: URL",
    ],
    [
      { ...endpoint, OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: "collector:4318" },
      "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT is no http: or https: URL",
    ],
    [{ ...endpoint, OTEL_TRACES_SAMPLER: "jaeger_remote" }, "OTEL_TRACES_SAMPLER"],
    [{ ...endpoint, OTEL_TRACES_SAMPLER: "traceidratio", OTEL_TRACES_SAMPLER_ARG: "1.01" }, "SAMPLER_ARG"],
    [
      { ...endpoint, OTEL_TRACES_SAMPLER: "parentbased_traceidratio", OTEL_TRACES_SAMPLER_ARG: "5%" },
      "SAMPLER_ARG",
    ],
    [{ ...endpoint, OTEL_PROPAGATORS: "tracecontext,xray" }, '"xray"'],
  ])("refused with a reason: %j", (environment, reason) => {
    expect(wantedSignals(environment)).toEqual({
      ok: false,
      denial: [expect.stringContaining(reason) as string],
    });
  });

  test("refused for all that is at fault, and once for what both signals read", () => {
    const environment = {
      OTEL_EXPORTER_OTLP_ENDPOINT: "user:hunter2@collector:4318",
      OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: "grpc",
      OTEL_TRACES_SAMPLER: "xray",
      OTEL_PROPAGATORS: "b3",
    };
    const wanted = wantedSignals(environment);
    const faults = wanted.ok ? [] : wanted.denial;
    expect(faults.map((fault) => fault.split(" ")[0]).sort()).toEqual(Object.keys(environment).sort());
    expect(faults.join()).not.toContain("hunter2");
  });

  test.each<[string, Record<string, string>]>([
    [
      "no traces are sent",
      { OTEL_TRACES_EXPORTER: "none", OTEL_TRACES_SAMPLER: "xray", OTEL_PROPAGATORS: "b3" },
    ],
    ["the sampler takes no argument", { OTEL_TRACES_SAMPLER: "always_on", OTEL_TRACES_SAMPLER_ARG: "all" }],
    ["the ratio is one", { OTEL_TRACES_SAMPLER: "traceidratio", OTEL_TRACES_SAMPLER_ARG: "1" }],
    ["the ratio is none", { OTEL_TRACES_SAMPLER: "traceidratio", OTEL_TRACES_SAMPLER_ARG: "0" }],
  ])("not refused for what is of no account, or just in bounds: %s", (_why, variables) => {
    expect(wantedSignals({ ...endpoint, ...variables })).toMatchObject({
      ok: true,
      value: { metrics: true },
    });
  });

  test.each<[string | undefined, boolean]>([
    [undefined, true],
    ["", true],
    ["tracecontext,baggage", true],
    ["baggage", false],
    ["none", false],
    ["tracecontext, none", false],
  ])("with OTEL_PROPAGATORS %j, carrying traces on: %j", (propagators, carriesTraces) => {
    const environment = { ...endpoint, OTEL_PROPAGATORS: propagators };
    expect(wantedSignals(environment)).toMatchObject({ ok: true, value: { carriesTraces } });
  });

  test.each<[string, Record<string, string>, number, number]>([
    ["nothing is set", {}, 60_000, 30_000],
    ["the least is", { OTEL_METRIC_EXPORT_INTERVAL: "1000", OTEL_METRIC_EXPORT_TIMEOUT: "1" }, 1_000, 1],
    ["the most is", { OTEL_METRIC_EXPORT_INTERVAL: "3600000" }, 3_600_000, 30_000],
    ["a timeout is longer than its interval", { OTEL_METRIC_EXPORT_TIMEOUT: "90000" }, 60_000, 60_000],
    ["an interval is shorter than the timeout", { OTEL_METRIC_EXPORT_INTERVAL: "5000" }, 5_000, 5_000],
    ["an interval is too short", { OTEL_METRIC_EXPORT_INTERVAL: "999" }, 60_000, 30_000],
    ["an interval is too long", { OTEL_METRIC_EXPORT_INTERVAL: "3600001" }, 60_000, 30_000],
    [
      "they are no numbers",
      { OTEL_METRIC_EXPORT_INTERVAL: "soon", OTEL_METRIC_EXPORT_TIMEOUT: "0" },
      60_000,
      30_000,
    ],
  ])("on for both signals, with times that serve, where %s", (_title, variables, intervalMs, timeoutMs) => {
    expect(wantedSignals({ ...endpoint, ...variables })).toMatchObject({
      ok: true,
      value: { traces: true, metrics: true, metricIntervalMs: intervalMs, metricTimeoutMs: timeoutMs },
    });
  });

  test("off with a warning, and the gateway on, where a variable asks for what there is not", async () => {
    const lines: string[] = [];
    const log = createLog({ write: (line) => void lines.push(line) });
    const environment = { ...endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: "grpc", OTEL_PROPAGATORS: "b3" };
    expect(await startTelemetry(environment, { log, region: "eu-west-1", version: "0.0.0" })).toBeUndefined();
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      {
        level: 40,
        message: "telemetry is off",
        cause: expect.stringMatching(/PROTOCOL.*; OTEL_PROPAG/) as string,
      },
    ]);
  });

  test("off for want of an endpoint, with a warning where its variable is misspelt", async () => {
    const lines: string[] = [];
    const log = createLog({ write: (line) => void lines.push(line) });
    const environment = { OTEL_EXPORTER_OTLP_ENDPONT: "http://127.0.0.1:4318" };
    expect(await startTelemetry(environment, { log, region: "eu-west-1", version: "0.0.0" })).toBeUndefined();
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      {
        level: 40,
        message: "telemetry is not as asked for",
        cause: expect.stringMatching(/ENDPOINT\?$/) as string,
      },
    ]);
  });
});
