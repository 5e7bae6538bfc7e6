// What assuming a role asks IAM for: up to three actions, and for each the condition keys that AWS gives it.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
import type { Context } from "../iam/context.js";
import type { Caller, Role } from "../model.js";
import type { AssumeRoleInput } from "./assume-role-input.js";
import type { Tag } from "./session-tags.js";

/** What each of the actions may see of a request. */
export interface RequestFacts {
  readonly roleSessionName: string;
  readonly externalId?: string;
  readonly sourceIdentity?: string;
  readonly tags: readonly Tag[];
  readonly transitiveTagKeys: readonly string[];
}

export function neededActions(caller: Caller, input: AssumeRoleInput, inherited: readonly Tag[]): string[] {
  const sourceIdentity = input.sourceIdentity ?? caller.sourceIdentity;
  return [
    "sts:AssumeRole",
    ...furtherActions({ tags: [...inherited, ...input.tags], ...(sourceIdentity && { sourceIdentity }) }),
  ];
}

export const furtherActions = ({
  tags,
  sourceIdentity,
}: Pick<RequestFacts, "tags" | "sourceIdentity">): string[] => [
  ...(tags.length > 0 ? ["sts:TagSession"] : []),
  ...(sourceIdentity === undefined ? [] : ["sts:SetSourceIdentity"]),
];

/**
 * Whether AWS counts inherited tags and an inherited source identity as part of the request is not known: then every
 * reading must be allowed.
 */
export const requestContexts = (
  action: string,
  base: Context,
  caller: Caller,
  role: Role,
  input: AssumeRoleInput,
  inherited: readonly Tag[],
): Context[] => {
  const tagReadings = inherited.length === 0 ? [[]] : [[], inherited];
  const identityReadings =
    caller.sourceIdentity === undefined ? [{}] : [{}, { sourceIdentity: caller.sourceIdentity }];
  return tagReadings.flatMap((more) =>
    identityReadings.map((identity) => {
      const facts = {
        ...input,
        ...identity,
        tags: [...more, ...input.tags],
        transitiveTagKeys: [...more.map(({ key }) => key), ...input.transitiveTagKeys],
      };
      return { ...base, ...requestContext(action, role, facts) };
    }),
  );
};

/** Each action is given only keys of its own: iam/context.ts. */
export function requestContext(action: string, role: Role, facts: RequestFacts): Context {
  const { sourceIdentity, externalId, tags, transitiveTagKeys } = facts;
  const identity: Context = sourceIdentity === undefined ? {} : { "sts:sourceidentity": sourceIdentity };
  if (action === "sts:SetSourceIdentity") return identity;
  const tagging: Context = {
    ...keyed("aws:requesttag/", tags),
    ...(tags.length === 0 ? {} : { "aws:tagkeys": tags.map(({ key }) => key) }),
    ...(transitiveTagKeys.length === 0 ? {} : { "sts:transitivetagkeys": transitiveTagKeys }),
  };
  if (action === "sts:TagSession") return tagging;
  return {
    ...tagging,
    ...identity,
    ...(externalId === undefined ? {} : { "sts:externalid": externalId }),
    "sts:rolesessionname": facts.roleSessionName,
    ...keyed(
      "iam:resourcetag/",
      Object.entries(role.tags ?? {}).map(([key, value]) => ({ key, value })),
    ),
  };
}

const keyed = (family: string, tags: readonly Tag[]): Context =>
  Object.fromEntries(tags.map(({ key, value }) => [family + key.toLowerCase(), value] as const));
