// Calls and errors of an alias by CloudWatch's GetMetricData. The numbers of a minute come a minute or two late.
// https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
import {
  type CloudWatchClient,
  GetMetricDataCommand,
  type MetricDataQuery,
} from "@aws-sdk/client-cloudwatch";
import { accept, refuse } from "../core/result.js";
import { awsFault } from "./aws-fault.js";
import type { CallNumbers, Fault } from "./ports.js";

const MINUTE_MS = 60_000;

export function cloudWatchNumbers(
  client: CloudWatchClient,
  /** Not an ARN: metrics know the name. */
  { functionName, alias }: { readonly functionName: string; readonly alias: string },
): CallNumbers {
  return {
    count: (version, from, to) => {
      const dimensions = {
        FunctionName: functionName,
        Resource: `${functionName}:${alias}`,
        // CloudWatch keeps a version's own numbers while it shares the alias with another.
        ...(version !== undefined && { ExecutedVersion: version }),
      };
      const command = new GetMetricDataCommand({
        MetricDataQueries: [query("calls", "Invocations", dimensions), query("errors", "Errors", dimensions)],
        StartTime: new Date(Math.floor(from / MINUTE_MS) * MINUTE_MS),
        EndTime: new Date((Math.floor(to / MINUTE_MS) + 1) * MINUTE_MS),
      });
      return client
        .send(command)
        .then(({ MetricDataResults: results = [] }) => {
          const [calls, errors] = ["calls", "errors"].map((id) => results.find(({ Id }) => Id === id));
          // What is not there is not zero: CloudWatch names every query that it answers.
          if (calls?.StatusCode !== "Complete" || errors?.StatusCode !== "Complete") return incomplete;
          return accept({ calls: sum(calls.Values), errors: sum(errors.Values) });
        })
        .catch((error: unknown) => awsFault(error, "cloudwatch:GetMetricData"));
    },
  };
}

const incomplete = refuse<Fault>({ kind: "failed", sentence: "CloudWatch's answer is not complete" });

const query = (
  id: string,
  metric: string,
  dimensions: Readonly<Record<string, string>>,
): MetricDataQuery => ({
  Id: id,
  MetricStat: {
    Metric: {
      Namespace: "AWS/Lambda",
      MetricName: metric,
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    },
    Period: 60,
    Stat: "Sum",
  },
});

const sum = (values: readonly number[] = []): number => values.reduce((total, value) => total + value, 0);
