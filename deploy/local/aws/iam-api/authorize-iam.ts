// May this caller read this role or policy? Identity policy, boundary and session policy, as for every action of IAM's.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
import type { Clock } from "../../../../server/ports.js";
import { arnPart, policyPhrase } from "../iam/authorize-call.js";
import { callerContext } from "../iam/context.js";
import { evaluate, policiesOf } from "../iam/evaluate.js";
import { reportDenial, type Report } from "../iam/explain.js";
import type { Caller, Outcome } from "../model.js";

/** Where IAM of the partition `aws` is, for every region. */
export const iamRegion = "us-east-1";

export interface IamResource {
  readonly arn: string;
  /** As a refusal has it: `role NAME`, `policy ARN`. */
  readonly shown: string;
}

export interface IamRequest {
  /** `iam:GetRole` */
  readonly action: string;
  readonly resource: IamResource;
  readonly sourceIp: string;
}

export function authorizeIam(
  caller: Caller,
  { action, resource: { arn, shown }, sourceIp }: IamRequest,
  clock: Clock,
  report: Report,
): Outcome<void> {
  const context = { ...callerContext(caller, iamRegion, clock()), "aws:sourceip": sourceIp };
  // AWS's own policies belong to nobody else: their ARNs have `aws` for an account.
  const owner = arnPart(arn, 4);
  const policies = { ...policiesOf(caller), resourceAccountId: owner === "aws" ? caller.accountId : owner };
  const decision = evaluate({ action, resource: arn, context }, policies, report.warn);
  if (decision.allowed) return { ok: true, value: undefined };
  reportDenial(caller.arn, decision, report);
  const message = `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${shown} ${policyPhrase(decision)}`;
  return { ok: false, error: { status: 403, type: "AccessDenied", message } };
}
