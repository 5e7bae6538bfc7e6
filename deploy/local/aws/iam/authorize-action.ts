// May this caller do something that is not a call of a function: read or change what stands in the account?
// Identity policy, boundary and session policy only. A function's own policy is asked where functions are called.
import type { Clock } from "../../../../server/ports.js";
import type { Caller, Outcome } from "../model.js";
import { principalContext } from "./context.js";
import { evaluate, policiesOf } from "./evaluate.js";
import { reportDenial, type Report } from "./explain.js";

export interface ActionRequest {
  /** `lambda:GetAlias` */
  readonly action: string;
  /** Each of them must be allowed. */
  readonly resources: readonly string[];
  readonly region: string;
  readonly sourceIp: string;
}

export function authorizeAction(
  caller: Caller,
  { action, resources, region, sourceIp }: ActionRequest,
  clock: Clock,
  report: Report,
): Outcome<void> {
  const principal = { kind: "session", caller } as const;
  const context = { ...principalContext(principal, region, clock()), "aws:sourceip": sourceIp };
  const policies = { ...policiesOf(caller), principal, resourceAccountId: caller.accountId };
  for (const resource of resources) {
    const decision = evaluate({ action, resource, context }, policies, report.warn);
    if (decision.allowed) continue;
    reportDenial(caller.arn, decision, report);
    const why = decision.denial ? "with an explicit deny" : `because no policy allows the ${action} action`;
    const message = `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${resource} ${why}`;
    return { ok: false, error: { status: 403, type: "AccessDeniedException", message } };
  }
  return { ok: true, value: undefined };
}
