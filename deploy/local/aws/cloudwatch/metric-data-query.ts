// Reads GetMetricData as the AWS SDK sends it (AWS JSON 1.0). Served: sums of AWS/Lambda's Invocations and Errors over
// whole minutes. Metric maths and everything else is refused by name.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html. Pure.
import { parseJson } from "../../../../server/core/strict-json.js";
import { z } from "zod";
import type { Outcome, Refused } from "../model.js";
import { refused } from "../lambda/refusal.js";
import { type Dimensions, MINUTE_MS } from "./call-counts.js";

export interface MetricDataQuery {
  readonly id: string;
  readonly label: string;
  readonly metric: "Invocations" | "Errors";
  readonly dimensions: Dimensions;
}

export interface MetricDataRequest {
  readonly queries: readonly MetricDataQuery[];
  /** Epoch milliseconds, on a minute. */
  readonly from: number;
  readonly to: number;
  readonly ascending: boolean;
}

const dimension = z.strictObject({ Name: z.string().min(1).max(255), Value: z.string().min(1).max(1024) });
const query = z.strictObject({
  Id: z.string().regex(/^[a-z][a-zA-Z0-9_]{0,254}$/),
  Label: z.string().optional(),
  ReturnData: z.literal(true).optional(),
  MetricStat: z.strictObject({
    Metric: z.strictObject({
      Namespace: z.literal("AWS/Lambda"),
      MetricName: z.enum(["Invocations", "Errors"]),
      Dimensions: z.array(dimension).max(30).optional(),
    }),
    Period: z.literal(60),
    Stat: z.literal("Sum"),
  }),
});
const request = z.strictObject({
  MetricDataQueries: z.array(query).min(1).max(500),
  StartTime: z.number(),
  EndTime: z.number(),
  ScanBy: z.enum(["TimestampDescending", "TimestampAscending"]).optional(),
  MaxDatapoints: z.number().optional(),
});

export const readMetricDataRequest = (body: Buffer): Outcome<MetricDataRequest> => {
  const parsed = request.safeParse(parseJson(body.toString()));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return invalidParameter(`${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`);
  }
  const { MetricDataQueries: queries, StartTime: start, EndTime: end, ScanBy: order } = parsed.data;
  if (start >= end) return invalidParameter("The parameter EndTime must be greater than StartTime.");
  const ids = new Set(queries.map(({ Id }) => Id));
  if (ids.size < queries.length) return invalidParameter("The values for parameter id must be unique.");
  return {
    ok: true,
    value: {
      queries: queries.map(({ Id: id, Label: label, MetricStat: { Metric: metric } }) => ({
        ...{ id, label: label ?? metric.MetricName, metric: metric.MetricName },
        dimensions: Object.fromEntries((metric.Dimensions ?? []).map(({ Name, Value }) => [Name, Value])),
      })),
      // Of the last fifteen days a start is rounded down to its minute.
      from: Math.floor((start * 1000) / MINUTE_MS) * MINUTE_MS,
      to: end * 1000,
      ascending: order === "TimestampAscending",
    },
  };
};

const invalidParameter = (message: string): Refused =>
  refused(400, "InvalidParameterValueException", message);
