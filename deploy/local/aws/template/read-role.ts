// AWS::IAM::Role and AWS::IAM::Policy -> Role. Managed policies, permission boundaries and tags would change what a
// role may do and are refused by name.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html
import { parsePolicy, type PolicyKind } from "../iam/parse-policy.js";
import type { PolicyDocument, Role } from "../model.js";
import type { Report } from "./faults.js";
import { readFields, type Fields } from "./fields.js";
import { roleId } from "./stable-id.js";

type NamedPolicy = Role["policies"][number];

const policyName = /^[\w+=,.@-]{1,128}$/;

export function readRole(
  properties: Fields,
  { name, arn }: { readonly name: string; readonly arn: string },
  report: Report,
): Role {
  if (!/^[\w+=,.@-]{1,64}$/.test(name)) report(`${properties.path}.RoleName`, `${name} is not a role name`);
  properties.ignore("RoleName", "Description");
  properties.text("Path", /^\/([!-~]{1,510}\/)?$/, "/");
  const policies = properties.list("Policies").map((item, index): NamedPolicy => {
    const policy = readFields(item, `${properties.path}.Policies[${index}]`, report);
    return readNamedPolicy(policy, report);
  });
  const role: Role = {
    name,
    arn,
    roleId: roleId(arn),
    trustPolicy: readDocument(properties, "AssumeRolePolicyDocument", "trust", report),
    policies,
    maxSessionDurationSeconds: properties.integer("MaxSessionDuration", [3600, 43_200], 3600),
  };
  properties.end();
  return role;
}

export interface AttachedPolicy {
  readonly path: string;
  readonly policy: NamedPolicy;
  /** Names of the roles it is attached to. */
  readonly roles: readonly string[];
}

export function readAttachedPolicy(properties: Fields, report: Report): AttachedPolicy {
  const roles = properties.texts("Roles");
  if (roles.length === 0) report(`${properties.path}.Roles`, "must name a role of this template");
  return { path: properties.path, policy: readNamedPolicy(properties, report), roles };
}

function readNamedPolicy(fields: Fields, report: Report): NamedPolicy {
  const policy = {
    name: fields.text("PolicyName", policyName),
    document: readDocument(fields, "PolicyDocument", "identity", report),
  };
  fields.end();
  return policy;
}

function readDocument(fields: Fields, name: string, kind: PolicyKind, report: Report): PolicyDocument {
  const parsed = parsePolicy(fields.any(name), kind);
  if (parsed.ok) return parsed.value;
  for (const { path, message } of parsed.denial) {
    report(path === "" ? `${fields.path}.${name}` : `${fields.path}.${name}.${path}`, message);
  }
  return { statements: [] };
}
