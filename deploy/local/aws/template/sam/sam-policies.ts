// `Policies` of a SAM function: names and ARNs of managed policies, whole documents, and SAM's policy templates.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html (Policies)
import { unsupported } from "../faults.js";
import { isMembers } from "../fields.js";
import { isIntrinsic } from "../language/intrinsics.js";
import { managedPolicyArn } from "../resources/managed-policies.js";
import { fillPolicyTemplate } from "./sam-policy-templates.js";
import { chosen, placeOf, type SamContext, type SamFunction } from "./sam-function.js";

/** Of a managed policy the ARN, of an inline one the document; either may hold intrinsic functions. */
export interface SamPolicy {
  readonly arn?: unknown;
  readonly document?: unknown;
  /** What the inline policy's name ends in; without one it is the dead-letter queue's. */
  readonly name?: number;
  readonly place: string;
}

export function readSamPolicies(fn: SamFunction, context: SamContext): SamPolicy[] {
  const { Policies: policies } = fn.properties;
  if (policies === undefined) return [];
  const place = placeOf(fn, "Policies");
  if (!Array.isArray(policies)) return readPolicy(policies, 0, place, context);
  return (policies as unknown[]).flatMap((policy, at) => readPolicy(policy, at, `${place}[${at}]`, context));
}

function readPolicy(
  value: unknown,
  name: number,
  place: string,
  { parameterScope, report }: SamContext,
): SamPolicy[] {
  const policy = chosen(value, parameterScope);
  if (policy === undefined) return [];
  if (typeof policy === "string") return [{ arn: namedPolicy(policy, place, report), place }];
  if (isIntrinsic(policy)) return [{ arn: policy, place }];
  if (isMembers(policy) && Object.hasOwn(policy, "Statement")) return [{ document: policy, name, place }];
  const document = fillPolicyTemplate(policy, place, report);
  return document === undefined ? [] : [{ document, name, place }];
}

/** Only a name that stands there in so many words is looked up by SAM. */
function namedPolicy(policy: string, place: string, report: SamContext["report"]): string {
  if (policy.startsWith("arn:")) return policy;
  const arn = managedPolicyArn(policy);
  if (arn === undefined) report(place, `the managed policy ${policy} ${unsupported}`);
  return arn ?? "";
}
