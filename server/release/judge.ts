// Whether a step may go on, by what was seen of it. Pure.
import type { GatewaySeen, Seen } from "./events.js";
import type { GatewayCounts } from "./ports.js";

export type Limit =
  | { readonly kind: "errors"; readonly most: number }
  /** Of the calls, 0 to 100. */
  | { readonly kind: "rate"; readonly percent: number };

/** Why a release goes back; `undefined` where it may go on. */
export function findExcess({ calls, errors, gateway }: Seen, limit: Limit): string | undefined {
  const ofFunction = excess(errors, calls, limit, "errors of the new version");
  if (ofFunction !== undefined || gateway === undefined) return ofFunction;
  return excess(gateway.failures, gateway.answers, limit, "5xx of the gateway");
}

function excess(bad: number, all: number, limit: Limit, what: string): string | undefined {
  if (limit.kind === "errors") return bad > limit.most ? `${what}: ${bad} (limit ${limit.most})` : undefined;
  // Errors are counted as calls too; a number of calls that lags behind must not hide them.
  const percent = bad === 0 ? 0 : (100 * bad) / Math.max(all, bad);
  return percent > limit.percent
    ? `${what}: ${bad} of ${all} (${percent.toFixed(1)} %, limit ${limit.percent} %)`
    : undefined;
}

/** How much two readings of counters are apart; a gateway that was started anew counts from 0. */
export function addReading(
  sum: GatewaySeen,
  before: GatewayCounts,
  { startedAt, answers, failures }: GatewayCounts,
): GatewaySeen {
  const isNew = startedAt !== before.startedAt || answers < before.answers || failures < before.failures;
  const base = isNew ? { answers: 0, failures: 0 } : before;
  return {
    answers: sum.answers + answers - base.answers,
    failures: sum.failures + failures - base.failures,
  };
}
