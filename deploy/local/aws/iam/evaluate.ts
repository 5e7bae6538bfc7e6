// IAM's decision: an explicit Deny anywhere first, then the role's policies AND the session policy must allow.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
// Boundaries, service control and resource policies are not modelled; the loader refuses templates that have them.
import type { Caller, PolicyDocument, PolicyStatement } from "../model.js";
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
  readonly caller: Pick<Caller, "arn" | "accountId" | "role">;
  readonly context: Context;
}

/** A role's trust policy: who may become the role, and under which conditions. */
export function evaluateTrust(trust: PolicyDocument, request: TrustRequest, warn: Warn): Decision {
  const applies = (statement: PolicyStatement): Truth =>
    trustsCaller(statement, request.caller) &&
    statement.actions.some((pattern) => matchAction(pattern, request.action)) &&
    conditionsHold(statement, request, warn);
  const deny = trust.statements.find((statement) => denies(statement, applies));
  if (deny !== undefined)
    return refused(`${request.action}: explicit deny${named(deny)} in the trust policy`);
  if (allows(trust, applies)) return { allowed: true };
  return refused(`${request.action}: no statement of the trust policy allows it to ${request.caller.arn}`);
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

/** The role's ARN, the session's ARN, the account, or everyone. */
function trustsCaller({ principals }: PolicyStatement, caller: TrustRequest["caller"]): boolean {
  const names = ["*", caller.role.arn, caller.arn, caller.accountId, `arn:aws:iam::${caller.accountId}:root`];
  return principals?.aws.some((principal) => names.includes(principal)) === true;
}
