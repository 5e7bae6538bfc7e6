// May the session of a rule call the target of a route? What it needs is what the gateway's own session policy names
// (core/target-statements.ts); the role's policies, or the function's own, must name the same.
// https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
import { arnParts } from "../core/arn.js";
import type { Route } from "../core/model.js";
import type { Statement } from "../core/policy-bounds.js";
import { targetStatements } from "../core/target-statements.js";
import { lackOf, type CallingIdentity, type Lack } from "./call-permission.js";
import { dryRunKey, type Facts } from "./facts.js";
import { json, type Finding, type FindingId, type Paste } from "./finding.js";
import { permissionTemplate } from "./function-permission.js";
import { identityOf } from "./identity.js";
import { standingOf, type Need } from "./policy-standing.js";
import type { CheckedRoute, CheckedRule } from "./scope.js";

export function checkPermissions(
  { rule, roleArn }: CheckedRule,
  { route, where }: CheckedRoute,
  facts: Facts,
): readonly Finding[] {
  const { target } = route;
  const functionArn = target.kind === "executeApi" ? undefined : target.functionArn;
  const caller: CallingIdentity = {
    identity: identityOf(roleArn),
    policies: facts.rolePolicies.get(roleArn),
    // Of a URL's route it says nothing: that one's permissions are others.
    dryRun:
      target.kind === "invoke" ? facts.dryRuns.get(dryRunKey(rule.name, target.functionArn)) : undefined,
  };
  const lacking = targetStatements(route).flatMap((statement) => {
    const lack = worstOf(statement, caller, facts, functionArn);
    return lack === undefined ? [] : [{ statement, lack }];
  });
  const [first] = lacking;
  if (first === undefined) return [];
  const its = lacking.filter(({ lack }) => lack.side === first.lack.side);
  const statements = its.map(({ statement }) => statement);
  const role = roleArn.replace(/^.*\//, "");
  const isUnqualified = its.every(
    ({ statement, lack }) =>
      lack.side === "caller" && lack.standing.standing === "missing" && namesBareFunction(statement, caller),
  );
  const actions = statements.map(({ Action }) => String(Action)).join(" and ");
  const resource = [first.statement.Resource].flat().join(", ");
  return [
    {
      id: isUnqualified ? "lambda_permission_unqualified" : idFor(route),
      severity: first.lack.isSure ? "error" : "warning",
      where: [where],
      problem: isUnqualified
        ? `${role} allows ${actions} on the function without its alias, which is not ${resource}`
        : `${role} is not allowed ${actions} on ${resource}${because(first.lack)}`,
      effect: "502 upstream_refused on the route, and 403 for credentials that are granted for it",
      learnt: first.lack.learnt,
      // Against a Deny no statement helps.
      ...(first.lack.standing.standing !== "denied" && { paste: pasteOf(statements, roleArn, first.lack) }),
    },
  ];
}

function pasteOf(statements: readonly Statement[], roleArn: string, { side }: Lack): Paste {
  if (side === "function") return permissionTemplate(statements, roleArn);
  return {
    into: `a policy of ${roleArn.replace(/^.*\//, "")}, among its statements`,
    format: "json",
    text: json(statements.length === 1 ? statements[0] : statements),
  };
}

const idFor = ({ target }: Route): FindingId =>
  target.kind === "executeApi" ? "execute_api_permission_missing" : "lambda_permission_missing";

function worstOf(
  statement: Statement,
  caller: CallingIdentity,
  facts: Facts,
  functionArn: string | undefined,
): Lack | undefined {
  for (const need of needsOf(statement)) {
    const lacks = inEachAccount(need, caller).map((each) => lackOf(each, caller, facts, functionArn));
    if (!lacks.includes(undefined)) return lacks[0];
  }
  return undefined;
}

const needsOf = ({ Action, Resource, Condition }: Statement): readonly Need[] =>
  [Resource].flat().map((resource) => ({
    action: String(Action),
    resource,
    ...(Condition && { known: Condition }),
  }));

/** The configuration may leave open whose stage it is: the caller's own, or that of any account which his policies name. */
function inEachAccount(need: Need, { identity, policies }: CallingIdentity): readonly Need[] {
  const [, before, after] = /^(arn:[^:]+:execute-api:[^:]+):\*:(.*)$/.exec(need.resource) ?? [];
  if (before === undefined || after === undefined) return [need];
  const resources = policies?.ok === true ? policies.value.flatMap((statement) => statement.resources) : [];
  const named = resources.map((arn) => arnParts(arn).accountId).filter((id) => /^\d{12}$/.test(id));
  const accountIds = [...new Set([identity.accountId, ...named])];
  return accountIds.map((accountId) => ({ ...need, resource: `${before}:${accountId}:${after}` }));
}

function namesBareFunction(statement: Statement, { policies }: CallingIdentity): boolean {
  const bare = /^(arn:[^:]+:lambda:[^:]+:\d+:function:[^:]+):[^:]+$/.exec(String(statement.Resource))?.[1];
  if (bare === undefined || policies?.ok !== true) return false;
  const [need] = needsOf({ ...statement, Resource: bare });
  return need !== undefined && standingOf(policies.value, need).standing === "allowed";
}

function because({ side, standing }: Lack): string {
  if (standing.standing === "denied") return `: ${standing.policy} denies it`;
  if (standing.standing === "misfit")
    return `: the statement in ${standing.policy} asks for ${standing.key}, which does not hold for this action`;
  return side === "function" ? ": it is of another account, and its own policy does not name the role" : "";
}
