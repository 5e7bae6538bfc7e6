// Lambda's numbers of calls and errors as CloudWatch keeps them: by the minute in which a call began, under each of the
// dimension sets that AWS/Lambda has. https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
// Kept for a day, not for CloudWatch's fifteen.
import type { FinishedCall } from "../lambda/callee.js";

export const MINUTE_MS = 60_000;
const KEPT_MS = 24 * 60 * MINUTE_MS;

export type Dimensions = Readonly<Record<string, string>>;

export interface MinuteCount {
  /** Epoch milliseconds of its beginning. */
  readonly at: number;
  readonly calls: number;
  readonly errors: number;
}

export class CallCounts {
  readonly #minutes = new Map<string, Map<number, MinuteCount>>();

  record(call: FinishedCall): void {
    const at = Math.floor(call.startedAt / MINUTE_MS) * MINUTE_MS;
    for (const dimensions of dimensionSets(call)) {
      const key = keyOf(dimensions);
      const minutes = this.#minutes.get(key) ?? new Map<number, MinuteCount>();
      this.#minutes.set(key, minutes);
      const { calls, errors } = minutes.get(at) ?? { calls: 0, errors: 0 };
      minutes.set(at, { at, calls: calls + 1, errors: errors + (call.hasFailed ? 1 : 0) });
      for (const old of minutes.keys()) if (old < at - KEPT_MS) minutes.delete(old);
    }
  }

  /** The minutes that had a call, from `from` on and before `to`, in order. A call that runs is not in them yet. */
  between(dimensions: Dimensions, from: number, to: number): readonly MinuteCount[] {
    const minutes = this.#minutes.get(keyOf(dimensions))?.values() ?? [];
    return [...minutes].filter(({ at }) => at >= from && at < to).sort((a, b) => a.at - b.at);
  }
}

/** `ExecutedVersion` stands beside an alias that has two versions; whether it does beside one is not documented. */
const dimensionSets = ({ functionName, qualifier, version, isSplit }: FinishedCall): Dimensions[] => {
  const ofFunction = { FunctionName: functionName };
  const name = qualifier === undefined ? functionName : `${functionName}:${qualifier}`;
  const ofResource = { ...ofFunction, Resource: name };
  return [{}, ofFunction, ofResource, ...(isSplit ? [{ ...ofResource, ExecutedVersion: version }] : [])];
};

const keyOf = (dimensions: Dimensions): string =>
  JSON.stringify(Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1)));
