// Whether one statement is about a request: its actions, its resources, its conditions. Effects are weighed elsewhere.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
import type { PolicyStatement } from "../model.js";
import { evaluateCondition, every, not, some } from "./conditions.js";
import type { Context, Warn } from "./context.js";
import { expandPattern, matchAction, matchResourceNarrowly, matchTokens } from "./match.js";
import type { ConditionRequest, Truth } from "./operators.js";

export interface AccessRequest {
  readonly action: string;
  readonly resource: string;
  readonly context: Context;
}

export function statementApplies(statement: PolicyStatement, request: AccessRequest, warn: Warn): Truth {
  if (!coversAction(statement, request.action)) return false;
  const onResource = coversResource(statement, request, warn);
  if (onResource === false) return false;
  const holds = conditionsHold(statement, request, warn);
  return holds === true ? onResource : holds;
}

export function coversAction({ actions, exceptActions }: PolicyStatement, action: string): boolean {
  const isListed = actions.some((pattern) => matchAction(pattern, action));
  return exceptActions === true ? !isListed : isListed;
}

export function coversResource(statement: PolicyStatement, request: AccessRequest, warn: Warn): Truth {
  // How far IAM lets a wildcard reach over colons is in doubt. Where a match would give access it reaches less, where
  // it would take access away it reaches more; NotResource turns that round.
  const isGiving = (statement.effect === "Allow") !== (statement.exceptResources === true);
  const isListed = some(statement.resources, (pattern) => matchResource(pattern, isGiving, request, warn));
  return statement.exceptResources === true ? not(isListed) : isListed;
}

function matchResource(pattern: string, isGiving: boolean, request: AccessRequest, warn: Warn): Truth {
  const tokens = expandPattern(pattern, request.action, request.context);
  if (tokens === undefined) {
    warn(`a policy variable in Resource ${pattern} has no value in this request: denied`);
    return "unknown";
  }
  return isGiving ? matchResourceNarrowly(tokens, request.resource) : matchTokens(tokens, request.resource);
}

export const conditionsHold = (statement: PolicyStatement, request: ConditionRequest, warn: Warn): Truth =>
  every(statement.conditions, (condition) => evaluateCondition(condition, request, warn));
