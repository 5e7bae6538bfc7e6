// Traces and metrics end to end: the gateway with the standard variables set, and a collector on a real socket.
import { startOtlpCollector, type OtlpCollector, type OtlpSpan } from "../fixtures/otlp-collector.js";
import { startStack, type Stack, type StackOptions } from "../fixtures/stack.js";
import { formOf, postForm } from "../fixtures/sts-caller.js";
import { routedTo, startUpstreamServer } from "../fixtures/upstream-server.js";

const savedEnvironment = { ...process.env };
let collector: OtlpCollector | undefined;
let stack: Stack | undefined;

afterEach(async () => {
  await stack?.close();
  await collector?.close();
  stack = collector = undefined;
  process.env = { ...savedEnvironment };
});

async function startTraced(
  variables: Record<string, string> = {},
  options: StackOptions = {},
): Promise<Stack> {
  collector = await startOtlpCollector();
  Object.assign(process.env, { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint, ...variables });
  stack = await startStack(options);
  return stack;
}

/** The end of the gateway sends what is left. */
async function spansAfterStop(): Promise<readonly OtlpSpan[]> {
  await stack?.gateway.stop();
  return collector?.spans ?? [];
}

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const spanId = "00f067aa0ba902b7";
const traceparent = `00-${traceId}-${spanId}-01`;

test("a proxied call is one trace: the caller's, with a span for each step, carried on to the function", async () => {
  const { fetchAs, logLines } = await startTraced({
    OTEL_SERVICE_NAME: "edge",
    OTEL_RESOURCE_ATTRIBUTES: "deployment.environment.name=test",
  });
  const headers = { traceparent, tracestate: "vendor=1" };
  const event = (await (await fetchAs("alice", "/echo/7?secret=1", { headers })).json()) as {
    headers: Record<string, string>;
  };
  const spans = await spansAfterStop();
  const server = spans.find(({ kind }) => kind === 2);
  expect(server).toMatchObject({
    traceId,
    parentSpanId: spanId,
    name: "GET /echo/{proxy+}",
    statusCode: 0,
    attributes: {
      "http.request.method": "GET",
      "http.route": "/echo/{proxy+}",
      "http.response.status_code": 200,
      "url.path": "/echo/7",
      "url.scheme": "http",
      "grantway.route": "echo",
      "grantway.rule": "analyst",
    },
    resource: { "service.name": "edge", "deployment.environment.name": "test" },
  });
  const children = spans.filter(({ parentSpanId }) => parentSpanId === server?.spanId);
  expect(children.map(({ name }) => name).sort()).toEqual([
    ...["GET", "authenticate", "authorize", "match route", "obtain session"],
  ]);
  const obtain = children.find(({ name }) => name === "obtain session");
  const assume = spans.find(({ name }) => name === "STS.AssumeRole");
  expect(assume).toMatchObject({ traceId, parentSpanId: obtain?.spanId, kind: 3 });
  expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set([traceId]));

  const upstream = children.find(({ kind }) => kind === 3);
  expect(upstream?.attributes).toMatchObject({
    "http.response.status_code": 200,
    "server.address": "127.0.0.1",
  });
  expect(event.headers).toMatchObject({
    traceparent: `00-${traceId}-${upstream?.spanId}-01`,
    tracestate: "vendor=1",
  });
  expect(logLines().find(({ message }) => message === "request")).toMatchObject({
    traceId,
    spanId: server?.spanId,
  });
  expect(stack?.sessionLines()).toContainEqual(
    expect.objectContaining({ message: "session issued", traceId }),
  );
});

test("what is sent holds no token, no secret, no query and no claim", async () => {
  const { fetchAs, issuer, url } = await startTraced();
  await (await fetchAs("alice", `/echo/${await issuer.mint("alice")}?q=the-query`)).text();
  await (await fetchAs("alice", "/grant/hello")).text();
  expect((await postForm(`${url}/sts/hello`, formOf(await issuer.mint("alice")))).status).toBe(200);
  const spans = await spansAfterStop();
  const door = spans.find(({ attributes }) => attributes["grantway.door"] === "sts");
  const steps = spans.filter(({ parentSpanId }) => parentSpanId === door?.spanId).map(({ name }) => name);
  expect(steps.toSorted()).toEqual(["authenticate", "authorize", "obtain session"]);
  const sent = collector?.everything() ?? "";
  expect(sent).toContain("(a token)");
  for (const secret of ["eyJ", "IQoJb3JpZ2luX2Vj", "the-query", "alice", "acme"])
    expect(sent).not.toContain(secret);
});

test("a granted session has its own step", async () => {
  const { fetchAs } = await startTraced();
  await (await fetchAs("alice", "/grant/hello")).text();
  const spans = await spansAfterStop();
  expect(spans.map(({ name }) => name)).toContain("grant");
  expect(spans.find(({ kind }) => kind === 2)?.attributes).toMatchObject({ "grantway.door": "grant" });
});

test("a refusal is named on its step and on the call, and is no error where it is the caller's", async () => {
  const { fetchAs, url } = await startTraced();
  await (await fetchAs("bob", "/hello")).text();
  await (await fetch(`${url}/nothing/here`)).text();
  const spans = await spansAfterStop();
  expect(spans.find(({ name }) => name === "authorize")).toMatchObject({
    statusCode: 0,
    attributes: { "error.type": "role_not_granted" },
  });
  const servers = spans.filter(({ kind }) => kind === 2);
  expect(servers.map(({ name, statusCode }) => [name, statusCode])).toEqual([
    ["GET /hello", 0],
    ["GET", 0],
  ]);
  expect(servers[1]?.attributes).toMatchObject({ "grantway.reason": "route_unknown" });
});

test("an outage is an error", async () => {
  const { fetchAs } = await startTraced({}, { fault: () => "throttle" });
  await (await fetchAs("alice", "/hello")).text();
  const spans = await spansAfterStop();
  for (const name of ["STS.AssumeRole", "obtain session", "GET /hello"])
    expect(spans.find((span) => span.name === name)).toMatchObject({
      statusCode: 2,
      attributes: { "error.type": "sts_throttled" },
    });
});

test("what the caller did not sample is not recorded, and its trace goes on all the same", async () => {
  const { fetchAs } = await startTraced();
  const headers = { traceparent: `00-${traceId}-${spanId}-00` };
  const event = (await (await fetchAs("alice", "/echo/7", { headers })).json()) as {
    headers: Record<string, string>;
  };
  expect(await spansAfterStop()).toEqual([]);
  expect(event.headers.traceparent).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-00$`));
});

interface Echoed {
  readonly headers: Record<string, string>;
}
/** What the function gets of what the caller sent. */
async function carriedOn({ fetchAs }: Stack, headers: Record<string, string>) {
  const event = (await (await fetchAs("alice", "/echo/7", { headers })).json()) as Echoed;
  const { traceparent: parent, tracestate: state } = event.headers;
  return { parent, state };
}

test("a traceparent that is none begins a trace of ours, without the state of the caller's", async () => {
  const traced = await startTraced();
  const malformed = [
    "x".repeat(10_000),
    `00-${traceId}-${spanId}-01-more`,
    `00-${"0".repeat(32)}-${spanId}-01`,
    "\u00ff",
  ];
  const carried = [];
  for (const each of malformed)
    carried.push(await carriedOn(traced, { traceparent: each, tracestate: "vendor=1" }));
  const servers = (await spansAfterStop()).filter(({ kind }) => kind === 2);
  expect(servers.map(({ parentSpanId }) => parentSpanId)).toEqual(malformed.map(() => ""));
  expect(new Set([traceId, ...servers.map((server) => server.traceId)]).size).toBe(malformed.length + 1);
  for (const [at, { parent, state }] of carried.entries()) {
    expect(parent).toMatch(new RegExp(`^00-${servers[at]?.traceId}-[0-9a-f]{16}-01$`));
    expect(state).toBeUndefined();
  }
});

test("a tracestate that is none is left out, and the trace goes on", async () => {
  const traced = await startTraced();
  for (const tracestate of ["no list at all", "a=1,".repeat(200), "KEY=v,=,x="]) {
    const { parent, state } = await carriedOn(traced, { traceparent, tracestate });
    expect(parent).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`));
    expect(state).toBeUndefined();
  }
});

test("callers' traces are theirs alone where OTEL_PROPAGATORS says none: ours is another, and is not handed on", async () => {
  const { parent, state } = await carriedOn(await startTraced({ OTEL_PROPAGATORS: "none" }), {
    traceparent: `00-${traceId}-${spanId}-00`,
    tracestate: "vendor=1",
  });
  const server = (await spansAfterStop()).find(({ kind }) => kind === 2);
  expect(server).toMatchObject({ parentSpanId: "" });
  expect(server?.traceId).not.toBe(traceId);
  expect([parent, state]).toEqual([`00-${traceId}-${spanId}-00`, "vendor=1"]);
});

test("headers, compression and a signal's own endpoint are as the variables say", async () => {
  collector = await startOtlpCollector();
  Object.assign(process.env, {
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector.endpoint}/of-its-own/v1/traces`,
    OTEL_EXPORTER_OTLP_HEADERS: "x-api-key=of%20the%20collector",
    OTEL_EXPORTER_OTLP_COMPRESSION: "gzip",
  });
  stack = await startStack();
  await (await stack.fetchAs("alice", "/hello")).text();
  const spans = await spansAfterStop();
  expect(spans.map(({ name }) => name)).toContain("GET /hello");
  expect(collector.requests).toEqual(["/of-its-own/v1/traces application/x-protobuf"]);
  expect(collector.headers()).toMatchObject({ "x-api-key": "of the collector", "content-encoding": "gzip" });
  expect(JSON.stringify(stack.logLines())).not.toContain("of the collector");
});

test("a variable that the SDK does not understand has a line, and its default", async () => {
  const { logLines } = await startTraced({
    OTEL_EXPORTER_OTLP_COMPRESSION: "zstd",
    OTEL_RESOURCE_ATTRIBUTES: "a=b=c",
    OTEL_TRACES_SAMPLER: "traceidratio",
    OTEL_BSP_SCHEDULE_DELAY: "soon",
  });
  const doubts = logLines().filter(({ message }) => message === "telemetry is not as asked for");
  for (const named of ["COMPRESSION", "OTEL_RESOURCE_ATTRIBUTES", "SAMPLER_ARG", "OTEL_BSP_SCHEDULE_DELAY"])
    expect(doubts).toContainEqual(
      expect.objectContaining({ level: 40, cause: expect.stringContaining(named) as string }),
    );
  // The traces' exporter and the metrics' both read what is meant for both.
  expect(doubts.filter(({ cause }) => String(cause).includes("COMPRESSION"))).toHaveLength(1);
});

test("the sampler is the operator's", async () => {
  const { fetchAs } = await startTraced({ OTEL_TRACES_SAMPLER: "always_off" });
  await (await fetchAs("alice", "/echo/7", { headers: { traceparent } })).text();
  expect(await spansAfterStop()).toEqual([]);
});

test("a variable that is understood has no line of doubt", async () => {
  const { logLines } = await startTraced({
    OTEL_TRACES_SAMPLER: "traceidratio",
    OTEL_TRACES_SAMPLER_ARG: "0.5",
  });
  expect(logLines().filter(({ level }) => level !== 30)).toEqual([]);
});

test("metrics come by OTLP too, with names from the configuration alone", async () => {
  const { fetchAs } = await startTraced({ OTEL_TRACES_EXPORTER: "none" });
  await (await fetchAs("alice", "/echo/7")).text();
  await (await fetchAs("alice", "/echo/8", { method: "PROPFIND" })).text();
  expect(await spansAfterStop()).toEqual([]);
  expect(collector?.requests).toEqual(["/v1/metrics application/x-protobuf"]);
  const metric = (name: string) => collector?.metrics.find((each) => each.name === name)?.points;
  const call = { "http.route": "/echo/{proxy+}", "http.response.status_code": 200, "grantway.door": "proxy" };
  expect(metric("http.server.request.duration")).toEqual([
    expect.objectContaining({ ...call, "http.request.method": "GET" }),
    expect.objectContaining({ "http.request.method": "_OTHER" }),
  ]);
  expect(metric("grantway.assume_role.duration")).toEqual([
    { "grantway.rule": "analyst", "grantway.outcome": "ok" },
  ]);
  expect(metric("grantway.calls_in_flight")).toHaveLength(1);
  const upstream = {
    ...{ "server.address": "127.0.0.1", "server.port": expect.any(Number) as number },
    ...{ "grantway.route": "echo", "grantway.verdict": "complete", "http.response.status_code": 200 },
  };
  // The other one never left.
  const upstreams = [{ ...upstream, "http.request.method": "GET" }];
  expect(metric("http.client.request.duration")).toEqual(upstreams);
  expect(metric("grantway.upstream.io")).toEqual(upstreams);
});

test("Prometheus gets an exemplar: the trace of a call in its bucket of the duration", async () => {
  const { fetchAs, adminUrl } = await startTraced();
  await (await fetchAs("alice", "/hello", { headers: { traceparent } })).text();
  const accept = "application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.3,*/*;q=0.2";
  const metrics = await fetch(`${adminUrl}/metrics`, { headers: { accept } });
  expect(metrics.headers.get("content-type")).toMatch(/^application\/openmetrics-text; ?version=1\.0\.0/);
  const text = await metrics.text();
  expect(text).toMatch(
    new RegExp(
      `^grantway_request_duration_seconds_bucket\\{.*route="hello".*\\} 1 # \\{trace_id="${traceId}"\\} `,
      "m",
    ),
  );
  expect(text).toMatch(
    /^grantway_requests_total\{route="hello",door="proxy",status="200",verdict="complete"\} 1$/m,
  );
  expect(text.endsWith("# EOF\n")).toBe(true);

  const plain = await fetch(`${adminUrl}/metrics`);
  expect(plain.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  expect(await plain.text()).not.toMatch(/trace_id|# EOF/);
});

describe("a collector that fails touches no call", () => {
  test.each<[string, () => Promise<{ endpoint: string; close(): Promise<void> }>]>([
    ["refuses", () => startOtlpCollector((response) => response.writeHead(400).end())],
    ["hangs", () => startOtlpCollector(() => undefined)],
    [
      "is gone",
      async () => Promise.resolve({ endpoint: "http://127.0.0.1:1", close: async () => Promise.resolve() }),
    ],
  ])("one that %s", async (_what, start) => {
    const failing = await start();
    process.env.OTEL_EXPORTER_OTLP_ENDPOINT = failing.endpoint;
    stack = await startStack();
    expect((await stack.fetchAs("alice", "/hello")).status).toBe(200);
    await stack.gateway.stop();
    expect(stack.logLines().at(-1)).toMatchObject({ message: "stopped", outcome: "finished" });
    await failing.close();
  });
});

test("without an endpoint nothing of it is there: no trace in the log, and the caller's own goes on untouched", async () => {
  stack = await startStack();
  const event = (await (await stack.fetchAs("alice", "/echo/7", { headers: { traceparent } })).json()) as {
    headers: Record<string, string>;
  };
  expect(event.headers.traceparent).toBe(traceparent);
  expect(stack.logLines().find(({ message }) => message === "request")).not.toHaveProperty("traceId");
  expect((await fetch(`${stack.adminUrl}/metrics`)).headers.get("content-type")).toContain("text/plain");
});

test.each([true, false])("X-Amzn-Trace-Id goes on as it came (telemetry on: %p)", async (isOn) => {
  const xray = "Root=1-67891233-abcdef012345678912345678;Sampled=1";
  const got: unknown[] = [];
  const upstream = await startUpstreamServer(({ headers }, response) => {
    got.push(headers["x-amzn-trace-id"]);
    response.end();
  });
  const options = { adjust: routedTo(upstream.origin) };
  stack = isOn ? await startTraced({}, options) : await startStack(options);
  await (await stack.fetchAs("alice", "/hello", { headers: { "x-amzn-trace-id": xray } })).text();
  expect(got).toEqual([xray]);
  await upstream.close();
});
