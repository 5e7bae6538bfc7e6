// One resource of a template as CloudFormation gets it: declared, or made by SAM beside a function.
import { relocated, unsupported, type Report } from "./faults.js";
import { resolveIntrinsics, type Scope } from "./language/intrinsics.js";
import { isMembers, readFields, type Fields, type Members } from "./fields.js";
import { readTrustPolicyText } from "./trust-policy-text.js";

export interface Resource {
  readonly logicalId: string;
  readonly type: string;
  /** `Resources.HelloFunction` */
  readonly path: string;
  /** Intrinsic functions not yet resolved. */
  readonly properties: Members;
  /** Where the template has what stands elsewhere after SAM's work: place as CloudFormation has it -> our place. */
  readonly places: ReadonlyMap<string, string>;
  readonly condition?: string;
  readonly dependsOn: readonly string[];
  readonly metadata?: unknown;
}

/** The properties with every intrinsic function resolved; faults are told at their place in the template. */
export function readProperties(
  resource: Resource,
  scope: Scope,
  report: Report,
): { readonly properties: Fields; readonly report: Report } {
  const path = `${resource.path}.Properties`;
  const there = relocated(report, resource.places);
  const resolved = resolveIntrinsics(resource.properties, scope, path, there);
  const isRole = resource.type === "AWS::IAM::Role";
  const properties = isRole ? readTrustPolicyText(resolved, path, there) : resolved;
  return { properties: readFields(properties, path, there), report: there };
}

/** `{{resolve:ssm:...}}` is looked up by CloudFormation; here it would be taken for the value itself. */
export function reportDynamicReferences(value: unknown, path: string, report: Report): void {
  if (typeof value === "string" && value.includes("{{resolve:"))
    report(path, `the dynamic reference ${value} ${unsupported}`);
  if (Array.isArray(value))
    value.forEach((item: unknown, at) => reportDynamicReferences(item, `${path}[${at}]`, report));
  else if (isMembers(value))
    for (const [name, item] of Object.entries(value))
      reportDynamicReferences(item, `${path}.${name}`, report);
}
