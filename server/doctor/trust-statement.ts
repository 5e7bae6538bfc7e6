// What a role's trust policy must say for a rule: a statement for each action that the rule's request needs.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
import type { RoleRule } from "../core/model.js";
import type { GatewayIdentity } from "./facts.js";
import { principalArn } from "./identity.js";

/** What a request of this rule's asks for. */
export function trustActions({ tags, sourceIdentity }: RoleRule): readonly string[] {
  return [
    "sts:AssumeRole",
    ...(tags.length > 0 ? ["sts:TagSession"] : []),
    ...(sourceIdentity === null ? [] : ["sts:SetSourceIdentity"]),
  ];
}

export function trustStatement(rule: RoleRule, action: string, gateway: GatewayIdentity): object {
  const Condition = guard(rule, action);
  return {
    Effect: "Allow",
    Principal: { AWS: principalArn(gateway) },
    Action: action,
    ...(Object.keys(Condition).length > 0 && { Condition }),
  };
}

/** As narrow as the rule is: no other tag, always a person, and its external id. Each action is given keys of its own only. */
function guard({ tags, sourceIdentity, externalId }: RoleRule, action: string): object {
  if (action === "sts:TagSession")
    return { "ForAllValues:StringEquals": { "aws:TagKeys": tags.map(({ key }) => key) } };
  const hasPerson = action === "sts:SetSourceIdentity" || sourceIdentity !== null;
  const hasExternalId = action === "sts:AssumeRole" && externalId !== undefined;
  return {
    ...(hasExternalId && { StringEquals: { "sts:ExternalId": externalId } }),
    ...(hasPerson && { StringLike: { "sts:SourceIdentity": "?*" } }),
  };
}
