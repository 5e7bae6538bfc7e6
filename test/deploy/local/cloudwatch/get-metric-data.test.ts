// CloudWatch's numbers of calls that the twin really ran, asked by the AWS SDK.
import {
  GetMetricDataCommand,
  type GetMetricDataCommandInput,
  ListMetricsCommand,
} from "@aws-sdk/client-cloudwatch";
import { PublishVersionCommand, UpdateAliasCommand } from "@aws-sdk/client-lambda";
import { CallCounts } from "../../../../deploy/local/aws/cloudwatch/call-counts.js";
import { readMetricDataRequest } from "../../../../deploy/local/aws/cloudwatch/metric-data-query.js";
import { bad, type ReleaseTwin, startReleaseTwin } from "../../../release/release-twin.js";

const MINUTE = 60_000;
const query = (MetricName: string, dimensions: Record<string, string>, changes: object = {}) => ({
  Id: MetricName.toLowerCase(),
  MetricStat: {
    Metric: {
      Namespace: "AWS/Lambda",
      MetricName,
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    },
    Period: 60,
    Stat: "Sum",
    ...changes,
  },
});

describe("over the wire", () => {
  let twin: ReleaseTwin;
  beforeAll(async () => {
    twin = await startReleaseTwin();
  });
  afterAll(() => twin.close());

  const ask = (changes: Partial<GetMetricDataCommandInput> = {}, clients = twin.releaser) =>
    clients.cloudWatch.send(
      new GetMetricDataCommand({
        MetricDataQueries: [],
        StartTime: new Date(Date.now() - MINUTE),
        EndTime: new Date(Date.now() + MINUTE),
        ...changes,
      }),
    );
  const sums = async (dimensions: Record<string, string>) => {
    const { MetricDataResults = [] } = await ask({
      MetricDataQueries: [query("Invocations", dimensions), query("Errors", dimensions)],
    });
    return MetricDataResults.map(({ Values = [] }) => Values.reduce((a, b) => a + b, 0));
  };

  test("calls and errors stand under the function, the alias, and each version of a split", async () => {
    await twin.call(3);
    await twin.edit(bad);
    await twin.releaser.lambda.send(new PublishVersionCommand({ FunctionName: "greeter" }));
    await twin.releaser.lambda.send(
      new UpdateAliasCommand({
        ...{ FunctionName: "greeter", Name: "live" },
        RoutingConfig: { AdditionalVersionWeights: { "2": 0.2 } },
      }),
    );
    await twin.call(10);
    const FunctionName = "greeter";
    const Resource = "greeter:live";
    expect(await sums({ FunctionName })).toEqual([13, 2]);
    expect(await sums({ FunctionName, Resource })).toEqual([13, 2]);
    expect(await sums({ FunctionName, Resource, ExecutedVersion: "2" })).toEqual([2, 2]);
    // Only while the alias has two.
    expect(await sums({ FunctionName, Resource, ExecutedVersion: "1" })).toEqual([8, 0]);
    expect(await sums({ FunctionName: "other" })).toEqual([0, 0]);
  });

  test("without the permission there is none of it", async () => {
    const MetricDataQueries = [query("Errors", {})];
    await expect(ask({ MetricDataQueries }, twin.task)).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: expect.stringContaining("cloudwatch:GetMetricData on resource: *") as string,
    });
  });

  test("other actions are refused by name", async () => {
    await expect(twin.releaser.cloudWatch.send(new ListMetricsCommand({}))).rejects.toMatchObject({
      name: "UnknownOperationException",
    });
  });
});

describe("a request", () => {
  const read = (changes: object) =>
    readMetricDataRequest(
      Buffer.from(
        JSON.stringify({
          ...{ MetricDataQueries: [query("Errors", {})], StartTime: 1_000_061, EndTime: 1_000_200 },
          ...changes,
        }),
      ),
    );

  test("begins at the minute that its start is in, and ends before its end", () => {
    expect(read({})).toMatchObject({ value: { from: 1_000_020_000, to: 1_000_200_000 } });
  });

  test.each([
    ["another namespace", { MetricDataQueries: [{ ...query("Errors", {}), Expression: "m1" }] }],
    ["another statistic", { MetricDataQueries: [query("Errors", {}, { Stat: "Average" })] }],
    ["another period", { MetricDataQueries: [query("Errors", {}, { Period: 300 })] }],
    ["another metric", { MetricDataQueries: [query("Duration", {})] }],
    ["the same id twice", { MetricDataQueries: [query("Errors", {}), query("Errors", {})] }],
    ["no query", { MetricDataQueries: [] }],
    ["an end before its start", { EndTime: 1_000_000 }],
    ["something unknown", { Something: 1 }],
  ])("with %s is refused", (_what, changes) => {
    expect(read(changes)).toMatchObject({ ok: false, error: { status: 400 } });
  });
});

test("a call counts in the minute that it began in, and numbers are kept for a day", () => {
  const counts = new CallCounts();
  const call = (startedAt: number) =>
    counts.record({
      ...{ functionName: "f", version: "1", qualifier: "live", isSplit: false },
      ...{ startedAt, hasFailed: false },
    });
  call(59_999);
  call(MINUTE);
  const all = () => counts.between({ Resource: "f:live", FunctionName: "f" }, 0, Infinity);
  expect(all()).toEqual([
    { at: 0, calls: 1, errors: 0 },
    { at: MINUTE, calls: 1, errors: 0 },
  ]);
  expect(counts.between({ FunctionName: "f" }, 0, MINUTE)).toHaveLength(1);
  call(24 * 60 * MINUTE + MINUTE);
  expect(all().map(({ at }) => at)).toEqual([MINUTE, 24 * 60 * MINUTE + MINUTE]);
});
