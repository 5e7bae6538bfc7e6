// Who the gateway is, from the ARN that GetCallerIdentity gives, and whether a policy's principal means it.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
import { arnParts } from "../core/arn.js";
import type { GatewayIdentity } from "./facts.js";
import type { PolicyStatement } from "./policy-statements.js";

/** `arn`: of an assumed role's session, a role, a user or a root. */
export function identityOf(arn: string): GatewayIdentity {
  const { accountId, resource } = arnParts(arn);
  const session = /^assumed-role\/([^/]+)\//.exec(resource)?.[1];
  const roleName = session ?? /^role\/(?:.*\/)?([^/]+)$/.exec(resource)?.[1];
  const isChained = roleName !== undefined || resource.startsWith("federated-user/");
  return { arn, accountId, ...(roleName !== undefined && { roleName }), isChained };
}

/** For a policy to paste. Its path is not to be seen from a session: a role with one must be named as IAM has it. */
export const principalArn = ({ arn, accountId, roleName }: GatewayIdentity): string => {
  if (roleName === undefined || arn.includes(":role/")) return arn;
  return `arn:${arnParts(arn).partition}:iam::${accountId}:role/${roleName}`;
};

/** named: the very role or user. everyone: him among all. account: whoever its own account allows. */
const meanings = ["named", "everyone", "account"] as const;
export type Meaning = (typeof meanings)[number];

/** How closely a statement means somebody. Whom NotPrincipal leaves is not weighed: it may be everyone. */
export function meantBy(
  { principals, hasNotPrincipal }: PolicyStatement,
  identity: GatewayIdentity,
): Meaning | undefined {
  if (hasNotPrincipal) return "everyone";
  const meant = principals.map((principal) => meaningOf(principal, identity));
  return meanings.find((meaning) => meant.includes(meaning));
}

function meaningOf(principal: string, { arn, accountId, roleName }: GatewayIdentity): Meaning | undefined {
  if (principal === "*") return "everyone";
  if (principal === accountId) return "account";
  const { accountId: account, resource } = arnParts(principal);
  if (account !== accountId) return undefined;
  if (resource === "root") return "account";
  if (principal === arn) return "named";
  const named = /^role\/(?:.*\/)?([^/]+)$/.exec(resource)?.[1];
  return named !== undefined && named === roleName ? "named" : undefined;
}
