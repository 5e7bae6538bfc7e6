// The role of a rule itself: is it there, and does it last as long as the rule asks?
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html (DurationSeconds)
import { chainedLimitSeconds } from "../core/assume-role-input.js";
import { formatDuration } from "../core/duration.js";
import type { Facts } from "./facts.js";
import type { Finding, Paste } from "./finding.js";
import { roleTemplate } from "./role-template.js";
import type { CheckedRoute, CheckedRule } from "./scope.js";

export function checkRole(
  checked: CheckedRule,
  routes: readonly CheckedRoute[],
  facts: Facts,
): readonly Finding[] {
  const role = facts.roles.get(checked.roleArn);
  if (role && !role.ok && role.denial.kind === "absent")
    return [{ ...unknownRole(checked), paste: roleTemplate(checked, routes, facts.gateway) }];
  if (role?.ok === false && role.denial.arn !== undefined) return [renamedRole(checked, role.denial.arn)];
  return checkDuration(checked, facts);
}

const unknownRole = ({ roleArn, where }: CheckedRule): Finding => ({
  id: "role_unknown",
  severity: "error",
  where: [where],
  problem: `there is no role ${roleArn}`,
  effect: "403 session_refused for every caller of the rule",
  learnt: "read",
});

/** The trust policy that was found under the name is another role's, and to be left alone. */
function renamedRole(checked: CheckedRule, arn: string): Finding {
  const said = unknownRole(checked);
  const paste: Paste = { into: checked.where, format: "yaml", text: `roleArn: ${arn}` };
  return {
    ...said,
    problem: `${said.problem}: the one of that name is ${arn}`,
    // What a claim chooses stands nowhere in the configuration.
    ...(typeof checked.rule.roleArn === "string" && { paste }),
  };
}

function checkDuration(checked: CheckedRule, facts: Facts): readonly Finding[] {
  const { rule, roleArn, where } = checked;
  const { isChained } = facts.gateway;
  if (isChained && rule.durationSeconds > chainedLimitSeconds) return [cutByChaining(checked)];
  const role = facts.roles.get(roleArn);
  const maximum = role?.ok === true ? role.value.maxSessionSeconds : undefined;
  const probe = facts.probes.get(rule.name);
  const isRefused = probe?.outcome === "too_long";
  if (!isRefused && (maximum === undefined || rule.durationSeconds <= maximum)) return [];
  return [
    {
      id: "duration_above_maximum",
      severity: "error",
      where: [where],
      problem:
        `duration ${text(rule.durationSeconds)} is above what ${roleArn} allows` +
        (maximum === undefined ? "" : `: MaxSessionDuration ${text(maximum)}`),
      effect: "403 session_refused for every caller of the rule",
      learnt: isRefused ? "probed" : "read",
      paste: {
        into: `the properties of ${roleArn.replace(/^.*\//, "")} in its template`,
        format: "yaml",
        text: `MaxSessionDuration: ${rule.durationSeconds}`,
      },
    },
  ];
}

const cutByChaining = ({ rule, where }: CheckedRule): Finding => ({
  id: "duration_cut_by_chaining",
  severity: "warning",
  where: [where],
  problem: `duration ${text(rule.durationSeconds)} is cut to 1h: the gateway runs on a role, and STS gives no longer session to one that chains roles`,
  effect: "granted credentials end after an hour at the latest",
  learnt: "read",
  paste: { into: where, format: "yaml", text: "duration: 1h" },
});

const text = (seconds: number): string => formatDuration(seconds * 1000);
