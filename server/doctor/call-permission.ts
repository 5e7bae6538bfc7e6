// May somebody call a function, by his own policies and the function's? Within an account either is enough, between two
// both must allow it, and a Deny of either goes before all.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
import { arnParts } from "../core/arn.js";
import type { Facts, GatewayIdentity, Look } from "./facts.js";
import { meantBy } from "./identity.js";
import { standingOf, type Need, type Standing } from "./policy-standing.js";
import type { PolicyStatement } from "./policy-statements.js";

export interface CallingIdentity {
  readonly identity: GatewayIdentity;
  readonly policies: Look<readonly PolicyStatement[]> | undefined;
  /** What Lambda said itself, where it was asked. */
  readonly dryRun?: Look<boolean> | undefined;
}

/** What is plainly missing, and on which side. */
export interface Lack {
  readonly side: "caller" | "function";
  readonly standing: Exclude<Standing, { readonly standing: "allowed" | "unclear" }>;
  /** A policy that could not be read, or not weighed, may still allow it. */
  readonly isSure: boolean;
  readonly learnt: "read" | "probed";
}

/** `undefined`: nothing is plainly missing. `functionArn` is absent where the resource's own policy is never read. */
export function lackOf(
  need: Need,
  caller: CallingIdentity,
  facts: Facts,
  functionArn: string | undefined,
): Lack | undefined {
  const own = caller.policies?.ok === true ? standingOf(caller.policies.value, need) : undefined;
  const functionSays = functionArn === undefined ? "unseen" : says(functionArn, caller.identity, need, facts);
  if (functionSays === "denies") return lack("function", { standing: "denied", policy: "its own policy" });
  const isElsewhere =
    functionArn !== undefined && arnParts(functionArn).accountId !== caller.identity.accountId;
  const isOwnEnough = own?.standing === "allowed" || own?.standing === "unclear";
  if (isElsewhere && (own === undefined || isOwnEnough))
    return functionSays === "silent" ? lack("function", { standing: "missing" }) : undefined;
  if (own === undefined) return deniedDryRun(caller);
  if (own.standing === "allowed" || own.standing === "unclear") return undefined;
  if (own.standing === "denied" || isElsewhere) return lack("caller", own);
  if (functionSays === "allows") return undefined;
  return { ...lack("caller", own), isSure: functionSays === "silent" };
}

const lack = (side: Lack["side"], standing: Lack["standing"]): Lack => ({
  side,
  standing,
  isSure: true,
  learnt: "read",
});

const deniedDryRun = ({ dryRun }: CallingIdentity): Lack | undefined =>
  dryRun?.ok === true && !dryRun.value
    ? { ...lack("caller", { standing: "missing" }), learnt: "probed" }
    : undefined;

/**
 * The function's own policy about this caller. Where his account is meant, that account's policies decide; what is given to
 * everyone is given to him.
 * https://docs.aws.amazon.com/lambda/latest/dg/permissions-function-organization.html
 */
function says(
  functionArn: string,
  caller: GatewayIdentity,
  need: Need,
  facts: Facts,
): "allows" | "denies" | "silent" | "unseen" {
  const policy = facts.functions.get(functionArn)?.policy;
  if (policy?.ok !== true) return "unseen";
  const isElsewhere = arnParts(functionArn).accountId !== caller.accountId;
  const about = (statement: PolicyStatement): boolean => {
    const meant = meantBy(statement, caller);
    return meant !== undefined && (meant !== "account" || isElsewhere || statement.effect === "Deny");
  };
  const { standing } = standingOf(policy.value.filter(about), need);
  if (standing === "denied") return "denies";
  if (standing === "allowed") return "allows";
  return standing === "unclear" ? "unseen" : "silent";
}
