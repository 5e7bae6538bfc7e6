// Route and principal -> the one session this caller may have for this route. Pure: every claim that reaches STS
// passes through here, and what STS would refuse is refused first, with the reason.
import { isIP } from "node:net";
import { stsFloorSeconds } from "./core/assume-role-input.js";
import type { Expression, Variables } from "./core/cel.js";
import { compileSessionPolicy } from "./core/compile-policy.js";
import type { Principal, RoleRule, Route, RouteMatch, SessionSpec } from "./core/model.js";
import type { PolicyBounds } from "./core/policy-bounds.js";
import { rememberPerCaller } from "./core/remember-per-caller.js";
import { accept, refuse, type Result } from "./core/result.js";
import { fillRoleArn } from "./core/role-arn.js";
import { sessionIdentity } from "./core/session-identity.js";

export type Authorize = typeof authorize;

/** `authorize`, which for the proxy door decides once per caller and route: neither the time nor the address counts there. */
export function createAuthorize(): Authorize {
  const atProxyDoor = rememberPerCaller(
    (match, principal) => authorize(match, principal, 0),
    ({ roles }) => roles.flatMap(expressionsOf),
  );
  return (match, principal, now, clientAddress) =>
    match.door === "proxy" ? atProxyDoor(match, principal) : authorize(match, principal, now, clientAddress);
}

/** What the proxy door evaluates of a rule: `policy` is for granted credentials. */
const expressionsOf = ({ when, roleArn, sessionName, sourceIdentity, tags }: RoleRule): Expression[] => [
  when,
  ...(typeof roleArn === "string" ? [] : roleArn.template.slots),
  ...(sessionName ? [sessionName] : []),
  ...(sourceIdentity ? [sourceIdentity] : []),
  ...tags.map(({ value }) => value),
];

/**
 * `now` in epoch milliseconds. `clientAddress` is asked for by rules that bind what they grant to it.
 * Refuses `scope_insufficient`, `role_not_granted`, `claim_unrepresentable` or `session_too_large`.
 */
export function authorize(
  match: RouteMatch,
  principal: Principal,
  now: number,
  clientAddress?: string,
): Result<SessionSpec> {
  const { route, door } = match;
  if (!hasScope(route, principal)) return refuse({ reason: "scope_insufficient", scopes: route.scopes });

  const variables = variablesOf(match, principal);
  const rule = route.roles.find(({ when }) => holds(when, variables));
  if (!rule) return refuse({ reason: "role_not_granted", cause: whyNone(route, variables) });

  const roleArn = fillRoleArn(rule.roleArn, variables);
  if (!roleArn.ok) return roleArn;
  const identity = sessionIdentity(rule, principal, variables);
  if (!identity.ok) return identity;
  const bounds: Result<PolicyBounds> =
    door === "grant" ? boundsOfGrant(rule, principal, now, clientAddress) : accept({});
  if (!bounds.ok) return bounds;

  // What a rule adds is for callers who sign for themselves; the gateway's own calls need the target alone.
  const additions =
    door === "grant"
      ? { statements: rule.policy, policyArns: rule.policyArns }
      : { statements: [], policyArns: [] };
  const policy = compileSessionPolicy({ route, variables, ...additions, ...bounds.value });
  if (!policy.ok) return policy;

  const { notAfter } = bounds.value;
  return accept({
    caller: { issuer: principal.issuer.issuer, subject: principal.subject },
    rule: rule.name,
    roleArn: roleArn.value,
    ...identity.value,
    transitiveTagKeys: rule.transitiveTagKeys,
    durationSeconds: rule.durationSeconds,
    ...(rule.externalId !== undefined && { externalId: rule.externalId }),
    policy: policy.value,
    policyArns: additions.policyArns,
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

function boundsOfGrant(
  rule: RoleRule,
  principal: Principal,
  now: number,
  clientAddress: string | undefined,
): Result<PolicyBounds> {
  const notAfter = endOfGrant(rule, principal, now);
  const end = notAfter === undefined ? {} : { notAfter };
  if (!rule.bindSourceIp) return accept(end);
  // A zone (`fe80::1%eth0`) names an interface of this machine and is nothing to IAM.
  if (clientAddress !== undefined && isIP(clientAddress) !== 0 && !clientAddress.includes("%")) {
    return accept({ ...end, sourceIp: clientAddress });
  }
  const cause = "bindSourceIp asks for the caller's address, which is not known as an IP address";
  return refuse({ reason: "claim_unrepresentable", slot: "bindSourceIp", cause });
}

/**
 * Granted credentials end with the token. Set only where a session could outlive it: a longer token then shares the
 * session of the one it replaces.
 */
function endOfGrant(rule: RoleRule, principal: Principal, now: number): number | undefined {
  const latestEnd = now / 1000 + Math.max(rule.durationSeconds, stsFloorSeconds) + mintingSlackSeconds;
  return principal.expiresAt < latestEnd ? Math.floor(principal.expiresAt) : undefined;
}

// Between this decision and STS's own clock lie a queue, a network and two clocks.
const mintingSlackSeconds = 300;
