// What CloudWatch would make of an alarm of ecs.yaml and a series, minute by minute: as much of its evaluation as those
// alarms use. What is missing is filled as TreatMissingData says; of the rest of CloudWatch's rules for missing data (it
// looks further back for real values) nothing is here. Of metric math there are the two expressions that the stack has.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
import { isMembers, type Members } from "../../../deploy/local/aws/template/fields.js";

export type AlarmState = "OK" | "ALARM" | "INSUFFICIENT_DATA";
/** The values that came within each minute. */
export type Series = readonly (readonly number[])[];
/** Series by what they are: `namespace name by dimensions`. */
export type Metrics = Readonly<Record<string, Series>>;
type Datapoints = readonly (number | undefined)[];

const statistics: Readonly<Record<string, (values: readonly number[]) => number>> = {
  Sum: (values) => values.reduce((sum, value) => sum + value, 0),
  Average: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  Maximum: (values) => Math.max(...values),
  Minimum: (values) => Math.min(...values),
};
const comparisons: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

function known<T>(table: Readonly<Record<string, T>>, name: unknown): T {
  const found = table[String(name)];
  if (found === undefined) throw new Error(`${JSON.stringify(name)} is not known here`);
  return found;
}

/** Its state after each period, the stack's parameters given. */
export function statesOf(
  alarm: Members,
  metrics: Metrics,
  parameters: Readonly<Record<string, number>>,
): AlarmState[] {
  const { Threshold, TreatMissingData, ComparisonOperator } = alarm;
  const isBreaching = known(comparisons, ComparisonOperator);
  const threshold = isMembers(Threshold) ? known(parameters, Threshold.Ref) : Number(Threshold);
  const range = Number(alarm.EvaluationPeriods);
  const needed = Number(alarm.DatapointsToAlarm ?? range);
  const points = alarm.Metrics === undefined ? datapointsOf(alarm, metrics) : shareOf(alarm, metrics);
  const states: AlarmState[] = [];
  for (let end = 1; end <= points.length; end += 1) {
    const newest = points.slice(Math.max(0, end - range), end);
    const breaching = newest.filter((point) =>
      point === undefined ? TreatMissingData === "breaching" : isBreaching(point, threshold),
    );
    const isSilent = newest.every((point) => point === undefined);
    if (isSilent && TreatMissingData === "ignore") states.push(states.at(-1) ?? "INSUFFICIENT_DATA");
    else if (isSilent && (TreatMissingData ?? "missing") === "missing") states.push("INSUFFICIENT_DATA");
    else states.push(breaching.length >= needed ? "ALARM" : "OK");
  }
  return states;
}

/** A value for each period that is over. */
function datapointsOf(metric: Members, metrics: Metrics): Datapoints {
  const series = known(metrics, keyOf(metric));
  const statistic = known(statistics, metric.Statistic);
  const minutes = Number(metric.Period) / 60;
  if (!Number.isInteger(minutes) || minutes < 1) throw new Error(`a period of ${String(metric.Period)} s`);
  return Array.from({ length: Math.floor(series.length / minutes) }, (_, at) => {
    const values = series.slice(at * minutes, (at + 1) * minutes).flat();
    return values.length === 0 ? undefined : statistic(values);
  });
}

function keyOf({ Namespace, MetricName, Dimensions = [] }: Members): string {
  const namespace = isMembers(Namespace) ? String(Namespace["Fn::Sub"]) : String(Namespace);
  const by = (Dimensions as Members[]).map(({ Name }) => String(Name)).toSorted();
  return [namespace, String(MetricName), ...(by.length === 0 ? [] : ["by", ...by])].join(" ");
}

/** Percentages that failed: of so many calls at least, and of any number where so many failed at least. */
const shares: readonly (readonly [RegExp, (fewest: number, factor: number) => Share])[] = [
  [
    /^IF\(calls >= (\d+), (\d+) \* FILL\(failed, 0\) \/ calls, 0\)$/,
    (fewest, factor) =>
      (calls, failed = 0) =>
        calls >= fewest ? (factor * failed) / calls : 0,
  ],
  [
    /^IF\(failed >= (\d+), (\d+) \* failed \/ calls, 0\)$/,
    (fewest, factor) => (calls, failed) => {
      if (failed === undefined) return undefined;
      return failed >= fewest ? (factor * failed) / calls : 0;
    },
  ],
];
type Share = (calls: number, failed: number | undefined) => number | undefined;

function shareIn(expression: string): Share {
  for (const [form, share] of shares) {
    const [, fewest, factor] = form.exec(expression) ?? [];
    if (fewest !== undefined) return share(Number(fewest), Number(factor));
  }
  throw new Error(`metric math that is not known here: ${expression}`);
}

function shareOf({ Metrics: queries }: Members, metrics: Metrics): Datapoints {
  const [{ Expression = "" } = {}, ...rest] = queries as Members[];
  const share = shareIn(String(Expression));
  const byId = Object.fromEntries(
    rest.map(({ Id, ReturnData, MetricStat }) => {
      const { Metric, Period, Stat } = MetricStat as Members;
      // Of an alarm's metrics one alone may be compared.
      if (ReturnData !== false) throw new Error(`${String(Id)} is compared as well`);
      return [String(Id), datapointsOf({ ...(Metric as Members), Period, Statistic: Stat }, metrics)];
    }),
  );
  return known(byId, "calls").map((calls, at) => {
    return calls === undefined ? undefined : share(calls, known(byId, "failed")[at]);
  });
}
