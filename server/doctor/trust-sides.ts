// The two sides that must let the gateway become a role: the role's trust policy, and the gateway's own policies. A
// condition, or what is inverted, is taken to allow: only STS can tell.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
import { arnParts } from "../core/arn.js";
import type { Facts, GatewayIdentity } from "./facts.js";
import { meantBy } from "./identity.js";
import { standingOf } from "./policy-standing.js";
import type { PolicyStatement } from "./policy-statements.js";
import type { CheckedRule } from "./scope.js";

export const sideNames = ["trust", "own"] as const;
export type SideName = (typeof sideNames)[number];
export type Verdict = "allowed" | "missing" | "denied" | "unseen";

export interface Sides extends Readonly<Record<SideName, Verdict>> {
  /**
   * Within an account a trust policy that names the gateway itself, or everyone, needs nothing beside it, but for the source
   * identity, which both sides must allow.
   * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html
   */
  readonly isTrustEnough: boolean;
}

export function sidesOf({ rule, roleArn }: CheckedRule, facts: Facts, action: string): Sides {
  const { gateway, roles, probes } = facts;
  const role = roles.get(roleArn);
  const trust = role?.ok === true ? trustSays(role.value.trust, gateway, action) : undefined;
  const isOneAccount = arnParts(roleArn).accountId === gateway.accountId;
  const isTrustEnough = isOneAccount && action !== "sts:SetSourceIdentity";
  const own = ownSays(facts, action, roleArn);
  // Where STS has denied it, it was not enough.
  const isSpared =
    own === "missing" && isTrustEnough && trust?.isGrant && probes.get(rule.name)?.outcome !== "denied";
  return { trust: trust?.verdict ?? "unseen", own: isSpared ? "allowed" : own, isTrustEnough };
}

function ownSays({ ownPolicies }: Facts, action: string, resource: string): Verdict {
  return ownPolicies.ok ? verdictOf(ownPolicies.value, action, resource) : "unseen";
}

/** `isGrant`: it is allowed to the gateway itself, or to everyone, and not only to whom its account chooses. */
function trustSays(
  trust: readonly PolicyStatement[],
  gateway: GatewayIdentity,
  action: string,
): { readonly verdict: Verdict; readonly isGrant: boolean } {
  const about = trust.filter((statement) => meantBy(statement, gateway) !== undefined);
  const closely = about.filter((statement) => meantBy(statement, gateway) !== "account");
  return { verdict: verdictOf(about, action, "*"), isGrant: verdictOf(closely, action, "*") === "allowed" };
}

function verdictOf(statements: readonly PolicyStatement[], action: string, resource: string): Verdict {
  const { standing } = standingOf(statements, { action, resource });
  if (standing === "denied" || standing === "missing") return standing;
  return standing === "misfit" ? "missing" : "allowed";
}
