// May this caller call this function, through its URL or by Lambda's Invoke? Since October 2025 a URL needs two
// permissions on the qualified ARN, lambda:InvokeFunctionUrl and lambda:InvokeFunction, each with its own condition key.
// https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
import type { Clock } from "../../../../server/ports.js";
import type { AwsError, FunctionDefinition, Outcome, Principal } from "../model.js";
import { principalContext, type Context } from "./context.js";
import type { Layer, Refused } from "./decision.js";
import { evaluate, policiesOf, type PolicySet } from "./evaluate.js";
import { reportDenial, type Report } from "./explain.js";
import { nameOf } from "./principals.js";

/** What a function URL says to a caller without permission and to one without a signature. */
export const functionUrlForbidden: AwsError = {
  status: 403,
  type: "AccessDeniedException",
  message:
    "Forbidden. For troubleshooting Function URL authorization issues, see: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html",
};

interface Permission {
  readonly action: string;
  readonly context: Context;
}

/**
 * `sourceIp`: the other end of the connection that the call came on. A URL with AuthType NONE knows no caller: whoever
 * calls it is anonymous, and the function's policy alone decides.
 */
export function authorizeFunctionUrl(
  principal: Principal,
  fn: FunctionDefinition,
  sourceIp: string,
  clock: Clock,
  report: Report,
): Outcome<void> {
  if (fn.url === undefined) throw new Error(`${fn.name} has no function URL`);
  const { authType, qualifier } = fn.url;
  const asked: Principal = authType === "NONE" ? { kind: "anonymous" } : principal;
  if (authType !== "NONE" && asked.kind === "anonymous") {
    report.warn(`anonymous: the URL of ${fn.name} has AuthType AWS_IAM, and the call has no signature`);
    return { ok: false, error: functionUrlForbidden };
  }
  const refused = findRefusal({ principal: asked, fn, qualifier, sourceIp, clock, report }, [
    { action: "lambda:InvokeFunctionUrl", context: { "lambda:functionurlauthtype": authType } },
    { action: "lambda:InvokeFunction", context: { "lambda:invokedviafunctionurl": "true" } },
  ]);
  return refused === undefined ? allowed : { ok: false, error: functionUrlForbidden };
}

/** A function that does not exist has an ARN all the same, and nobody's permission but the caller's own. */
type CalledFunction = Pick<FunctionDefinition, "arn" | "permissions">;

/** Invoke and InvokeWithResponseStream. `qualifier`: as the request has it, an alias or a version. */
export function authorizeInvoke(
  principal: Principal,
  fn: CalledFunction,
  qualifier: string | undefined,
  sourceIp: string,
  clock: Clock,
  report: Report,
): Outcome<void> {
  const refused = findInvokeRefusal({ principal, fn, qualifier, sourceIp, clock, report });
  return refused === undefined
    ? allowed
    : { ok: false, error: invokeDenied(principal, qualified(fn, qualifier), refused) };
}

const allowed = { ok: true, value: undefined } as const;

/** Each of the contexts must be allowed: what AWS itself would put there is one of them. */
export function findInvokeRefusal(call: Call, contexts: readonly Context[] = [{}]): Refused | undefined {
  const action = "lambda:InvokeFunction";
  // Whether a direct call has lambda:InvokedViaFunctionUrl as "false" or not at all is not documented: both must do.
  const permissions = contexts.flatMap((context) => [
    { action, context },
    { action, context: { ...context, "lambda:invokedviafunctionurl": "false" } },
  ]);
  return findRefusal(call, permissions);
}

interface Call {
  readonly principal: Principal;
  readonly fn: CalledFunction;
  readonly qualifier: string | undefined;
  /** Absent where a service of AWS calls. */
  readonly sourceIp?: string;
  readonly clock: Clock;
  readonly report: Report;
}

/** Of the first permission that is not there. */
function findRefusal(call: Call, permissions: readonly Permission[]): Refused | undefined {
  const { principal, fn, qualifier, sourceIp, clock, report } = call;
  const accountId = arnPart(fn.arn, 4);
  const base = {
    ...principalContext(principal, arnPart(fn.arn, 3), clock()),
    ...(sourceIp === undefined ? {} : { "aws:sourceip": sourceIp }),
    "aws:resourceaccount": accountId,
  };
  const resource = qualified(fn, qualifier);
  const policies = policiesFor(principal, fn, qualifier, accountId);
  for (const { action, context } of permissions) {
    const decision = evaluate({ action, resource, context: { ...base, ...context } }, policies, report.warn);
    if (decision.allowed) continue;
    reportDenial(nameOf(principal), decision, report);
    return decision;
  }
  return undefined;
}

const qualified = ({ arn }: CalledFunction, qualifier: string | undefined): string =>
  qualifier === undefined ? arn : `${arn}:${qualifier}`;

/** `arn:partition:service:region:account:...` */
export const arnPart = (arn: string, index: number): string =>
  arn
    .split(":")
    .slice(index, index + 1)
    .join();

/** A function's policy is one of its own for each qualifier. */
function policiesFor(
  principal: Principal,
  { permissions = [] }: CalledFunction,
  qualifier: string | undefined,
  resourceAccountId: string,
): PolicySet {
  const resource = permissions.find((each) => each.qualifier === qualifier)?.document;
  return {
    ...(principal.kind === "session" ? policiesOf(principal.caller) : { identity: [] }),
    ...(resource === undefined ? {} : { resource }),
    principal,
    resourceAccountId,
  };
}

const policyTypes: Readonly<Record<Layer, string>> = {
  identity: "identity-based policy",
  boundary: "permissions boundary",
  session: "session policy",
  resource: "resource-based policy",
  trust: "role trust policy",
};

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
function invokeDenied(principal: Principal, resource: string, refused: Refused): AwsError {
  const what = `is not authorized to perform: ${refused.action} on resource: ${resource}`;
  return {
    status: 403,
    type: "AccessDeniedException",
    message: `User: ${nameOf(principal)} ${what} ${policyPhrase(refused)}`,
  };
}

/** Which kind of policy it was. */
export function policyPhrase({ action, layer, denial }: Refused): string {
  const type = policyTypes[layer];
  const article = layer === "identity" ? "an" : "a";
  return denial
    ? `with an explicit deny in ${article} ${type}`
    : `because no ${type} allows the ${action} action`;
}
