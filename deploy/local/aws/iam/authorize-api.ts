// May this caller call this method of an API's stage, and may API Gateway call the function behind it?
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-control-access-using-iam-policies-to-invoke-api.html
// Not done: an API's resource policy, which the template reader refuses.
import type { Clock } from "../../../../server/ports.js";
import type { AwsError, Caller, FunctionDefinition, Outcome } from "../model.js";
import { arnPart, findInvokeRefusal, policyPhrase } from "./authorize-call.js";
import { callerContext } from "./context.js";
import type { Refused } from "./decision.js";
import { evaluate, policiesOf } from "./evaluate.js";
import { reportDenial, type Report } from "./explain.js";

const action = "execute-api:Invoke";

export interface ApiCall {
  /** `arn:aws:execute-api:eu-west-1:123456789012:abc123/prod` */
  readonly stageArn: string;
  readonly method: string;
  /** As sent, with its slash and its percent-encoding. */
  readonly path: string;
  readonly sourceIp: string;
}

/** Whether IAM sees a path as it was sent or decoded is not documented: the caller must be allowed both. */
export function authorizeApiCall(
  caller: Caller,
  { stageArn, method, path, sourceIp }: ApiCall,
  clock: Clock,
  report: Report,
): Outcome<void> {
  const accountId = arnPart(stageArn, 4);
  const context = {
    ...callerContext(caller, arnPart(stageArn, 3), clock()),
    "aws:sourceip": sourceIp,
    "aws:resourceaccount": accountId,
  };
  const policies = { ...policiesOf(caller), resourceAccountId: accountId };
  for (const each of new Set([path, decodeURIComponent(path)])) {
    const resource = `${stageArn}/${method}${each}`;
    const decision = evaluate({ action, resource, context }, policies, report.warn);
    if (decision.allowed) continue;
    reportDenial(caller.arn, decision, report);
    return { ok: false, error: denied(caller, resource, decision) };
  }
  return { ok: true, value: undefined };
}

function denied(caller: Caller, resource: string, refused: Refused): AwsError {
  const text = `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${masked(resource)}`;
  // Where nothing allowed it, API Gateway names no policy, except one that narrows what the role has.
  const isPlain = refused.layer === "identity" && refused.denial === undefined;
  const message = isPlain ? text : `${text} ${policyPhrase(refused)}`;
  return { status: 403, type: "AccessDeniedException", message };
}

/** API Gateway shows the last four digits of an account. */
const masked = (arn: string): string => arn.replace(/:\d{8}(\d{4}):/, ":********$1:");

export interface IntegrationCall {
  readonly fn: FunctionDefinition;
  readonly qualifier: string | undefined;
  readonly stageArn: string;
  /** Of the request, and of the method that took it: `ANY`. */
  readonly methods: readonly string[];
  /** The resource's: `/api/{proxy+}`. */
  readonly resourcePath: string;
}

/**
 * The function's policy must let API Gateway in, for this API. Which method and path stand in aws:SourceArn for `ANY`
 * is not documented, so a condition on it must hold for each that it may be.
 */
export function mayApiInvoke(call: IntegrationCall, clock: Clock, report: Report): boolean {
  const { fn, qualifier, stageArn, methods, resourcePath } = call;
  const principal = { kind: "service", name: "apigateway.amazonaws.com" } as const;
  const contexts = [...new Set(methods)].map((method) => ({
    "aws:sourcearn": `${stageArn}/${method}${resourcePath}`,
  }));
  return findInvokeRefusal({ principal, fn, qualifier, clock, report }, contexts) === undefined;
}
