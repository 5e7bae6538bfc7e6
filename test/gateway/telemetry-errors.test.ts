// What is an error to a collector of OpenTelemetry's, end to end: a call's span and its metric say the same, be it the
// caller's or the one to the function.
import type { ServerResponse } from "node:http";
import { nothingInFlight } from "../fixtures/calls-in-flight.js";
import { startOtlpCollector, type OtlpAttributes, type OtlpCollector } from "../fixtures/otlp-collector.js";
import { openSocket, rawRequest, requestText } from "../fixtures/raw-http.js";
import { startStack, type Stack } from "../fixtures/stack.js";
import { formOf, postForm } from "../fixtures/sts-caller.js";
import { routedTo, startUpstreamServer, type UpstreamServer } from "../fixtures/upstream-server.js";

const savedEnvironment = { ...process.env };
let collector: OtlpCollector;
let upstream: UpstreamServer;
let stack: Stack;
let answer: (response: ServerResponse) => void;

beforeEach(async () => {
  collector = await startOtlpCollector();
  upstream = await startUpstreamServer((_request, response) => answer(response));
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = collector.endpoint;
  stack = await startStack({ adjust: routedTo(upstream.origin) });
});
afterEach(async () => {
  await stack.close();
  await Promise.all([upstream.close(), collector.close()]);
  process.env = { ...savedEnvironment };
});

const errorOf = ({ statusCode, attributes }: { statusCode?: number; attributes: OtlpAttributes }) => [
  ...(statusCode === undefined ? [] : [statusCode]),
  attributes["http.response.status_code"],
  attributes["error.type"],
];

/** Of the one call that was made: as its spans have it, and as its metrics do. The end of the gateway sends what is left. */
async function told() {
  await nothingInFlight(stack);
  await stack.gateway.stop();
  const spanOf = (kind: number) =>
    collector.spans
      .filter((span) => span.kind === kind && span.name !== "STS.AssumeRole")
      .map((span) => errorOf(span));
  const metricOf = (name: string) =>
    collector.metrics
      .filter((metric) => metric.name === name)
      .flatMap(({ points }) => points.map((attributes) => errorOf({ attributes })));
  return {
    server: { spans: spanOf(2), metric: metricOf("http.server.request.duration") },
    client: { spans: spanOf(3), metric: metricOf("http.client.request.duration") },
  };
}

const [unset, error] = [0, 2];

test.each<[string, (response: ServerResponse) => void, unknown[][], unknown[][]]>([
  ["200", (response) => response.end(), [[unset, 200, undefined]], [[unset, 200, undefined]]],
  [
    "404, which is the caller's to know",
    (response) => response.writeHead(404).end(),
    [[unset, 404, undefined]],
    [[error, 404, "404"]],
  ],
  ["503", (response) => response.writeHead(503).end(), [[error, 503, "503"]], [[error, 503, "503"]]],
  [
    "AWS's own refusal",
    (response) => response.writeHead(403, { "x-amzn-errortype": "AccessDeniedException" }).end("{}"),
    [[error, 502, "upstream_refused"]],
    [[error, 403, "403"]],
  ],
  [
    "AWS's word that there are too many, which is the caller's to know",
    (response) => response.writeHead(429, { "x-amzn-errortype": "TooManyRequestsException" }).end("{}"),
    [[unset, 429, undefined]],
    [[error, 429, "429"]],
  ],
  [
    "nothing",
    (response) => response.destroy(),
    [[error, 502, "upstream_unreachable"]],
    [[error, undefined, "truncated"]],
  ],
  [
    "half of what it began",
    (response) => {
      response.writeHead(200, { "content-length": 9 }).write("half");
      setImmediate(() => response.destroy());
    },
    [[error, 200, "truncated"]],
    [[error, 200, "truncated"]],
  ],
])("a function that answers with %s", async (_what, answering, server, client) => {
  answer = answering;
  await stack
    .fetchAs("alice", "/hello")
    .then((response) => response.text())
    .catch(() => undefined);
  const withoutStatus = (spans: unknown[][]) => spans.map(([, ...rest]) => rest);
  expect(await told()).toEqual({
    server: { spans: server, metric: withoutStatus(server) },
    client: { spans: client, metric: withoutStatus(client) },
  });
});

test("a caller who leaves before the answer, or within it, makes an error of neither", async () => {
  const authorization = `Authorization: Bearer ${await stack.issuer.mint("alice")}`;
  for (const begin of [
    () => undefined,
    (response: ServerResponse) => response.writeHead(200).write("half"),
  ]) {
    const called = new Promise<ServerResponse>((resolve) => (answer = resolve));
    const socket = await openSocket(stack.url);
    socket.write(requestText("GET /hello HTTP/1.1", "Host: a", authorization));
    const response = await called;
    const closed = new Promise((resolve) => response.once("close", resolve));
    begin(response);
    if (response.headersSent) await new Promise((resolve) => socket.once("data", resolve));
    socket.destroy();
    await closed;
  }
  const { server, client } = await told();
  expect(server.spans.map(([status, , type]) => [status, type])).toEqual([
    [unset, undefined],
    [unset, undefined],
  ]);
  expect(client).toEqual({
    spans: [
      [unset, undefined, undefined],
      [unset, 200, undefined],
    ],
    metric: [
      [undefined, undefined],
      [200, undefined],
    ],
  });
});

test("what is called is named after its door, its scheme is told, and refusals are counted by reason", async () => {
  answer = (response) => response.end();
  const token = await stack.issuer.mint("alice");
  await (await stack.fetchAs("alice", "/hello")).text();
  await (await stack.fetchAs("alice", "/grant/hello", { method: "POST" })).text();
  await (await stack.fetchAs("bob", "/grant/hello", { method: "POST" })).text();
  await postForm(`${stack.url}/sts/hello`, formOf(token));
  await rawRequest(stack.url, "GARBAGE\r\n\r\n");
  await nothingInFlight(stack);
  await stack.gateway.stop();
  const servers = collector.spans.filter(({ kind }) => kind === 2);
  expect(servers.map(({ name, attributes }) => [name, attributes["http.route"]])).toEqual([
    ["GET /hello", "/hello"],
    ["POST /grant/{name}", "/grant/{name}"],
    ["POST /grant/{name}", "/grant/{name}"],
    ["POST /sts/{name}", "/sts/{name}"],
  ]);
  const points = (name: string) => collector.metrics.find((metric) => metric.name === name)?.points ?? [];
  const durations = points("http.server.request.duration");
  expect(new Set(durations.map((point) => point["http.route"]))).toEqual(
    new Set(["/hello", "/grant/{name}", "/sts/{name}", undefined]),
  );
  expect(durations.map((point) => point["url.scheme"])).toEqual(durations.map(() => "http"));
  expect(points("grantway.refusals").map((point) => point["grantway.reason"])).toEqual([
    ...["role_not_granted", "request_malformed"],
  ]);
});
