// The twin's CloudWatch: GetMetricData over the calls that its functions have run, by the protocol that the AWS SDK for
// JavaScript speaks to it today (AWS JSON 1.0). Signature, then cloudwatch:GetMetricData, then the numbers.
import type { AwsError, Caller, Outcome, SignedRequest } from "../model.js";
import { headerValues } from "../../../../server/core/raw-headers.js";
import type { JsonAnswer } from "../json-answer.js";
import { refused } from "../lambda/refusal.js";
import type { CallCounts } from "./call-counts.js";
import { type MetricDataQuery, type MetricDataRequest, readMetricDataRequest } from "./metric-data-query.js";

export interface CloudWatchSettings {
  readonly counts: CallCounts;
  readonly authenticate: (request: SignedRequest) => Promise<Outcome<Caller>>;
  readonly authorize: (caller: Caller, action: string, sourceIp: string) => Outcome<void>;
}

export interface CloudWatch {
  handle(request: SignedRequest, sourceIp: string): Promise<JsonAnswer>;
}

const TARGET = "GraniteServiceVersion20100801.";

/** Whether a request on `/` is for CloudWatch, and not for another service of the twin. */
export const isForCloudWatch = (rawHeaders: readonly string[]): boolean =>
  headerValues(rawHeaders, "x-amz-target").some((target) => target.startsWith(TARGET));

export const createCloudWatch = (settings: CloudWatchSettings): CloudWatch => ({
  handle: async (request, sourceIp) => {
    const answered = await answer(settings, request, sourceIp);
    return answered.ok ? jsonOf(200, answered.value) : refusal(answered.error);
  },
});

const answer = async (
  { counts, authenticate, authorize }: CloudWatchSettings,
  request: SignedRequest,
  sourceIp: string,
): Promise<Outcome<object>> => {
  const caller = await authenticate(request);
  if (!caller.ok) return caller;
  const [target = ""] = headerValues(request.rawHeaders, "x-amz-target");
  const action = target.slice(TARGET.length);
  if (request.method !== "POST" || action !== "GetMetricData")
    return refused(
      404,
      "UnknownOperationException",
      `The local twin's CloudWatch serves GetMetricData, not ${action}.`,
    );
  const permission = authorize(caller.value, `cloudwatch:${action}`, sourceIp);
  if (!permission.ok) return permission;
  const read = readMetricDataRequest(request.body);
  if (!read.ok) return read;
  const results = read.value.queries.map((query) => resultOf(counts, query, read.value));
  return { ok: true, value: { MetricDataResults: results, Messages: [] } };
};

const resultOf = (
  counts: CallCounts,
  { id, label, metric, dimensions }: MetricDataQuery,
  { from, to, ascending }: MetricDataRequest,
): object => {
  const minutes = counts.between(dimensions, from, to);
  const ordered = ascending ? minutes : [...minutes].reverse();
  return {
    Id: id,
    Label: label,
    Timestamps: ordered.map(({ at }) => at / 1000),
    Values: ordered.map(({ calls, errors }) => (metric === "Invocations" ? calls : errors)),
    StatusCode: "Complete",
  };
};

const refusal = ({ status, type, message }: AwsError): JsonAnswer => {
  const { headers, ...rest } = jsonOf(status, { __type: `com.amazonaws.cloudwatch#${type}`, message });
  return { ...rest, headers: { ...headers, "x-amzn-errortype": type } };
};

const jsonOf = (status: number, body: object): JsonAnswer => ({
  ...{ status, body: JSON.stringify(body) },
  headers: { "content-type": "application/x-amz-json-1.0" },
});
