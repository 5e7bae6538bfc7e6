// One condition of a policy statement against a request: true, false, or "unknown" when the twin cannot tell.
// Whoever asks must treat "unknown" as a refusal: an Allow does not match, a Deny does.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
import type { PolicyStatement } from "../model.js";
import { lookUp, type ContextValue, type Warn } from "./context.js";
import { findOperator, type ConditionRequest, type Operator, type Truth } from "./operators.js";

export type Condition = PolicyStatement["conditions"][number];

export const not = (truth: Truth): Truth => (truth === "unknown" ? truth : !truth);

export function some<T>(items: readonly T[], test: (item: T) => Truth): Truth {
  const truths = items.map(test);
  if (truths.includes(true)) return true;
  return truths.includes("unknown") ? "unknown" : false;
}

export const every = <T>(items: readonly T[], test: (item: T) => Truth): Truth =>
  not(some(items, (item) => not(test(item))));

export function evaluateCondition(condition: Condition, request: ConditionRequest, warn: Warn): Truth {
  const value = lookUp(request.context, request.action, condition.key);
  if (value.kind === "unknown") {
    warn(`condition key ${condition.key} is not known to the local twin for ${request.action}: denied`);
    return "unknown";
  }
  if (condition.operator === "Null") return evaluateNull(condition, value);
  const operator = findOperator(condition.operator);
  if (operator === undefined) {
    warn(`condition operator ${condition.operator} is not known to the local twin: denied`);
    return "unknown";
  }
  const matches = (actual: string): Truth => {
    const hit = some(condition.values, (wanted) => operator.compare(actual, wanted, request));
    if (hit === "unknown")
      warn(`${condition.operator} ${condition.key} has a value that cannot be compared: denied`);
    return operator.negated ? not(hit) : hit;
  };
  if (value.kind === "absent") return evaluateAbsent(operator);
  if (operator.quantifier !== undefined) return evaluateSet(operator.quantifier, value, matches);
  if (value.kind === "one") return matches(value.value);
  warn(`condition key ${condition.key} has several values and needs ForAllValues or ForAnyValue: denied`);
  return "unknown";
}

function evaluateAbsent({ quantifier, ifExists, negated }: Operator): Truth {
  // IfExists is said to hold for a missing key, and ForAnyValue to need a value: which of them wins is not documented.
  if (quantifier === "ForAnyValue") return ifExists ? "unknown" : false;
  return ifExists || quantifier === "ForAllValues" || negated;
}

type Values = Extract<ContextValue, { readonly kind: "one" | "many" }>;

function evaluateSet(
  quantifier: NonNullable<Operator["quantifier"]>,
  value: Values,
  matches: (actual: string) => Truth,
): Truth {
  const values = value.kind === "many" ? value.values : [value.value];
  if (quantifier === "ForAnyValue") return some(values, matches);
  const all = every(values, matches);
  // To ForAllValues an empty value is said to be as good as none; a Deny must not be missed, nor an Allow be given.
  return all === false && values.every((one) => one === "") ? "unknown" : all;
}

/** Null: "true" asks that the key is absent, "false" that it is there. */
function evaluateNull(condition: Condition, value: ContextValue): Truth {
  const isAbsent = value.kind === "absent" || (value.kind === "many" && value.values.length === 0);
  const [wanted, ...more] = condition.values.map((item) => item.toLowerCase());
  if (more.length > 0 || (wanted !== "true" && wanted !== "false")) return "unknown";
  return isAbsent === (wanted === "true");
}
