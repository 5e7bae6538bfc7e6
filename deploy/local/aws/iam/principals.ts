// Whom the Principal of a trust or resource policy names, and how closely: that decides what else limits the grant.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
import type { Caller, PolicyStatement, Principal } from "../model.js";

const account = String.raw`\d{12}`;
const name = String.raw`[\w+=,.@-]+`;
const pathOf = "([!-~]+/)?";
const ofIam = `iam::${account}:(root|(role|user)/${pathOf}${name})`;
const ofSts = `sts::${account}:(assumed-role/${name}|federated-user)/${name}`;

/**
 * Everybody, an account, a role, a user or a session. Not a group, which IAM refuses, nor an ARN with wildcards or
 * variables.
 */
export const awsPrincipal = new RegExp(`^(\\*|${account}|(?!.*[*?$])arn:aws:(${ofIam}|${ofSts}))$`);

/** From the one that gives most to the one that gives least. */
export const reaches = ["session", "role", "everyone", "account"] as const;
export type Reach = (typeof reaches)[number];

type Principals = NonNullable<PolicyStatement["principals"]>;

/** How an Allow reaches a principal. `*` is not taken to mean services and providers, whatever AWS makes of it. */
export function reachOf({ principals }: PolicyStatement, principal: Principal): Reach | undefined {
  if (principals === undefined) return undefined;
  switch (principal.kind) {
    case "session":
      return reachOfSession(principals, principal.caller);
    case "federated":
      return principals.federated.includes(principal.providerArn) ? "session" : undefined;
    case "service":
      return principals.service.includes(principal.name) ? "session" : undefined;
    case "anonymous":
      return principals.aws.includes("*") ? "everyone" : undefined;
  }
}

function reachOfSession({ aws }: Principals, { role, arn, accountId }: Caller): Reach | undefined {
  if (aws.includes(arn)) return "session";
  if (aws.includes(role.arn)) return "role";
  if (aws.includes("*")) return "everyone";
  const account = [accountId, `arn:aws:iam::${accountId}:root`];
  return aws.some((name) => account.includes(name)) ? "account" : undefined;
}

/** A Deny for everyone is for services and providers too, and one for a provider for the sessions it vouched for. */
function isNamedByDeny(statement: PolicyStatement, principal: Principal): boolean {
  const { aws = [], federated = [] } = statement.principals ?? {};
  const provider = principal.kind === "session" ? principal.caller.federatedProvider : undefined;
  return (
    aws.includes("*") ||
    (provider !== undefined && federated.includes(provider)) ||
    reachOf(statement, principal) !== undefined
  );
}

/** Whether a statement is about the one who asks. */
export const names = (statement: PolicyStatement, principal: Principal): boolean =>
  statement.effect === "Deny"
    ? isNamedByDeny(statement, principal)
    : reachOf(statement, principal) !== undefined;

export function nameOf(principal: Principal): string {
  switch (principal.kind) {
    case "session":
      return principal.caller.arn;
    case "federated":
      return principal.providerArn;
    case "service":
      return principal.name;
    case "anonymous":
      return "anonymous";
  }
}
