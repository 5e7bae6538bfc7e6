// What a person at the keyboard reads of a denied call: one line always, and with --explain the statement that was
// missing or that denied, ready to be pasted, and the statements that nearly matched.
import { stringify } from "yaml";
import type { Principal } from "../model.js";
import type { Context, Warn } from "./context.js";
import type { Denial, Refused } from "./decision.js";
import { describeCondition, nearMisses, statementName } from "./near-miss.js";

export interface Report {
  readonly warn: Warn;
  /** Say which statement was missing. */
  readonly explain?: boolean;
}

/** `who`: the caller, or `caller -> role`. */
export function reportDenial(who: string, refused: Refused, report: Report): void {
  report.warn(`${who}: ${refused.why}`);
  if (report.explain === true) report.warn(explain(refused));
}

/** Several lines, each indented. */
export function explain(refused: Refused): string {
  const lines = refused.denial ? explainDenial(refused, refused.denial) : explainMissing(refused);
  return lines.map((line) => `  ${line}`).join("\n");
}

const explainDenial = (refused: Refused, { policy, statement }: Denial): string[] => [
  `denied by ${statementName(policy, statement)}, in ${policyName(refused)}`,
  ...statement.conditions.map((condition) => `  ${describeCondition(condition, refused)}`),
];

function explainMissing(refused: Refused): string[] {
  const near = nearMisses(refused);
  return [
    `missing in ${policyName(refused)}:`,
    ...stringify([missingStatement(refused)], { lineWidth: 0 })
      .trimEnd()
      .split("\n")
      .map((line) => `  ${line}`),
    ...(near.length > 0 ? ["nearly:", ...near.map((line) => `  ${line}`)] : []),
  ];
}

function policyName({ layer, principal, role }: Refused): string {
  const callersRole = principal?.kind === "session" ? principal.caller.role : undefined;
  switch (layer) {
    case "identity":
      return `the policies of ${roleName(callersRole)}`;
    case "boundary":
      return `the permissions boundary of ${roleName(callersRole)}`;
    case "session":
      return "the session policy (Policy and PolicyArns of AssumeRole)";
    case "resource":
      return "the function's policy (AWS::Lambda::Permission)";
    case "trust":
      return `the trust policy of ${roleName(role)}`;
  }
}

const roleName = (role: { readonly name: string; readonly place?: string } | undefined): string =>
  role === undefined ? "the role" : `role ${role.name}${role.place === undefined ? "" : ` (${role.place})`}`;

/** The narrowest statement that would have allowed this request. */
function missingStatement(refused: Refused): object {
  const { action, resource, context, layer, principal } = refused;
  const isForPrincipal = layer === "trust" || layer === "resource";
  const condition = conditionsFor(context);
  return {
    Effect: "Allow",
    ...(isForPrincipal && principal ? { Principal: principalElement(principal) } : {}),
    Action: action,
    ...(resource === undefined ? {} : { Resource: resource }),
    ...(Object.keys(condition).length > 0 ? { Condition: condition } : {}),
  };
}

function principalElement(principal: Principal): unknown {
  switch (principal.kind) {
    case "session":
      return { AWS: principal.caller.role.arn };
    case "federated":
      return { Federated: principal.providerArn };
    case "service":
      return { Service: principal.name };
    case "anonymous":
      return "*";
  }
}

/** Keys without which such a statement would give more than this request needs. */
function conditionsFor(context: Context): Record<string, Record<string, unknown>> {
  const strings = [
    ["lambda:FunctionUrlAuthType", context["lambda:functionurlauthtype"]],
    ["sts:ExternalId", context["sts:externalid"]],
    ...Object.entries(context).filter(([key]) => /^[^:]*\..*:(aud|sub)$/.test(key)),
  ] as const;
  const given = strings.filter(([, value]) => value !== undefined);
  return {
    ...(given.length > 0 ? { StringEquals: Object.fromEntries(given) } : {}),
    ...(context["lambda:invokedviafunctionurl"] === "true"
      ? { Bool: { "lambda:InvokedViaFunctionUrl": "true" } }
      : {}),
  };
}
