// What is said of exports that failed, and of what was lost though none did: by a collector on a real socket where one answers.
import type { ServerResponse } from "node:http";
import { createLosses, causeOf } from "../../server/adapters/telemetry-losses.js";
import { withoutHeaderValues } from "../../server/adapters/telemetry-secrets.js";
import { startTelemetry } from "../../server/adapters/telemetry.js";
import type { Metrics } from "../../server/adapters/metrics.js";
import { until } from "../fixtures/until.js";
import { createLogLines } from "../fixtures/log-lines.js";
import { startOtlpCollector } from "../fixtures/otlp-collector.js";

const savedEnvironment = { ...process.env };
afterEach(() => {
  process.env = { ...savedEnvironment };
});

/** What the log has of metrics that are sent to a collector which answers so, and what is counted. */
async function sentTo(answer: (response: ServerResponse) => void, variables: Record<string, string> = {}) {
  const collector = await startOtlpCollector(answer);
  // The SDK reads the process's own.
  Object.assign(process.env, { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: collector.endpoint, ...variables });
  const { log, lines } = createLogLines();
  const telemetry = await startTelemetry(process.env, { log, region: "eu-west-1", version: "0.0.0" });
  telemetry?.metrics({ limitStoreFailed: () => undefined } as unknown as Metrics).limitStoreFailed();
  await telemetry?.close();
  await collector.close();
  return {
    lines: lines().filter(({ message }) => message !== "telemetry is on"),
    failures: telemetry?.failedExports(),
  };
}

const notSent = (cause: unknown, fields = {}) => ({
  ...{ level: 40, message: "telemetry could not be sent", cause, failures: 1 },
  ...fields,
});

/** An ExportMetricsServiceResponse: partial_success { rejected 7, error_message }. */
function partly(rejected: number, message: string): (response: ServerResponse) => void {
  const told = [Buffer.from([0x08, rejected, 0x12, message.length]), Buffer.from(message)];
  const partialSuccess = Buffer.concat(told);
  return (response) =>
    response.end(Buffer.concat([Buffer.from([0x0a, partialSuccess.length]), partialSuccess]));
}

test.each<[string, (response: ServerResponse) => void, string]>([
  ["its code and its reason", (response) => response.writeHead(413).end(), "413 Payload Too Large"],
  ["its code where it gives no reason", (response) => response.writeHead(400, " ").end(), "400"],
  [
    "that it may be tried again, without the code",
    (response) => response.writeHead(429, { "retry-after": "3600" }).end(),
    "Export failed with retryable status",
  ],
  ["that it took only a part", partly(7, "too old"), 'the collector rejected 7 data points: "too old"'],
  ["that it took only a part, and not why", partly(7, ""), "the collector rejected 7 data points"],
])("of a collector's answer the line has %s, and it counts", async (_what, answer, cause) => {
  expect(await sentTo(answer)).toMatchObject({ lines: [notSent(cause)], failures: 1 });
});

test("a collector that took all and says something is no failure", async () => {
  expect(await sentTo(partly(0, "send less often"))).toEqual({ lines: [], failures: 0 });
});

test("an answer that is no collector's is told, though its status is 200", async () => {
  expect(await sentTo((response) => response.end("<!doctype html><title>Sign in</title>"))).toMatchObject({
    lines: [
      {
        ...{ level: 40, message: "telemetry is not as asked for" },
        cause: expect.stringMatching(/^what answers at the endpoint is not understood/) as string,
      },
    ],
    failures: 0,
  });
});

test("an answer later than OTEL_METRIC_EXPORT_TIMEOUT is told", async () => {
  const { lines } = await sentTo((response) => setTimeout(() => response.end(), 50), {
    OTEL_METRIC_EXPORT_TIMEOUT: "1",
  });
  expect(lines).toMatchObject([notSent("the collector took longer than OTEL_METRIC_EXPORT_TIMEOUT: 1 ms")]);
});

test("a collector that does not answer at the end is told", async () => {
  // So short that nothing is tried again when the connection goes.
  const { lines, failures } = await sentTo(() => undefined, { OTEL_EXPORTER_OTLP_TIMEOUT: "3500" });
  expect(lines).toMatchObject([notSent("the collector took longer than 3000 ms at the end")]);
  expect(failures).toBe(1);
});

test("a header's value is in no line, though the collector quotes it", async () => {
  const { lines } = await sentTo(partly(1, "key of%20hunter2 (of hunter2) is spent"), {
    OTEL_EXPORTER_OTLP_HEADERS: "x-tenant=a,x-api-key=of%20hunter2",
  });
  expect(lines).toMatchObject([
    notSent('the collector rejected 1 data points: "key (a header) ((a header)) is spent"'),
  ]);
});

test("a header's value stands alone, too, where its scheme stands before it, and half a percent sign spoils nothing", () => {
  const hide = withoutHeaderValues({
    OTEL_EXPORTER_OTLP_TRACES_HEADERS: "authorization=Bearer%20hunter2,x-api-key=hunter3%",
  });
  expect(hide("hunter2, Bearer hunter2, hunter3%")).toBe("(a header), (a header), (a header)");
  expect(withoutHeaderValues({})("hunter2")).toBe("hunter2");
});

describe("what failed is told", () => {
  const quiet = (quietMs: number) => {
    const { log, lines } = createLogLines();
    return { lines, losses: createLosses({ environment: {}, log, quietMs }) };
  };

  test("at once, and then once in a while, with all that came between", async () => {
    const { lines, losses } = quiet(1);
    losses.add({ cause: "one" });
    losses.add({ cause: "two", droppedSpans: 300 });
    losses.add({ cause: "three", droppedSpans: 4 });
    expect(lines()).toMatchObject([notSent("one")]);
    await until(() => lines().length > 1);
    expect(lines()[1]).toMatchObject(notSent("three", { failures: 2, droppedSpans: 304 }));
    expect(losses.count()).toBe(3);
    losses.close();
  });

  test("at the end, where no line had it yet", () => {
    const { lines, losses } = quiet(3_600_000);
    losses.close();
    expect(lines()).toEqual([]);
    for (const cause of ["one", "two"]) losses.add({ cause });
    losses.close();
    expect(lines()).toMatchObject([notSent("one"), notSent("two")]);
    expect(lines()[1]).not.toHaveProperty("droppedSpans");
  });
});

test.each<[string, Error | undefined, string]>([
  ["an answer", Object.assign(new Error("Payload Too Large"), { code: 413 }), "413 Payload Too Large"],
  ["an answer without a reason", Object.assign(new Error(""), { code: 400 }), "400"],
  [
    "a connection",
    Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:1"), { code: "ECONNREFUSED" }),
    "connect ECONNREFUSED 127.0.0.1:1",
  ],
  [
    "a name with two addresses",
    Object.assign(new AggregateError([new Error("connect ECONNREFUSED ::1:1"), "another"]), {
      code: "ECONNREFUSED",
    }),
    "connect ECONNREFUSED ::1:1; another",
  ],
  ["an error that says nothing", new TypeError(""), "TypeError"],
  ["no error at all", undefined, "no reason given"],
])("the cause is never blank: %s", (_what, error, cause) => {
  expect(causeOf(error)).toBe(cause);
});
