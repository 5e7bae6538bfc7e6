// IAM's decision: an explicit Deny anywhere first, then the role's policies AND the session policy must allow.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
// Boundaries, service control and resource policies are not modelled; the loader refuses templates that have them.
import type { Caller, PolicyDocument, PolicyStatement, Principal } from "../model.js";
import { evaluateCondition, every, some, type Truth } from "./conditions.js";
import type { Context, Warn } from "./context.js";
import { expandPattern, matchAction, matchResourceNarrowly, matchTokens } from "./match.js";

export interface AccessRequest {
  readonly action: string;
  readonly resource: string;
  readonly context: Context;
}

export type Decision = { readonly allowed: true } | { readonly allowed: false; readonly why: string };

export interface PolicySet {
  readonly identity: readonly PolicyDocument[];
  readonly session?: PolicyDocument;
}

/** What a session may do by itself. */
export const policiesOf = ({ role, sessionPolicy }: Caller): PolicySet => ({
  identity: role.policies.map(({ document }) => document),
  ...(sessionPolicy === undefined ? {} : { session: sessionPolicy }),
});

export function evaluate(request: AccessRequest, policies: PolicySet, warn: Warn): Decision {
  const { identity, session } = policies;
  const subject = `${request.action} on ${request.resource}`;
  const applies = (statement: PolicyStatement): Truth => statementApplies(statement, request, warn);
  const documents = session === undefined ? identity : [...identity, session];
  const deny = documents.flatMap((document) => document.statements).find((one) => denies(one, applies));
  if (deny !== undefined) return refused(`${subject}: explicit deny${named(deny)}`);
  if (!identity.some((document) => allows(document, applies))) {
    return refused(`${subject}: no statement of the role's policies allows it`);
  }
  if (session !== undefined && !allows(session, applies)) {
    return refused(`${subject}: the role allows it, but no statement of the session policy does`);
  }
  return { allowed: true };
}

export interface TrustRequest {
  readonly action: string;
  readonly principal: Principal;
  readonly context: Context;
}

/** A role's trust policy: who may become the role, and under which conditions. */
export function evaluateTrust(trust: PolicyDocument, request: TrustRequest, warn: Warn): Decision {
  const applies = (statement: PolicyStatement): Truth =>
    trusts(statement, request.principal) &&
    statement.actions.some((pattern) => matchAction(pattern, request.action)) &&
    conditionsHold(statement, request, warn);
  const deny = trust.statements.find((statement) => denies(statement, applies));
  if (deny !== undefined)
    return refused(`${request.action}: explicit deny${named(deny)} in the trust policy`);
  if (allows(trust, applies)) return { allowed: true };
  return refused(
    `${request.action}: no statement of the trust policy allows it to ${nameOf(request.principal)}`,
  );
}

const refused = (why: string): Decision => ({ allowed: false, why });
const named = ({ sid }: PolicyStatement): string => (sid === undefined ? "" : ` in statement ${sid}`);

const allows = (document: PolicyDocument, applies: (statement: PolicyStatement) => Truth): boolean =>
  document.statements.some((statement) => statement.effect === "Allow" && applies(statement) === true);

/** In doubt a Deny applies. */
const denies = (statement: PolicyStatement, applies: (statement: PolicyStatement) => Truth): boolean =>
  statement.effect === "Deny" && applies(statement) !== false;

function statementApplies(statement: PolicyStatement, request: AccessRequest, warn: Warn): Truth {
  if (!statement.actions.some((pattern) => matchAction(pattern, request.action))) return false;
  const onResource = some(statement.resources, (pattern) =>
    resourceMatches(pattern, statement, request, warn),
  );
  if (onResource === false) return false;
  const holds = conditionsHold(statement, request, warn);
  return holds === true ? onResource : holds;
}

function resourceMatches(
  pattern: string,
  { effect }: PolicyStatement,
  request: AccessRequest,
  warn: Warn,
): Truth {
  const tokens = expandPattern(pattern, request.action, request.context);
  if (tokens === undefined) {
    warn(`a policy variable in Resource ${pattern} has no value in this request: denied`);
    return "unknown";
  }
  // Where IAM's reach of a wildcard over colons is in doubt, an Allow reaches less and a Deny more.
  return effect === "Allow"
    ? matchResourceNarrowly(tokens, request.resource)
    : matchTokens(tokens, request.resource);
}

const conditionsHold = (
  statement: PolicyStatement,
  request: { readonly action: string; readonly context: Context },
  warn: Warn,
): Truth => every(statement.conditions, (condition) => evaluateCondition(condition, request, warn));

/** A session by its role's ARN, its own ARN, its account, or everyone. */
function trusts({ principals }: PolicyStatement, principal: Principal): boolean {
  if (principals === undefined) return false;
  switch (principal.kind) {
    case "session": {
      const { role, arn, accountId } = principal.caller;
      const names = ["*", role.arn, arn, accountId, `arn:aws:iam::${accountId}:root`];
      return principals.aws.some((name) => names.includes(name));
    }
    case "federated":
      return principals.federated.includes(principal.providerArn);
    case "service":
      return principals.service.includes(principal.name);
    case "anonymous":
      return principals.aws.includes("*");
  }
}

function nameOf(principal: Principal): string {
  switch (principal.kind) {
    case "session":
      return principal.caller.arn;
    case "federated":
      return principal.providerArn;
    case "service":
      return principal.name;
    case "anonymous":
      return "anonymous";
  }
}
