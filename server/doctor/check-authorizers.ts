// May the gateway call an authorizer that is a function? It does so as itself, by the Invoke API.
// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
import { lackOf } from "./call-permission.js";
import { nothingReserved, unknownFunction } from "./check-function.js";
import { dryRunKey, type Facts } from "./facts.js";
import { json, type Finding, type Paste } from "./finding.js";
import { permissionTemplate } from "./function-permission.js";
import { principalArn } from "./identity.js";
import type { CheckedAuthorizer } from "./scope.js";

export function checkAuthorizer(checked: CheckedAuthorizer, facts: Facts): readonly Finding[] {
  const { source, where } = checked;
  const { functionArn } = source;
  const seen = facts.functions.get(functionArn);
  const base = { where: [where], learnt: "read" } as const;
  if (seen && !seen.timeoutSeconds.ok && seen.timeoutSeconds.denial.kind === "absent")
    return [{ ...base, ...unknownFunction(functionArn), effect: "500 authorizer_failed on its routes" }];
  const isStopped = seen?.reserved.ok === true && seen.reserved.value === 0;
  return [
    ...(isStopped
      ? [{ ...base, ...nothingReserved(functionArn), effect: "503 authorizer_unavailable on its routes" }]
      : []),
    ...checkPermission(checked, facts),
  ];
}

function checkPermission(
  { name, source: { functionArn }, where }: CheckedAuthorizer,
  facts: Facts,
): readonly Finding[] {
  const { gateway } = facts;
  const statement = { Effect: "Allow", Action: "lambda:InvokeFunction", Resource: functionArn } as const;
  const lack = lackOf(
    { action: statement.Action, resource: functionArn },
    {
      identity: gateway,
      policies: facts.ownPolicies,
      dryRun: facts.dryRuns.get(dryRunKey(name, functionArn)),
    },
    facts,
    functionArn,
  );
  if (lack === undefined) return [];
  const own = gateway.roleName ?? gateway.arn;
  const paste: Paste =
    lack.side === "function"
      ? permissionTemplate([statement], principalArn(gateway))
      : { into: `a policy of ${own}, among its statements`, format: "json", text: json(statement) };
  return [
    {
      id: "authorizer_permission_missing",
      severity: lack.isSure ? "error" : "warning",
      where: [where],
      problem: `${own} is not allowed lambda:InvokeFunction on ${functionArn}, which is authorizer ${name}`,
      effect: "500 authorizer_failed on its routes",
      learnt: lack.learnt,
      ...(lack.standing.standing !== "denied" && { paste }),
    },
  ];
}
