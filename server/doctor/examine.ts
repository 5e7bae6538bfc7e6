// Facts -> findings, and what could not be seen. Pure: the whole of a doctor's judgement, on one screen.
import { checkAuthorizer } from "./check-authorizers.js";
import { checkFly } from "./check-fly.js";
import { checkFunction } from "./check-function.js";
import { checkIssuer } from "./check-issuers.js";
import { checkPermissions } from "./check-permissions.js";
import { checkRole } from "./check-role.js";
import { checkClock, checkLoadBalancer, longestCallSeconds } from "./check-surroundings.js";
import { checkTrust } from "./check-trust.js";
import { blindSpots } from "./blind-spots.js";
import type { Facts, Look } from "./facts.js";
import { mergeFindings, type Finding, type Report } from "./finding.js";
import type { CheckedRoute, CheckedRule, Scope } from "./scope.js";

export function examine(scope: Scope, facts: Facts): Report {
  const callSeconds = longestCallSeconds(scope.routes.map(({ route }) => route));
  const findings: readonly Finding[] = [
    ...checkClock(facts, scope.issuers),
    ...scope.issuers.flatMap((issuer, index) => {
      const seen = facts.issuers.get(issuer.name);
      return seen ? checkIssuer({ issuer, facts: seen }, `issuers[${index}] ${issuer.name}`) : [];
    }),
    ...scope.rules.flatMap((rule) => checkRule(rule, scope, facts)),
    ...scope.routes.flatMap((route) => {
      const seen = functionOf(route, facts);
      return seen ? checkFunction(route, seen) : [];
    }),
    ...scope.authorizers.flatMap((authorizer) => checkAuthorizer(authorizer, facts)),
    ...(facts.loadBalancer?.ok ? checkLoadBalancer(facts.loadBalancer.value, callSeconds) : []),
    ...(facts.fly ? checkFly(facts.fly, callSeconds) : []),
  ];
  return {
    gateway: facts.gateway.arn,
    findings: mergeFindings(findings),
    blind: blindSpots(scope, facts),
    learnt: countLearnt(facts),
  };
}

function checkRule(checked: CheckedRule, { routes }: Scope, facts: Facts): readonly Finding[] {
  const own = checkRole(checked, routes, facts);
  // Of a role that is not there nothing else is worth saying.
  if (own.some(({ id }) => id === "role_unknown")) return own;
  const its = routes.filter(({ route }) => route.roles.includes(checked.rule));
  return [
    ...own,
    ...checkTrust(checked, facts),
    ...its
      .filter((route) => !isOfAnother(route, facts))
      .flatMap((route) => checkPermissions(checked, route, facts)),
  ];
}

function functionOf({ route: { target } }: CheckedRoute, facts: Facts) {
  return target.kind === "executeApi" ? undefined : facts.functions.get(target.functionArn);
}

/** The ARN of the route is not that of its function: what may be done with it says nothing. */
function isOfAnother(route: CheckedRoute, facts: Facts): boolean {
  const seen = functionOf(route, facts);
  const looks: readonly (Look<unknown> | undefined)[] = [seen?.timeoutSeconds, seen?.url];
  return looks.some((look) => look?.ok === false && look.denial.kind === "absent");
}

function countLearnt(facts: Facts): Report["learnt"] {
  const looks: readonly Look<unknown>[] = [
    facts.ownPolicies,
    ...facts.roles.values(),
    ...facts.rolePolicies.values(),
    ...[...facts.functions.values()].flatMap(({ url, timeoutSeconds, reserved, policy }) => [
      url,
      timeoutSeconds,
      reserved,
      policy,
    ]),
    ...(facts.loadBalancer ? [facts.loadBalancer] : []),
  ];
  const probes = [...facts.probes.values()].filter(({ outcome }) => outcome !== "failed").length;
  const dryRuns = [...facts.dryRuns.values()].filter(({ ok }) => ok).length;
  return { read: looks.filter(({ ok }) => ok).length, probed: probes + dryRuns + facts.issuers.size };
}
