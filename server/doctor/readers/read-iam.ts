// Roles and their policies, by IAM's own API. https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html
import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  type IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
} from "@aws-sdk/client-iam";
import { arnParts } from "../../core/arn.js";
import { accept, refuse } from "../../core/result.js";
import type { Look, RoleFacts, Unseen } from "../facts.js";
import { mapLimited } from "../limited.js";
import type { DoctorPorts } from "../ports.js";
import { readPolicyDocument, type PolicyStatement } from "../policy-statements.js";
import { look, present } from "./aws-look.js";

/** A role has ten inline and twenty managed ones at most, by default quotas. */
const mostPages = 5;
/** Of one role's policies; several roles are read at once. */
const atOnce = 4;

export function iamReader(iam: IAMClient): Pick<DoctorPorts, "role" | "rolePolicies"> {
  return {
    role: (arn) => readRole(iam, arn),
    rolePolicies: (name) =>
      look(
        `iam:ListRolePolicies, iam:GetRolePolicy, iam:ListAttachedRolePolicies (and iam:GetPolicy, iam:GetPolicyVersion) on role ${name}`,
        async () => [...(await inlinePolicies(iam, name)), ...(await managedPolicies(iam, name))],
      ),
  };
}

const arnOfRole = /^arn:[\w-]+:iam::\d{12}:role\/[!-~]{1,600}$/;

async function readRole(iam: IAMClient, asked: string): Promise<Look<RoleFacts>> {
  const needs = `iam:GetRole on ${asked}`;
  const seen = await look(needs, async () => {
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: asked.replace(/^.*\//, "") }));
    const role = present(Role, "a role");
    const arn = role.Arn ?? "";
    if (!arnOfRole.test(arn) || arnParts(arn).accountId !== arnParts(asked).accountId)
      throw new Error("AWS answered with no role of this account");
    const facts = {
      trust: read(role.AssumeRolePolicyDocument, "the trust policy"),
      maxSessionSeconds: present(role.MaxSessionDuration, "MaxSessionDuration"),
      hasBoundary: role.PermissionsBoundary !== undefined,
    };
    return { arn, facts };
  });
  if (!seen.ok) return seen;
  const { arn, facts } = seen.value;
  // A name is one role's, whatever its path; the rule's path must be that role's.
  const sentence = `${needs}: the role of that name is ${arn}`;
  return arn === asked ? accept(facts) : refuse<Unseen>({ kind: "renamed", needs, sentence, arn });
}

async function inlinePolicies(iam: IAMClient, RoleName: string): Promise<readonly PolicyStatement[]> {
  const names = await pages(async (Marker) => {
    const { PolicyNames, ...rest } = await iam.send(new ListRolePoliciesCommand({ RoleName, Marker }));
    return { items: present(PolicyNames, "PolicyNames"), ...rest };
  });
  const documents = await mapLimited(names, atOnce, async (PolicyName) => {
    const { PolicyDocument } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
    return read(PolicyDocument, PolicyName);
  });
  return documents.flat();
}

async function managedPolicies(iam: IAMClient, RoleName: string): Promise<readonly PolicyStatement[]> {
  const attached = await pages(async (Marker) => {
    const { AttachedPolicies, ...rest } = await iam.send(
      new ListAttachedRolePoliciesCommand({ RoleName, Marker }),
    );
    return { items: present(AttachedPolicies, "AttachedPolicies"), ...rest };
  });
  const documents = await mapLimited(attached, atOnce, async ({ PolicyArn, PolicyName = "" }) => {
    const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }));
    const VersionId = Policy?.DefaultVersionId;
    const { PolicyVersion } = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId }));
    return read(PolicyVersion?.Document, PolicyName);
  });
  return documents.flat();
}

interface Page<T> {
  readonly items: readonly T[];
  readonly IsTruncated?: boolean | undefined;
  readonly Marker?: string | undefined;
}

async function pages<T>(ask: (marker: string | undefined) => Promise<Page<T>>): Promise<readonly T[]> {
  const items: T[] = [];
  let marker: string | undefined;
  for (let page = 0; page < mostPages; page++) {
    const answer = await ask(marker);
    items.push(...answer.items);
    if (answer.IsTruncated !== true) return items;
    marker = answer.Marker;
  }
  throw new Error(`there are more than ${mostPages} pages`);
}

/** IAM percent-encodes its documents (RFC 3986). */
function read(document: string | undefined, name: string): readonly PolicyStatement[] {
  const text = decodeURIComponent(present(document, name));
  return present(readPolicyDocument(text, name), `JSON in ${name}`);
}
