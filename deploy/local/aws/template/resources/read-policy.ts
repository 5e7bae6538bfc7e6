// Policy documents in a template -> PolicyDocument, with IAM's quotas; and AWS::IAM::Policy, RolePolicy, ManagedPolicy.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
import { parsePolicy, type PolicyKind } from "../../iam/parse-policy.js";
import type { PolicyDocument, Role } from "../../model.js";
import { isMembers, type Fields } from "../fields.js";
import type { Report } from "../faults.js";

/** A document and its place, for the search for actions and keys that AWS does not have. */
export interface ReadDocument {
  readonly document: PolicyDocument;
  readonly kind: PolicyKind;
  readonly path: string;
  readonly report: Report;
}

export interface PolicyReader {
  readonly report: Report;
  readonly documents: ReadDocument[];
}

export type NamedPolicy = Role["policies"][number] & { readonly length: number };

export interface AttachedPolicy {
  readonly logicalId: string;
  readonly path: string;
  readonly report: Report;
  readonly policy: NamedPolicy;
  /** Names of the roles it is attached to. */
  readonly roles: readonly string[];
}

interface PolicyNames {
  readonly logicalId: string;
}

const policyName = /^[\w+=,.@-]{1,128}$/;

export function readNamedPolicy(fields: Fields, reader: PolicyReader): NamedPolicy {
  const policy = {
    name: fields.text("PolicyName", policyName),
    document: readDocument(fields, "PolicyDocument", "identity", reader),
    text: textOf(fields, "PolicyDocument"),
    length: lengthOf(fields.any("PolicyDocument")),
  };
  fields.end();
  return policy;
}

export function readAttachedPolicy(
  fields: Fields,
  { logicalId }: PolicyNames,
  reader: PolicyReader,
): AttachedPolicy {
  const roles = fields.texts("Roles");
  if (roles.length === 0) fields.fault("Roles", "must name a role of this template");
  const policy = readNamedPolicy(fields, reader);
  return { logicalId, path: fields.at("Roles"), report: reader.report, policy, roles };
}

export function readRolePolicy(
  fields: Fields,
  { logicalId }: PolicyNames,
  reader: PolicyReader,
): AttachedPolicy {
  const roles = [fields.text("RoleName", /./)];
  const policy = readNamedPolicy(fields, reader);
  return { logicalId, path: fields.at("RoleName"), report: reader.report, policy, roles };
}

export interface AttachedManagedPolicy {
  readonly logicalId: string;
  readonly path: string;
  readonly report: Report;
  readonly arn: string;
  readonly document: PolicyDocument;
  readonly text: string;
  readonly description: string;
  readonly roles: readonly string[];
}

export function readManagedPolicy(
  fields: Fields,
  { logicalId, arn }: PolicyNames & { readonly arn: string },
  reader: PolicyReader,
): AttachedManagedPolicy {
  fields.text("ManagedPolicyName", policyName, "made-up");
  fields.text("Path", /^\/([!-~]{1,510}\/)?$/, "/");
  const description = fields.text("Description", /^[^]{0,1000}$/, "");
  const length = lengthOf(fields.any("PolicyDocument"));
  if (length > 6144) fields.fault("PolicyDocument", `has ${length} characters; 6144 are the most`);
  const policy = {
    ...{ logicalId, path: fields.at("Roles"), report: reader.report, arn, roles: fields.texts("Roles") },
    ...{ document: readDocument(fields, "PolicyDocument", "identity", reader), description },
    text: textOf(fields, "PolicyDocument"),
  };
  fields.end();
  return policy;
}

/** What IAM gives back of a document; one that is text in the template already is given back as it is. */
export function textOf(fields: Fields, name: string): string {
  const document = fields.any(name) ?? {};
  return typeof document === "string" ? document : JSON.stringify(document);
}

export function readDocument(
  fields: Fields,
  name: string,
  kind: PolicyKind,
  { report, documents }: PolicyReader,
): PolicyDocument {
  const path = fields.at(name);
  const [strange] = /[^\t\n\r\u0020-\u00FF]/u.exec(JSON.stringify(fields.any(name) ?? "")) ?? [];
  if (strange !== undefined) report(path, `has ${strange}, and IAM takes no character beyond U+00FF`);
  const parsed = parsePolicy(withVersion(fields.any(name)), kind);
  if (parsed.ok) {
    documents.push({ document: parsed.value, kind, path, report });
    return parsed.value;
  }
  for (const fault of parsed.denial)
    report(fault.path === "" ? path : `${path}.${fault.path}`, fault.message);
  return { statements: [] };
}

/** Without `Version` a policy is of 2008, which differs in one thing: it has no policy variables. */
function withVersion(document: unknown): unknown {
  if (!isMembers(document) || ![undefined, "2008-10-17"].includes(document.Version as string))
    return document;
  return JSON.stringify(document).includes("${") ? document : { ...document, Version: "2012-10-17" };
}

/** IAM does not count white space; whether that goes for space within a text is not documented, so here it counts. */
export const lengthOf = (document: unknown): number => JSON.stringify(document ?? "").length;
