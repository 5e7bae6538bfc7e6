// May this caller do this to this queue? The role's policies, and the queue's own where the template has one.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-authentication-and-access-control.html
import { arnParts } from "../../../../server/core/arn.js";
import type { Clock } from "../../../../server/ports.js";
import { principalContext } from "../iam/context.js";
import { evaluate, policiesOf } from "../iam/evaluate.js";
import { reportDenial, type Report } from "../iam/explain.js";
import { nameOf } from "../iam/principals.js";
import { refused } from "../lambda/refusal.js";
import type { Caller, Outcome, PolicyDocument } from "../model.js";

export interface QueueCall {
  readonly caller: Caller;
  /** `sqs:SendMessage` */
  readonly action: string;
  readonly queueArn: string;
  readonly queuePolicy: PolicyDocument | undefined;
  readonly sourceIp: string;
}

export const authorizeQueue = (call: QueueCall, clock: Clock, report: Report): Outcome<void> => {
  const { caller, action, queueArn: resource, queuePolicy, sourceIp } = call;
  const principal = { kind: "session", caller } as const;
  const { region, accountId } = arnParts(resource);
  const context = {
    ...principalContext(principal, region, clock()),
    "aws:sourceip": sourceIp,
    "aws:resourceaccount": accountId,
  };
  const policies = {
    ...policiesOf(caller),
    ...(queuePolicy && { resource: queuePolicy }),
    resourceAccountId: accountId,
  };
  const decision = evaluate({ action, resource, context }, policies, report.warn);
  if (decision.allowed) return { ok: true, value: undefined };
  reportDenial(nameOf(principal), decision, report);
  // SQS writes the action in small letters.
  const message = `User: ${nameOf(principal)} is not authorized to perform: ${action.toLowerCase()} on resource: ${resource}`;
  return refused(403, "com.amazon.coral.service#AccessDeniedException", message);
};
