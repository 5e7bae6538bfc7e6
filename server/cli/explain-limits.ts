// Which rate limits a call counts for, and the value of its key in each. Says only what rate-limit.ts decides; how much of
// a limit is used, only the running gateway knows.
import { variablesOf } from "../authorize.js";
import type { Principal, RouteMatch } from "../core/model.js";
import { describeLimit, keyValue, limitApplies, type RateLimit } from "../core/rate-limit.js";
import type { LimitStep } from "./explanation.js";

export function explainLimits(
  limits: readonly RateLimit[],
  match: RouteMatch,
  principal: Principal,
): readonly LimitStep[] {
  const variables = variablesOf(match, principal);
  return limits.map((limit): LimitStep => {
    const step = { limit: limit.name, allows: describeLimit(limit), key: limit.key.source };
    if (limit.routes?.has(match.route.name) === false) return { ...step, outcome: "not on this route" };
    if (!limitApplies(limit, variables)) return { ...step, outcome: "not for this caller" };
    const value = keyValue(limit, variables);
    return { ...step, outcome: "counts", ...(value.ok ? { value: value.value } : { fault: value.denial }) };
  });
}
