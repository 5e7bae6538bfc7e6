// Route and principal -> the one session this caller may have for this route. Pure: every claim that reaches STS
// passes through here, and what STS would refuse is refused first, with the reason.
import type { Variables } from "./core/cel.js";
import { compileSessionPolicy } from "./core/compile-policy.js";
import {
  defaultSessionIdentifier,
  maxTagValueLength,
  sessionIdentifier,
  tagValue,
} from "./core/identifier.js";
import type { Principal, RoleRule, Route, RouteMatch, SessionSpec } from "./core/model.js";
import { accept, refuse, type Result } from "./core/result.js";
import type { Expression } from "./core/cel.js";

/** Refuses `scope_insufficient`, `role_not_granted`, `claim_unrepresentable` or `session_too_large`. */
export function authorize(match: RouteMatch, principal: Principal, now: number): Result<SessionSpec> {
  const { route, door } = match;
  if (!hasScope(route, principal)) return refuse({ reason: "scope_insufficient", scopes: route.scopes });

  const variables = variablesOf(match, principal);
  const rule = route.roles.find(({ when }) => holds(when, variables));
  if (!rule) return refuse({ reason: "role_not_granted", cause: whyNone(route, variables) });

  const roleSessionName = identifierOf(rule.sessionName, "sessionName", principal, variables);
  if (!roleSessionName.ok) return roleSessionName;
  const sourceIdentity =
    rule.sourceIdentity === null
      ? undefined
      : identifierOf(rule.sourceIdentity ?? rule.sessionName, "sourceIdentity", principal, variables);
  if (sourceIdentity && !sourceIdentity.ok) return sourceIdentity;
  const tags = tagsOf(rule, variables);
  if (!tags.ok) return tags;

  const notAfter = door === "grant" ? endOfGrant(rule, principal, now) : undefined;
  const policy = compileSessionPolicy({
    target: route.target,
    statements: door === "grant" ? rule.policy : [],
    variables,
    ...(notAfter !== undefined && { notAfter }),
  });
  if (!policy.ok) return policy;

  return accept({
    caller: { issuer: principal.issuer.issuer, subject: principal.subject },
    rule: rule.name,
    roleArn: rule.roleArn,
    roleSessionName: roleSessionName.value,
    ...(sourceIdentity && { sourceIdentity: sourceIdentity.value }),
    tags: tags.value,
    transitiveTagKeys: rule.transitiveTagKeys,
    durationSeconds: rule.durationSeconds,
    ...(rule.externalId !== undefined && { externalId: rule.externalId }),
    policy: policy.value,
    ...(notAfter !== undefined && { notAfter }),
  });
}

/** What expressions read: the claims, the issuer's short name, and the route with its path parameters. */
export const variablesOf = ({ route, params }: RouteMatch, principal: Principal): Variables => ({
  claims: principal.claims,
  issuer: principal.issuer.name,
  route: { name: route.name, key: route.key, params },
});

const hasScope = (route: Route, principal: Principal): boolean =>
  route.scopes.length === 0 || route.scopes.some((scope) => principal.scopes.has(scope));

/** An error (a missing claim) means that the rule does not match; only `true` itself does. */
function holds(when: Expression, variables: Variables): boolean {
  const result = when.evaluate(variables);
  return result.ok && result.value === true;
}

function whyNone(route: Route, variables: Variables): string {
  const reasons = route.roles.map(({ name, when }) => {
    const result = when.evaluate(variables);
    return `${name}: ${result.ok ? "does not hold" : result.denial}`;
  });
  return reasons.join("; ");
}

type IdentifierSlot = "sessionName" | "sourceIdentity";

function identifierOf(
  expression: Expression | undefined,
  slot: IdentifierSlot,
  principal: Principal,
  variables: Variables,
): Result<string> {
  if (!expression) {
    const identifier = defaultSessionIdentifier(principal.issuer.name, principal.subject);
    return identifier === undefined ? unrepresentable(slot, "sub has no form") : accept(identifier);
  }
  const text = textOf(expression, slot, variables);
  if (!text.ok) return text;
  const identifier = sessionIdentifier(text.value);
  if (identifier !== undefined) return accept(identifier);
  return unrepresentable(slot, `${expression.source} is empty or not well-formed Unicode`);
}

function tagsOf(rule: RoleRule, variables: Variables): Result<SessionSpec["tags"]> {
  const tags: { key: string; value: string }[] = [];
  for (const { key, value: expression } of rule.tags) {
    const text = textOf(expression, `tags.${key}`, variables);
    if (!text.ok) return text;
    const value = tagValue(text.value);
    if (value === undefined) {
      const cause = `${expression.source} is over ${maxTagValueLength} characters or not well-formed Unicode`;
      return unrepresentable(`tags.${key}`, cause);
    }
    tags.push({ key, value });
  }
  return accept(tags);
}

function textOf(expression: Expression, slot: string, variables: Variables): Result<string> {
  const result = expression.evaluate(variables);
  if (!result.ok) return unrepresentable(slot, result.denial);
  if (typeof result.value === "string") return accept(result.value);
  return unrepresentable(slot, `${expression.source} is not a string; string(...) makes one of a number`);
}

/**
 * Granted credentials end with the token. Set only where a session could outlive it: a longer token then shares the
 * session of the one it replaces.
 */
function endOfGrant(rule: RoleRule, principal: Principal, now: number): number | undefined {
  const latestEnd = now / 1000 + Math.max(rule.durationSeconds, stsFloorSeconds) + mintingSlackSeconds;
  return principal.expiresAt < latestEnd ? Math.floor(principal.expiresAt) : undefined;
}

/** AssumeRole gives no session shorter than this. */
export const stsFloorSeconds = 900;
// Between this decision and STS's own clock lie a queue, a network and two clocks.
const mintingSlackSeconds = 300;

const unrepresentable = (slot: string, cause: string) =>
  refuse({ reason: "claim_unrepresentable", slot, cause } as const);
