// May the session of a rule call the target of a route? What it needs is what the gateway's own session policy names
// (core/target-statements.ts); the role's policies, or the function's own, must name the same.
// https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
import type { Route } from "../core/model.js";
import type { Statement } from "../core/policy-bounds.js";
import { targetStatements } from "../core/target-statements.js";
import type { Facts } from "./facts.js";
import { json, type Finding, type FindingId, type Paste } from "./finding.js";
import { identityOf, meansPrincipal } from "./identity.js";
import { standingOf, type Need, type Standing } from "./policy-standing.js";
import type { CheckedRoute, CheckedRule } from "./scope.js";

export function checkPermissions(
  { roleArn }: CheckedRule,
  { route, where }: CheckedRoute,
  facts: Facts,
): readonly Finding[] {
  const lacking = targetStatements(route).flatMap((statement) => {
    const standing = worstOf(statement, roleArn, route, facts);
    return standing === undefined ? [] : [{ statement, standing }];
  });
  const [first] = lacking;
  if (first === undefined) return [];
  const statements = lacking.map(({ statement }) => statement);
  const role = roleArn.replace(/^.*\//, "");
  const actions = statements.map(({ Action }) => String(Action)).join(" and ");
  const isUnqualified = lacking.every(
    ({ statement, standing }) =>
      standing.standing === "missing" && namesBareFunction(statement, roleArn, facts),
  );
  const resource = [first.statement.Resource].flat().join(", ");
  return [
    {
      id: isUnqualified ? "lambda_permission_unqualified" : idFor(route),
      severity: mayBeAllowedElsewhere(route, facts) ? "warning" : "error",
      where: [where],
      problem: isUnqualified
        ? `${role} allows ${actions} on the function without its alias, which is not ${resource}`
        : `${role} is not allowed ${actions} on ${resource}${because(first.standing)}`,
      effect: `502 upstream_refused on ${route.key}, and 403 for credentials that are granted for it`,
      learnt: "read",
      // Against a Deny no statement helps.
      ...(first.standing.standing !== "denied" && { paste: pasteOf(statements, role) }),
    },
  ];
}

const pasteOf = (statements: readonly Statement[], role: string): Paste => ({
  into: `a policy of ${role}, among its statements`,
  format: "json",
  text: json(statements.length === 1 ? statements[0] : statements),
});

const idFor = ({ target }: Route): FindingId =>
  target.kind === "executeApi" ? "execute_api_permission_missing" : "lambda_permission_missing";

type Lacking = Exclude<Standing, { standing: "allowed" | "unclear" | "missing" }> | { standing: "missing" };

/** `undefined`: nothing is plainly missing. */
function worstOf(statement: Statement, roleArn: string, route: Route, facts: Facts): Lacking | undefined {
  const policies = facts.rolePolicies.get(roleArn);
  if (!policies?.ok) return undefined;
  for (const need of needsOf(statement)) {
    const standing = standingOf(policies.value, need);
    if (standing.standing === "allowed" || standing.standing === "unclear") continue;
    if (standing.standing !== "denied" && allowedByFunction(need, roleArn, route, facts)) continue;
    return standing as Lacking;
  }
  return undefined;
}

const needsOf = ({ Action, Resource, Condition }: Statement): readonly Need[] =>
  [Resource].flat().map((resource) => ({
    action: String(Action),
    // The account of a stage may be left open in the configuration.
    resource: resource.replace(/^(arn:[^:]+:execute-api:[^:]+):\*:/, "$1:000000000000:"),
    ...(Condition && { known: Condition }),
  }));

/** Within one account either policy is enough. */
function allowedByFunction(need: Need, roleArn: string, { target }: Route, facts: Facts): boolean {
  if (target.kind === "executeApi") return false;
  const policy = facts.functions.get(target.functionArn)?.policy;
  if (!policy?.ok) return false;
  const role = identityOf(roleArn);
  const own = policy.value.filter(({ principals }) =>
    principals.some((principal) => meansPrincipal(principal, role) === "named"),
  );
  return standingOf(own, need).standing === "allowed";
}

/** A policy of the function's, or of the API's, that could not be read may still allow it. */
function mayBeAllowedElsewhere({ target }: Route, facts: Facts): boolean {
  if (target.kind === "executeApi") return true;
  const policy = facts.functions.get(target.functionArn)?.policy;
  return policy !== undefined && !policy.ok && policy.denial.kind !== "absent";
}

function namesBareFunction(statement: Statement, roleArn: string, facts: Facts): boolean {
  const policies = facts.rolePolicies.get(roleArn);
  const bare = /^(arn:[^:]+:lambda:[^:]+:\d+:function:[^:]+):[^:]+$/.exec(String(statement.Resource))?.[1];
  if (bare === undefined || !policies?.ok) return false;
  const [need] = needsOf({ ...statement, Resource: bare });
  return need !== undefined && standingOf(policies.value, need).standing === "allowed";
}

function because(standing: Lacking): string {
  if (standing.standing === "denied") return `: ${standing.policy} denies it`;
  if (standing.standing !== "misfit") return "";
  return `: the statement in ${standing.policy} asks for ${standing.key}, which does not hold for this action`;
}
