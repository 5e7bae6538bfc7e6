// What of CloudWatch's answers counts as numbers. The way over the wire is release-on-twin.test.ts.
import { CloudWatchClient, type MetricDataResult, type ServiceOutputTypes } from "@aws-sdk/client-cloudwatch";
import { cloudWatchNumbers } from "../../server/release/cloudwatch-numbers.js";

const calls: MetricDataResult = { Id: "calls", StatusCode: "Complete", Values: [3, 4] };
const errors: MetricDataResult = { Id: "errors", StatusCode: "Complete", Values: [1] };

/** A client that asks nobody. */
function answering(...MetricDataResults: MetricDataResult[]): CloudWatchClient {
  const client = new CloudWatchClient({ region: "eu-west-1" });
  const output: ServiceOutputTypes = { MetricDataResults, $metadata: {} };
  client.middlewareStack.add(() => () => Promise.resolve({ output, response: {} }), { step: "initialize" });
  return client;
}

const count = (...results: MetricDataResult[]) =>
  cloudWatchNumbers(answering(...results), { functionName: "f", alias: "live" }).count("2", 0, 1);

test("the minutes are added up, and no minute is zero", async () => {
  expect(await count(errors, calls)).toEqual({ ok: true, value: { calls: 7, errors: 1 } });
  expect(await count({ ...calls, Values: [] }, { ...errors, Values: [] })).toEqual({
    ok: true,
    value: { calls: 0, errors: 0 },
  });
});

test.each<[string, MetricDataResult[]]>([
  ["calls in part", [{ ...calls, StatusCode: "PartialData" }, errors]],
  ["errors in part", [calls, { ...errors, StatusCode: "PartialData" }]],
  ["no errors", [calls]],
  ["no calls", [errors]],
  ["nothing", []],
])("an answer with %s is none: what is not there is not zero", async (_, results) => {
  expect(await count(...results)).toEqual({
    ok: false,
    denial: { kind: "failed", sentence: "CloudWatch's answer is not complete" },
  });
});
