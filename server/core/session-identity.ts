// Who a session says it is: its name, its source identity and its tags, each from the rule's expression for it. What
// STS has no form for is refused with the slot's name, never left out.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
import type { Expression, Variables } from "./cel.js";
import { defaultSessionIdentifier, maxTagValueLength, sessionIdentifier, tagValue } from "./identifier.js";
import type { Principal, RoleRule, SessionSpec } from "./model.js";
import { accept, refuse, type Result } from "./result.js";

export type SessionIdentity = Pick<SessionSpec, "roleSessionName" | "sourceIdentity" | "tags">;

/** Refuses `claim_unrepresentable`, or `session_too_large` for a tag's value over 256 characters. */
export function sessionIdentity(
  rule: RoleRule,
  principal: Principal,
  variables: Variables,
): Result<SessionIdentity> {
  const identifierOf = (expression: Expression | undefined, slot: string): Result<string> =>
    expression ? evaluateIdentifier(expression, slot, variables) : defaultIdentifier(principal, slot);

  const roleSessionName = identifierOf(rule.sessionName, "sessionName");
  if (!roleSessionName.ok) return roleSessionName;
  const sourceIdentity =
    rule.sourceIdentity === null
      ? undefined
      : identifierOf(rule.sourceIdentity ?? rule.sessionName, "sourceIdentity");
  if (sourceIdentity && !sourceIdentity.ok) return sourceIdentity;
  const tags = tagsOf(rule, variables);
  if (!tags.ok) return tags;
  return accept({
    roleSessionName: roleSessionName.value,
    ...(sourceIdentity && { sourceIdentity: sourceIdentity.value }),
    tags: tags.value,
  });
}

function defaultIdentifier({ issuer, subject }: Principal, slot: string): Result<string> {
  const identifier = defaultSessionIdentifier(issuer.name, subject);
  return identifier === undefined ? unrepresentable(slot, "sub has no form") : accept(identifier);
}

function evaluateIdentifier(expression: Expression, slot: string, variables: Variables): Result<string> {
  const result = expression.evaluate(variables);
  if (!result.ok) return unrepresentable(slot, result.denial);
  if (typeof result.value !== "string") {
    return unrepresentable(slot, `${expression.source} is not a string; string(...) makes one of a number`);
  }
  const identifier = sessionIdentifier(result.value);
  if (identifier !== undefined) return accept(identifier);
  return unrepresentable(slot, `${expression.source} is empty or not well-formed Unicode`);
}

function tagsOf(rule: RoleRule, variables: Variables): Result<SessionSpec["tags"]> {
  const tags: { key: string; value: string }[] = [];
  for (const { key, value: expression } of rule.tags) {
    const value = evaluateTag(expression, `tags.${key}`, variables);
    if (!value.ok) return value;
    tags.push({ key, value: value.value });
  }
  return accept(tags);
}

function evaluateTag(expression: Expression, slot: string, variables: Variables): Result<string> {
  const result = expression.evaluate(variables);
  if (!result.ok) return unrepresentable(slot, result.denial);
  if (!isText(result.value)) {
    const cause = `${expression.source} is neither a string nor a list of strings; string(...) makes one of a number`;
    return unrepresentable(slot, cause);
  }
  const value = tagValue(result.value);
  if (value === undefined) return unrepresentable(slot, `${expression.source} is not well-formed Unicode`);
  if (value.length <= maxTagValueLength) return accept(value);
  const cause = `the value of ${expression.source} takes ${value.length} characters; STS takes ${maxTagValueLength}`;
  return refuse({ reason: "session_too_large", slot, cause });
}

const isText = (value: unknown): value is string | string[] =>
  typeof value === "string" ||
  (Array.isArray(value) && value.every((element) => typeof element === "string"));

const unrepresentable = (slot: string, cause: string) =>
  refuse({ reason: "claim_unrepresentable", slot, cause } as const);
