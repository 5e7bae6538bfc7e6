// May the gateway become the role of a rule, with the tags and the source identity that the rule gives? Three actions,
// each of which the role's trust policy and the gateway's own policies must allow. What STS itself answered counts more
// than what the policies seem to say. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
import { arnParts } from "../core/arn.js";
import type { RoleRule } from "../core/model.js";
import type { Facts, GatewayIdentity, Probe } from "./facts.js";
import { json, type Finding, type FindingId, type Paste } from "./finding.js";
import { meansPrincipal, principalArn } from "./identity.js";
import { standingOf } from "./policy-standing.js";
import type { PolicyStatement } from "./policy-statements.js";
import type { CheckedRule } from "./scope.js";

/** What a request of this rule's asks for. */
export function trustActions({ tags, sourceIdentity }: RoleRule): readonly string[] {
  return [
    "sts:AssumeRole",
    ...(tags.length > 0 ? ["sts:TagSession"] : []),
    ...(sourceIdentity === null ? [] : ["sts:SetSourceIdentity"]),
  ];
}

const ids: Readonly<Record<string, FindingId>> = {
  "sts:AssumeRole": "assume_role_denied",
  "sts:TagSession": "tag_session_denied",
  "sts:SetSourceIdentity": "set_source_identity_denied",
};

export function checkTrust(checked: CheckedRule, facts: Facts): readonly Finding[] {
  const probe = facts.probes.get(checked.rule.name);
  if (probe?.outcome === "ok") return [];
  if (probe?.outcome === "denied")
    return probe.actions.map((action) => deniedFinding(checked, facts, action, probe));
  return trustActions(checked.rule).flatMap((action) => {
    const missing = sidesOf(checked, facts, action);
    const isMissing = missing.trust === "missing" || missing.own === "missing";
    return isMissing ? [sideFinding(checked, facts, action, missing)] : [];
  });
}

type Side = "allowed" | "missing" | "unseen";
interface Sides {
  readonly trust: Side;
  readonly own: Side;
}

function sidesOf({ rule, roleArn }: CheckedRule, facts: Facts, action: string): Sides {
  const role = facts.roles.get(roleArn);
  const named = role?.ok === true ? trustNames(role.value.trust, facts.gateway, action) : undefined;
  const trust = named === undefined ? "unseen" : named === "missing" ? "missing" : "allowed";
  if (!facts.ownPolicies.ok) return { trust, own: "unseen" };
  const { standing } = standingOf(facts.ownPolicies.value, { action, resource: roleArn });
  // Where STS has denied it, it was not enough.
  const isSpared =
    named === "named" &&
    facts.probes.get(rule.name)?.outcome !== "denied" &&
    isEnough(action, roleArn, facts);
  const lacks = standing === "denied" || (standing === "missing" && !isSpared);
  return { trust, own: lacks ? "missing" : "allowed" };
}

/**
 * Within an account a trust policy that names the role itself is enough, but for the source identity, which both sides
 * must allow.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html
 */
function isEnough(action: string, roleArn: string, { gateway }: Facts): boolean {
  const isOneAccount = arnParts(roleArn).accountId === gateway.accountId;
  return action !== "sts:SetSourceIdentity" && isOneAccount;
}

/** A condition may still refuse: only STS can tell. */
function trustNames(
  trust: readonly PolicyStatement[],
  gateway: GatewayIdentity,
  action: string,
): "named" | "account" | "missing" {
  const means = trust
    .filter(({ effect, isInverted }) => effect === "Allow" && !isInverted)
    .filter(
      (statement) =>
        standingOf([{ ...statement, conditions: [] }], { action, resource: "*" }).standing === "allowed",
    )
    .flatMap(({ principals }) => principals.map((principal) => meansPrincipal(principal, gateway)));
  return means.includes("named") ? "named" : means.includes("account") ? "account" : "missing";
}

function deniedFinding(
  checked: CheckedRule,
  facts: Facts,
  action: string,
  probe: Extract<Probe, { outcome: "denied" }>,
): Finding {
  const sides = sidesOf(checked, facts, action);
  if (sides.trust !== "allowed" || sides.own !== "allowed")
    return { ...sideFinding(checked, facts, action, sides), learnt: "probed" };
  return {
    id: "trust_condition_refuses",
    severity: "error",
    where: [checked.where],
    problem:
      `${action} on ${checked.roleArn} was denied, though both sides name it: a condition, a boundary or a service ` +
      `control policy refuses it. STS says: ${probe.message}`,
    effect:
      "403 session_refused; unless only the doctor's own values are refused: give those of real callers with --tag and --source-identity, or as `probe` of the rule",
    learnt: "probed",
  };
}

function sideFinding(
  { rule, roleArn, where }: CheckedRule,
  facts: Facts,
  action: string,
  sides: Sides,
): Finding {
  const role = roleArn.replace(/^.*\//, "");
  const own = facts.gateway.roleName ?? facts.gateway.arn;
  const places = [
    { side: sides.trust, name: `the trust policy of ${role}` },
    { side: sides.own, name: `the policies of ${own}` },
  ];
  const missing = places.filter(({ side }) => side === "missing");
  const named = (missing.length > 0 ? missing : places.filter(({ side }) => side === "unseen")).map(
    ({ name }) => name,
  );
  // What is plainly allowed on one side is missing on the other, seen or not.
  const isDoubtful = missing.length === 0 && named.length > 1;
  const problem = `${action} for ${principalArn(facts.gateway)} is not allowed by ${named.join(isDoubtful ? " or by " : " nor by ")}`;
  return {
    id: ids[action] ?? "assume_role_denied",
    severity: "error",
    where: [where],
    problem: isDoubtful ? `${problem} (which of the two could not be read)` : problem,
    effect: "403 session_refused for every caller of the rule",
    learnt: "read",
    paste: pasteFor(rule, roleArn, action, facts, sides),
  };
}

function pasteFor(rule: RoleRule, roleArn: string, action: string, facts: Facts, sides: Sides): Paste {
  const isOwn = sides.own !== "allowed" && sides.trust === "allowed";
  const statement = isOwn
    ? { Effect: "Allow", Action: action, Resource: roleArn }
    : trustStatement(rule, action, facts.gateway);
  const role = roleArn.replace(/^.*\//, "");
  const into = isOwn
    ? `a policy of ${facts.gateway.roleName ?? facts.gateway.arn}`
    : `the trust policy of ${role}`;
  return { into: `${into}, as one of its statements`, format: "json", text: json(statement) };
}

export const trustStatement = (rule: RoleRule, action: string, gateway: GatewayIdentity): object => ({
  Effect: "Allow",
  Principal: { AWS: principalArn(gateway) },
  Action: action,
  ...guard(rule, action),
});

/** As narrow as the rule is: no other tag, and always a person. Each action is given keys of its own only. */
function guard({ tags, sourceIdentity }: RoleRule, action: string): object {
  if (action === "sts:TagSession")
    return { Condition: { "ForAllValues:StringEquals": { "aws:TagKeys": tags.map(({ key }) => key) } } };
  const hasPerson = action === "sts:SetSourceIdentity" || sourceIdentity !== null;
  return hasPerson ? { Condition: { StringLike: { "sts:SourceIdentity": "?*" } } } : {};
}
