// May the gateway become the role of a rule, with the tags and the source identity that the rule gives? Three actions,
// each of which the role's trust policy and the gateway's own policies must allow. What STS itself answered counts more
// than what the policies seem to say. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
import type { Facts } from "./facts.js";
import { json, type Finding, type FindingId, type Paste } from "./finding.js";
import { principalArn } from "./identity.js";
import type { CheckedRule } from "./scope.js";
import { sideNames, sidesOf, type SideName, type Sides, type Verdict } from "./trust-sides.js";
import { trustActions, trustStatement } from "./trust-statement.js";

const ids: Readonly<Record<string, FindingId>> = {
  "sts:AssumeRole": "assume_role_denied",
  "sts:TagSession": "tag_session_denied",
  "sts:SetSourceIdentity": "set_source_identity_denied",
};

export function checkTrust(checked: CheckedRule, facts: Facts): readonly Finding[] {
  const probe = facts.probes.get(checked.rule.name);
  if (probe?.outcome === "ok") return [];
  if (probe?.outcome !== "denied")
    return trustActions(checked.rule).flatMap((action) => {
      const blames = plainBlames(sidesOf(checked, facts, action));
      return blames.map((blame) => sideFinding(checked, facts, action, blame));
    });
  return probe.actions.flatMap((action) => {
    const blames = deniedBlames(sidesOf(checked, facts, action));
    if (blames.length === 0) return [conditionRefuses(checked, action, probe.message)];
    return blames.map((blame): Finding => ({
      ...sideFinding(checked, facts, action, blame),
      learnt: "probed",
    }));
  });
}

/** One fault and what mends it. */
interface Blame {
  /** Not empty. One text, for the first of them, mends it. */
  readonly sides: readonly SideName[];
  readonly verdict: Exclude<Verdict, "allowed">;
  readonly isSure: boolean;
}

/** What the policies plainly lack or deny, where nobody asked STS. */
function plainBlames(sides: Sides): readonly Blame[] {
  const having = (verdict: Verdict) => sideNames.filter((name) => sides[name] === verdict);
  const missing = having("missing");
  // To trust the gateway is enough there; else each side needs a statement of its own.
  const lacking = sides.isTrustEnough && missing.length > 1 ? [missing] : missing.map((name) => [name]);
  const isSure = !(sides.isTrustEnough && sides.trust === "unseen");
  return [
    ...having("denied").map((name) => ({ sides: [name], verdict: "denied", isSure: true }) as const),
    ...lacking.map((names) => ({ sides: names, verdict: "missing", isSure }) as const),
  ];
}

/** STS said no: what is plainly allowed on one side is missing on the other, seen or not. */
function deniedBlames(sides: Sides): readonly Blame[] {
  const plain = plainBlames(sides).map((blame) => ({ ...blame, isSure: true }));
  const unseen = sideNames.filter((name) => sides[name] === "unseen");
  if (plain.length > 0 || unseen.length === 0) return plain;
  return [{ sides: unseen, verdict: "unseen", isSure: true }];
}

const conditionRefuses = ({ roleArn, where }: CheckedRule, action: string, message: string): Finding => ({
  id: "trust_condition_refuses",
  severity: "error",
  where: [where],
  problem:
    `${action} on ${roleArn} was denied, though both sides name it: a condition, a boundary or a service ` +
    `control policy refuses it. STS says: ${message}`,
  effect:
    "403 session_refused; unless only the doctor's own values are refused: give those of real callers with --tag and --source-identity, or as `probe` of the rule",
  learnt: "probed",
});

function sideFinding(checked: CheckedRule, facts: Facts, action: string, blame: Blame): Finding {
  const { verdict, isSure } = blame;
  return {
    id: ids[action] ?? "assume_role_denied",
    severity: isSure ? "error" : "warning",
    where: [checked.where],
    problem: `${action} for ${principalArn(facts.gateway)} ${fault(checked, facts, blame)}`,
    effect: "403 session_refused for every caller of the rule",
    learnt: "read",
    // Against a Deny no statement helps.
    ...(verdict !== "denied" && { paste: pasteFor(checked, facts, action, blame) }),
  };
}

function fault({ roleArn }: CheckedRule, { gateway }: Facts, { sides, verdict, isSure }: Blame): string {
  const names: Readonly<Record<SideName, string>> = {
    trust: `the trust policy of ${roleName(roleArn)}`,
    own: `the policies of ${gateway.roleName ?? gateway.arn}`,
  };
  const named = sides.map((side) => names[side]);
  if (verdict === "denied") return `is denied by ${named.join(" and by ")}`;
  if (verdict === "unseen" && named.length > 1)
    return `is not allowed by ${named.join(" or by ")} (which of the two could not be read)`;
  const doubt = isSure ? "" : `; ${names.trust}, which may be enough, could not be read`;
  return `is not allowed by ${named.join(" nor by ")}${doubt}`;
}

function pasteFor({ rule, roleArn }: CheckedRule, facts: Facts, action: string, { sides }: Blame): Paste {
  const { gateway } = facts;
  const isOwn = sides[0] === "own";
  const statement = isOwn
    ? { Effect: "Allow", Action: action, Resource: roleArn }
    : trustStatement(rule, action, gateway);
  const into = isOwn
    ? `a policy of ${gateway.roleName ?? gateway.arn}`
    : `the trust policy of ${roleName(roleArn)}`;
  return { into: `${into}, as one of its statements`, format: "json", text: json(statement) };
}

const roleName = (roleArn: string): string => roleArn.replace(/^.*\//, "");
