// IAM's decision: an explicit Deny anywhere first, then the allows that the request needs, and a trust policy's answer.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
// Service and resource control policies are not modelled: the template has no organization.
import type { Caller, PolicyStatement, Principal } from "../model.js";
import type { Context, Warn } from "./context.js";
import {
  allowing,
  explicitDeny,
  findDenial,
  type Applies,
  type Decision,
  type Denial,
  type Layer,
  type NamedPolicy,
  type Refused,
  type TrustingRole,
} from "./decision.js";
import { nameOf, names, reachOf, reaches, type Reach } from "./principals.js";
import { conditionsHold, coversAction, statementApplies, type AccessRequest } from "./statement.js";

export interface PolicySet {
  /** Of the role: inline and managed ones. */
  readonly identity: readonly NamedPolicy[];
  readonly boundary?: NamedPolicy;
  readonly session?: NamedPolicy;
  /** Of what is called: a function's policy. */
  readonly resource?: NamedPolicy;
  /** Who asks; left out, it is a session that no resource policy names. */
  readonly principal?: Principal;
  /** Who owns what is called; left out, the account that asks. */
  readonly resourceAccountId?: string;
}

/** What a session may do by itself. */
export const policiesOf = (caller: Caller): PolicySet => ({
  identity: caller.role.policies.map(({ name, document }) => ({ name, ...document })),
  ...(caller.role.boundary === undefined ? {} : { boundary: caller.role.boundary }),
  ...(caller.sessionPolicy === undefined ? {} : { session: caller.sessionPolicy }),
  principal: { kind: "session", caller },
});

export function evaluate(request: AccessRequest, policies: PolicySet, warn: Warn): Decision {
  const { principal } = policies;
  const layers = layersOf(policies);
  const applies: Applies = (statement) => statementApplies(statement, request, warn);
  const toCaller: Applies = (statement) =>
    principal !== undefined && names(statement, principal) && applies(statement);
  const refuse = (layer: AskedLayer, what: string, denial?: Denial): Refused => ({
    allowed: false,
    why: `${request.action} on ${request.resource}: ${what}`,
    ...request,
    ...(principal && { principal }),
    layer,
    policies: layers[layer],
    ...(denial && { denial }),
  });
  for (const layer of askedLayers) {
    const denial = findDenial(layers[layer], layer === "resource" ? toCaller : applies);
    if (denial) return refuse(layer, explicitDeny(denial), denial);
  }
  const reach = closestReach(allowing(layers.resource, toCaller), principal);
  const isMissing = (layer: AskedLayer): boolean =>
    layer === "resource" ? reach === undefined : allowing(layers[layer], applies).length === 0;
  const missing = neededLayers(policies, reach).find(isMissing);
  return missing === undefined ? { allowed: true } : refuse(missing, missingAllow(missing, principal, reach));
}

type AskedLayer = Exclude<Layer, "trust">;

const askedLayers: readonly AskedLayer[] = ["identity", "boundary", "session", "resource"];

const layersOf = (policies: PolicySet): Readonly<Record<AskedLayer, readonly NamedPolicy[]>> => ({
  identity: policies.identity,
  boundary: policies.boundary ? [policies.boundary] : [],
  session: policies.session ? [policies.session] : [],
  resource: policies.resource ? [policies.resource] : [],
});

/** The closest way in which what allows names the one who asks. */
function closestReach(
  allows: readonly PolicyStatement[],
  principal: Principal | undefined,
): Reach | undefined {
  const found = allows.map((statement) => principal && reachOf(statement, principal));
  return reaches.find((reach) => found.includes(reach));
}

/**
 * In one account the role's policies or the function's policy are enough, between accounts both must allow. Boundary
 * and session policy limit what the role has, and what a resource policy gives to the role's ARN; what it gives to the
 * session's own ARN they do not limit, and what it gives to the account only lets the role's policies decide.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 * To `*` AWS may give without those limits (it says so of `*` with aws:PrincipalArn); here they hold.
 */
function neededLayers(policies: PolicySet, reach: Reach | undefined): AskedLayer[] {
  const { principal, resourceAccountId, boundary, session } = policies;
  if (principal !== undefined && principal.kind !== "session") return ["resource"];
  const limits: AskedLayer[] = [];
  if (boundary) limits.push("boundary");
  if (session) limits.push("session");
  const ownAccountId = principal?.caller.accountId;
  if (resourceAccountId !== undefined && resourceAccountId !== ownAccountId)
    return ["resource", "identity", ...limits];
  if (reach === "session") return [];
  return isGrant(reach) ? limits : ["identity", ...limits];
}

const isGrant = (reach: Reach | undefined): boolean => reach === "role" || reach === "everyone";

function missingAllow(layer: AskedLayer, principal: Principal | undefined, reach: Reach | undefined): string {
  if (layer === "identity") return "no statement of the role's policies allows it";
  if (layer === "resource")
    return `no statement of the function's policy allows it to ${principal ? nameOf(principal) : "the caller"}`;
  const giver = isGrant(reach) ? "the function's policy" : "the role";
  const policy = layer === "session" ? "session policy" : "permissions boundary";
  return `${giver} allows it, but no statement of the ${policy} does`;
}

export interface TrustRequest {
  readonly action: string;
  readonly principal: Principal;
  readonly context: Context;
  /** Whose trust policy it is. */
  readonly role?: TrustingRole;
}

/** A role's trust policy: who may become the role, and under which conditions. */
export function evaluateTrust(trust: NamedPolicy, request: TrustRequest, warn: Warn): Decision {
  const { action, principal, context, role } = request;
  const applies: Applies = (statement) =>
    names(statement, principal) &&
    coversAction(statement, action) &&
    conditionsHold(statement, request, warn);
  const refuse = (what: string, denial?: Denial): Refused => ({
    allowed: false,
    why: `${action}: ${what}`,
    action,
    context,
    principal,
    layer: "trust",
    policies: [trust],
    ...(role && { role }),
    ...(denial && { denial }),
  });
  const denial = findDenial([trust], applies);
  if (denial) return refuse(`${explicitDeny(denial)} in the trust policy`, denial);
  if (allowing([trust], applies).length > 0) return { allowed: true };
  return refuse(`no statement of the trust policy allows it to ${nameOf(principal)}`);
}
