// Which rule matches and why each other does not, and what each slot of the rule that does takes from the claims.
// Says only what authorize.ts decides; that decision is its own.
import { variablesOf } from "../authorize.js";
import type { Expression, Variables } from "../core/cel.js";
import type { Principal, RoleRule, RouteMatch } from "../core/model.js";
import type { StatementTemplate } from "../core/session-policy.js";
import type { RuleStep, SlotStep } from "./explanation.js";

/** `all`: the rules of the configuration, in order. */
export function explainRules(
  all: readonly RoleRule[],
  match: RouteMatch,
  principal: Principal,
): { readonly rules: readonly RuleStep[]; readonly slots?: readonly SlotStep[] } {
  const variables = variablesOf(match, principal);
  let matched: RoleRule | undefined;
  const rules = all.map((rule): RuleStep => {
    const step = { rule: rule.name, when: rule.when.source };
    if (!match.route.roles.includes(rule)) return { ...step, outcome: "not on this route" };
    if (matched !== undefined) return { ...step, outcome: "not asked" };
    const result = rule.when.evaluate(variables);
    if (result.ok && result.value === true) {
      matched = rule;
      return { ...step, outcome: "matches" };
    }
    return { ...step, outcome: "does not match", cause: result.ok ? "is false" : result.denial };
  });
  return matched === undefined ? { rules } : { rules, slots: slotsOf(matched, match, variables) };
}

function slotsOf(rule: RoleRule, { route, door }: RouteMatch, variables: Variables): SlotStep[] {
  const { target } = route;
  const slot = (name: string, expression: Expression): SlotStep => {
    const result = expression.evaluate(variables);
    const step = { slot: name, expression: expression.source };
    return result.ok ? { ...step, value: result.value } : { ...step, fault: result.denial };
  };
  return [
    ...(typeof rule.roleArn === "string"
      ? []
      : rule.roleArn.template.slots.map((each) => slot("roleArn", each))),
    ...(rule.sessionName ? [slot("sessionName", rule.sessionName)] : []),
    ...(rule.sourceIdentity ? [slot("sourceIdentity", rule.sourceIdentity)] : []),
    ...rule.tags.map(({ key, value }) => slot(`tags.${key}`, value)),
    ...(door === "grant" ? rule.policy.flatMap((statement, at) => policySlots(statement, at, slot)) : []),
    ...(door === "proxy" ? route.headers.map(({ name, value }) => slot(`headers.${name}`, value)) : []),
    ...(door === "proxy" && target.kind === "invoke" && target.tenantId
      ? [slot("target.tenantId", target.tenantId)]
      : []),
  ];
}

function policySlots(
  { Resource, Condition }: StatementTemplate,
  at: number,
  slot: (name: string, expression: Expression) => SlotStep,
): SlotStep[] {
  const conditions = Object.entries(Condition).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => [`Condition.${operator}.${key}`, values] as const),
  );
  return [["Resource", Resource] as const, ...conditions].flatMap(([place, templates]) =>
    templates.flatMap(({ slots }) => slots.map((expression) => slot(`policy[${at}].${place}`, expression))),
  );
}
