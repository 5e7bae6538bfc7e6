// Roles and managed policies as IAM describes them. What the twin does not know (when a role was last used) it leaves out.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_Role.html , API_Policy.html , API_PolicyVersion.html. Pure.
import type { ManagedPolicy, Role, Template } from "../model.js";
import type { XmlChildren } from "../query-protocol/query-answer.js";
import { policyId } from "../template/stable-id.js";

export interface Account {
  readonly template: Template;
  /** When the stack was made: at the twin's start. */
  readonly createdAt: string;
}

/** CloudFormation makes a managed policy with one version. */
export const firstVersion = "v1";

/** `arn:aws:iam::123456789012:role/a/b/NAME` -> `/a/b/` */
export const pathOf = (arn: string): string => arn.slice(arn.indexOf("/"), arn.lastIndexOf("/") + 1);

const nameOf = (arn: string): string => arn.slice(arn.lastIndexOf("/") + 1);

/** IAM gives documents percent-encoded by RFC 3986, which reserves five characters more than encodeURIComponent. */
export function encodeDocument(text: string | undefined): string {
  if (text === undefined) throw new Error("a role of a template has its documents' text");
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

export const describeRole = (role: Role, { createdAt }: Account): XmlChildren => [
  ["Path", pathOf(role.arn)],
  ["RoleName", role.name],
  ["RoleId", role.roleId],
  ["Arn", role.arn],
  ["CreateDate", createdAt],
  ["AssumeRolePolicyDocument", encodeDocument(role.trustPolicyText)],
  ...optional("Description", role.description),
  ["MaxSessionDuration", role.maxSessionDurationSeconds],
  ...optional("PermissionsBoundary", role.boundaryArn && describeBoundary(role.boundaryArn)),
  ...optional("Tags", role.tags && describeTags(role.tags)),
];

const optional = (name: string, content: string | XmlChildren | undefined): XmlChildren =>
  content === undefined || content === "" ? [] : [[name, content]];

const describeBoundary = (arn: string): XmlChildren => [
  // IAM's model says PermissionsBoundaryPolicy, and IAM answers Policy.
  ["PermissionsBoundaryType", "Policy"],
  ["PermissionsBoundaryArn", arn],
];

const describeTags = (tags: Readonly<Record<string, string>>): XmlChildren =>
  Object.entries(tags).map(([key, value]) => [
    "member",
    [
      ["Key", key],
      ["Value", value],
    ],
  ]);

export const attachedPolicy = (arn: string): XmlChildren => [
  ["PolicyName", nameOf(arn)],
  ["PolicyArn", arn],
];

export const describePolicy = (
  { arn, description }: ManagedPolicy,
  { template: { roles }, createdAt }: Account,
): XmlChildren => [
  ["PolicyName", nameOf(arn)],
  ["PolicyId", policyId(arn)],
  ["Arn", arn],
  ["Path", pathOf(arn)],
  ["DefaultVersionId", firstVersion],
  ["AttachmentCount", roles.filter(({ policies }) => policies.some(({ name }) => name === arn)).length],
  ["PermissionsBoundaryUsageCount", roles.filter(({ boundaryArn }) => boundaryArn === arn).length],
  ["IsAttachable", true],
  ...optional("Description", description),
  ["CreateDate", createdAt],
  ["UpdateDate", createdAt],
];

export const describePolicyVersion = (text: string, { createdAt }: Account): XmlChildren => [
  ["Document", encodeDocument(text)],
  ["VersionId", firstVersion],
  ["IsDefaultVersion", true],
  ["CreateDate", createdAt],
];
