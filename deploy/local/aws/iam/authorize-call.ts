// May this session call this function URL? Since October 2025 two permissions are needed on the qualified ARN,
// lambda:InvokeFunctionUrl and lambda:InvokeFunction, each with its own condition key.
// https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html (function policies and other accounts: not modelled)
import type { Clock } from "../../../../server/ports.js";
import type { AwsError, Caller, FunctionDefinition, Outcome } from "../model.js";
import { callerContext, type Context, type Warn } from "./context.js";
import { evaluate, policiesOf } from "./evaluate.js";

/** What a function URL says to a caller without permission and to one without a signature. */
export const functionUrlForbidden: AwsError = {
  status: 403,
  type: "AccessDeniedException",
  message:
    "Forbidden. For troubleshooting Function URL authorization issues, see: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html",
};

const permissions: readonly { readonly action: string; readonly context: Context }[] = [
  { action: "lambda:InvokeFunctionUrl", context: { "lambda:functionurlauthtype": "AWS_IAM" } },
  { action: "lambda:InvokeFunction", context: { "lambda:invokedviafunctionurl": "true" } },
];

/** `sourceIp`: the other end of the connection that the call came on. */
export function authorizeFunctionUrl(
  caller: Caller,
  fn: FunctionDefinition,
  sourceIp: string,
  clock: Clock,
  warn: Warn,
): Outcome<void> {
  if (fn.url === undefined) throw new Error(`${fn.name} has no function URL`);
  const resource = fn.url.qualifier === undefined ? fn.arn : `${fn.arn}:${fn.url.qualifier}`;
  const region = fn.arn.split(":")[3] ?? "";
  const policies = policiesOf(caller);
  for (const { action, context } of permissions) {
    const base = { ...callerContext(caller, region, clock()), "aws:sourceip": sourceIp };
    const request = { action, resource, context: { ...base, ...context } };
    const decision = evaluate(request, policies, warn);
    if (!decision.allowed) {
      warn(`${caller.arn}: ${decision.why}`);
      return { ok: false, error: functionUrlForbidden };
    }
  }
  return { ok: true, value: undefined };
}
