// The Allow statements that would have allowed a refused request but for one of their elements, and what that element
// wants: mostly the statement that somebody wrote for this very request.
import type { PolicyStatement } from "../model.js";
import { evaluateCondition, type Condition } from "./conditions.js";
import { actionsGiven, lookUp } from "./context.js";
import type { NamedPolicy, Refused } from "./decision.js";
import { names } from "./principals.js";
import { coversAction, coversResource } from "./statement.js";

/** `Statement[0]` or its Sid, of which policy. */
export const statementName = ({ name, statements }: NamedPolicy, statement: PolicyStatement): string => {
  const { sid = "" } = statement;
  const which = sid === "" ? `Statement[${statements.indexOf(statement)}]` : sid;
  return name === undefined ? which : `${which} of ${name}`;
};

/** One line each: which statement, and why it does not match. */
export const nearMisses = (refused: Refused): string[] =>
  refused.policies.flatMap((policy) =>
    policy.statements.flatMap((statement) => {
      const reasons = statement.effect === "Allow" ? whyNot(statement, refused) : [];
      return reasons.map((reason) => `${statementName(policy, statement)}: ${reason}`);
    }),
  );

function whyNot(statement: PolicyStatement, refused: Refused): string[] {
  if (!coversAction(statement, refused.action)) return [];
  const reasons = [principalReason, resourceReason, conditionReasons]
    .map((reasonsOf) => reasonsOf(statement, refused))
    .filter((found) => found.length > 0);
  return reasons.length === 1 ? reasons.flat() : [];
}

function principalReason(statement: PolicyStatement, { principal }: Refused): string[] {
  const { principals } = statement;
  if (principals === undefined || (principal && names(statement, principal))) return [];
  const named = [...principals.aws, ...principals.service, ...principals.federated];
  return [`its Principal is ${anyOf(named)}`];
}

function resourceReason(statement: PolicyStatement, { action, resource, context }: Refused): string[] {
  if (resource === undefined) return [];
  if (coversResource(statement, { action, resource, context }, silent) === true) return [];
  const element = statement.exceptResources === true ? "NotResource" : "Resource";
  return [`its ${element} is ${anyOf(statement.resources)}`];
}

const conditionReasons = (statement: PolicyStatement, refused: Refused): string[] =>
  failing(statement, refused).map((condition) => describeCondition(condition, refused));

/** The conditions that do not hold, or of which nobody can tell. */
const failing = ({ conditions }: PolicyStatement, refused: Refused): Condition[] =>
  conditions.filter((condition) => evaluateCondition(condition, refused, silent) !== true);

/** `condition StringEquals aws:PrincipalTag/tenant wants "acme", the request has "globex"` */
export function describeCondition(
  { operator, key, values }: Condition,
  { action, context }: Refused,
): string {
  const wants = `condition ${operator} ${key} wants ${anyOf(values)}`;
  const value = lookUp(context, action, key);
  switch (value.kind) {
    case "one":
      return `${wants}, the request has ${quote(value.value)}`;
    case "many":
      return `${wants}, the request has ${value.values.map(quote).join(", ")}`;
    case "absent":
      return `${wants}, the request does not have it${ofAnother(key, action)}`;
    case "unknown":
      return `${wants}, which the local twin cannot tell for ${action}${ofAnother(key, action)}`;
  }
}

/** On AWS such a statement denies in silence: one condition for two actions, of which it fits one. */
function ofAnother(key: string, action: string): string {
  const given = actionsGiven(key);
  return given.length === 0 || given.includes(action) ? "" : ` (a key of ${given.join(" and ")})`;
}

const silent = (): void => undefined;
const quote = (value: string): string => JSON.stringify(value);
const anyOf = (values: readonly string[]): string => values.map(quote).join(" or ");
