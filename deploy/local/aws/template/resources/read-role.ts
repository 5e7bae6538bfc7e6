// AWS::IAM::Role -> Role, with the managed policies and the boundary it names: those of this template and AWS's known.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html
import type { ManagedPolicy, Role } from "../../model.js";
import { unsupported, type Report } from "../faults.js";
import { readFields, type Fields } from "../fields.js";
import {
  readDocument,
  readNamedPolicy,
  lengthOf,
  textOf,
  type NamedPolicy,
  type PolicyReader,
} from "./read-policy.js";
import { readTags } from "./read-tags.js";
import { roleId } from "../stable-id.js";

/** A role before its managed policies are looked up: they may stand further down in the template. */
export interface ReadRole {
  readonly logicalId: string;
  readonly role: Role;
  readonly inline: readonly NamedPolicy[];
  readonly managedArns: readonly string[];
  readonly boundaryArn?: string;
  readonly path: string;
  readonly report: Report;
}

export interface RoleNames {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  readonly place: string;
}

export function readRole(
  fields: Fields,
  { logicalId, name, arn, place }: RoleNames,
  reader: PolicyReader,
): ReadRole {
  if (!/^[\w+=,.@-]{1,64}$/.test(name)) fields.fault("RoleName", `${name} is not a role name`);
  fields.ignore("RoleName");
  const description = fields.text("Description", /^[\t\n\r\u0020-\u007E\u00A1-\u00FF]{0,1000}$/, "");
  fields.text("Path", /^\/([!-~]{1,510}\/)?$/, "/");
  const trustLength = lengthOf(fields.any("AssumeRolePolicyDocument"));
  if (trustLength > 2048)
    fields.fault("AssumeRolePolicyDocument", `has ${trustLength} characters; 2048 are the most`);
  const inline = fields
    .list("Policies")
    .map((item, index) =>
      readNamedPolicy(readFields(item, fields.at(`Policies[${index}]`), reader.report), reader),
    );
  const role: Role = {
    ...{ name, arn, roleId: roleId(arn), place },
    trustPolicy: readDocument(fields, "AssumeRolePolicyDocument", "trust", reader),
    trustPolicyText: textOf(fields, "AssumeRolePolicyDocument"),
    ...(description === "" ? {} : { description }),
    policies: [],
    ...(fields.has("Tags") ? { tags: readTags(fields, reader.report) } : {}),
    maxSessionDurationSeconds: fields.integer("MaxSessionDuration", [3600, 43_200], 3600),
  };
  const boundary = fields.has("PermissionsBoundary") ? fields.text("PermissionsBoundary", /./) : undefined;
  const managedArns = fields.texts("ManagedPolicyArns");
  fields.end();
  return {
    ...{ logicalId, role, inline, managedArns, path: fields.path, report: reader.report },
    ...(boundary === undefined ? {} : { boundaryArn: boundary }),
  };
}

/** Everything that is attached to the role, wherever the template has it. */
export interface Attached {
  readonly inline: readonly NamedPolicy[];
  readonly managedArns: readonly string[];
}

export function completeRole(read: ReadRole, attached: Attached, managed: readonly ManagedPolicy[]): Role {
  const { role, path, report, boundaryArn } = read;
  const inline = [...read.inline, ...attached.inline];
  const total = inline.reduce((sum, { length }) => sum + length, 0);
  if (total > 10_240)
    report(`${path}.Policies`, `have ${total} characters with those attached; 10240 are the most`);
  if (new Set(inline.map(({ name }) => name.toLowerCase())).size !== inline.length)
    report(path, `role ${role.name} has two policies of one name`);
  const find = (arn: string, place: string) => {
    const policy = managed.find((one) => one.arn === arn);
    if (policy === undefined) report(place, `the managed policy ${arn} ${unsupported}`);
    return policy?.document;
  };
  const own = read.managedArns.map((arn, at) => [arn, `${path}.ManagedPolicyArns[${at}]`] as const);
  const all = new Map([...attached.managedArns.map((arn) => [arn, path] as const), ...own]);
  if (own.length > new Set(read.managedArns).size)
    report(`${path}.ManagedPolicyArns`, "names a policy twice");
  if (all.size > 10) report(`${path}.ManagedPolicyArns`, `are ${all.size}; a role takes 10 at most`);
  const documents = [...all].map(([arn, place]) => ({ name: arn, document: find(arn, place) }));
  const boundary = boundaryArn === undefined ? undefined : find(boundaryArn, `${path}.PermissionsBoundary`);
  return {
    ...role,
    policies: [
      ...inline.map(({ name, document, text }) => ({ name, document, ...(text !== undefined && { text }) })),
      ...documents.flatMap(({ name, document }) =>
        document === undefined ? [] : [{ name, document, isManaged: true as const }],
      ),
    ],
    ...(boundary === undefined || boundaryArn === undefined ? {} : { boundary, boundaryArn }),
  };
}
