// Spans that are lost while the collector is well: the SDK drops them before a full queue, or the collector takes only a part.
import type { ServerResponse } from "node:http";
import { readFileSync } from "node:fs";
import { startOtlpCollector, type OtlpCollector } from "../fixtures/otlp-collector.js";
import { startStack, type Stack } from "../fixtures/stack.js";
import { until } from "../fixtures/until.js";

const savedEnvironment = { ...process.env };
let collector: OtlpCollector | undefined;
let stack: Stack | undefined;

afterEach(async () => {
  await stack?.close();
  await collector?.close();
  stack = collector = undefined;
  process.env = { ...savedEnvironment };
});

async function startTraced(answer: (response: ServerResponse) => void, variables = {}): Promise<Stack> {
  collector = await startOtlpCollector(answer);
  Object.assign(process.env, {
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector.endpoint}/v1/traces`,
    ...variables,
  });
  stack = await startStack();
  return stack;
}

const linesOf = ({ logLines }: Stack) =>
  logLines().filter(({ message }) => message === "telemetry could not be sent");
const countedBy = async ({ adminUrl }: Stack): Promise<string | undefined> =>
  /^grantway_telemetry_export_failures_total (\d+)$/m.exec(
    await (await fetch(`${adminUrl}/metrics`)).text(),
  )?.[1];

test("spans dropped before a full queue have a line with their number, and count", async () => {
  const held: ServerResponse[] = [];
  let isHolding = true;
  const traced = await startTraced((response) => (isHolding ? held.push(response) : response.end()), {
    OTEL_BSP_MAX_QUEUE_SIZE: "2",
    OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "2",
  });
  const call = async () => (await traced.fetchAs("alice", "/hello")).text();
  // The first two spans are on their way, two more wait, and what comes after is dropped.
  await call();
  await until(() => held.length > 0);
  isHolding = false;
  held.forEach((response) => response.end());
  // Once the queue has room again, the next span brings the number of those that it had none for.
  while (linesOf(traced).length === 0) await call();
  expect(linesOf(traced)[0]).toMatchObject({
    level: 40,
    cause: "the queue of spans was full (OTEL_BSP_MAX_QUEUE_SIZE)",
    droppedSpans: expect.any(Number) as number,
  });
  expect(Number(linesOf(traced)[0]?.droppedSpans)).toBeGreaterThan(0);
  expect(Number(await countedBy(traced))).toBeGreaterThan(0);
});

test("spans dropped at the end are told, though no span came after them", async () => {
  const held: ServerResponse[] = [];
  const traced = await startTraced((response) => held.push(response), {
    OTEL_BSP_MAX_QUEUE_SIZE: "2",
    OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "2",
  });
  await (await traced.fetchAs("alice", "/hello")).text();
  const stopped = traced.gateway.stop();
  let isStopped = false;
  void stopped.finally(() => (isStopped = true));
  await until(() => {
    held.splice(0).forEach((response) => response.end());
    return isStopped;
  });
  expect(linesOf(traced)).toMatchObject([{ cause: "the queue of spans was full (OTEL_BSP_MAX_QUEUE_SIZE)" }]);
});

test("spans that the collector rejects, though it takes the others, have a line and count", async () => {
  // partial_success { rejected_spans: 7 }
  const traced = await startTraced((response) => response.end(Buffer.from([0x0a, 2, 0x08, 7])), {
    OTEL_BSP_SCHEDULE_DELAY: "1",
  });
  await (await traced.fetchAs("alice", "/hello")).text();
  await until(() => linesOf(traced).length > 0);
  expect(linesOf(traced)).toMatchObject([{ cause: "the collector rejected 7 spans", failures: 1 }]);
  expect(Number(await countedBy(traced))).toBeGreaterThan(0);
});

test("each process names itself, so that what replicas count is told apart, and OTEL_RESOURCE_ATTRIBUTES goes before", async () => {
  const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
  const resourceOf = async (variables = {}) => {
    const traced = await startTraced((response) => response.end(), variables);
    await (await traced.fetchAs("alice", "/hello")).text();
    await traced.close();
    await collector?.close();
    return collector?.spans[0]?.resource;
  };
  const [one, other] = [await resourceOf(), await resourceOf()];
  expect(one).toMatchObject({
    "service.name": "grantway",
    "service.version": version,
    "service.instance.id": expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) as string,
  });
  expect(other?.["service.instance.id"]).not.toBe(one?.["service.instance.id"]);
  const named = { "service.instance.id": "task/7", "service.version": "blue" };
  const attributes = Object.entries(named).map((pair) => pair.join("="));
  expect(await resourceOf({ OTEL_RESOURCE_ATTRIBUTES: attributes.join() })).toMatchObject(named);
});
