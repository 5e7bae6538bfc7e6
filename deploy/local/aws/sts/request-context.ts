// What an AssumeRole asks IAM for: up to three actions, and for each the condition keys that AWS gives it.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
import type { Context } from "../iam/context.js";
import type { Caller } from "../model.js";
import type { AssumeRoleInput } from "./assume-role-input.js";
import type { Tag } from "./session-tags.js";

export function neededActions(caller: Caller, input: AssumeRoleInput, inherited: readonly Tag[]): string[] {
  const isTagged = input.tags.length + inherited.length > 0;
  const isNamed = (input.sourceIdentity ?? caller.sourceIdentity) !== undefined;
  return [
    "sts:AssumeRole",
    ...(isTagged ? ["sts:TagSession"] : []),
    ...(isNamed ? ["sts:SetSourceIdentity"] : []),
  ];
}

/** Whether AWS counts inherited tags as tags of the request is not known: then both readings must be allowed. */
export const requestContexts = (
  action: string,
  base: Context,
  caller: Caller,
  input: AssumeRoleInput,
  inherited: readonly Tag[],
): Context[] => {
  const readings = inherited.length === 0 ? [[]] : [[], inherited];
  return readings.map((more) => ({ ...base, ...requestContext(action, caller, input, more) }));
};

/** Each action is given only keys of its own: iam/context.ts. */
function requestContext(
  action: string,
  caller: Caller,
  input: AssumeRoleInput,
  inherited: readonly Tag[],
): Context {
  const sourceIdentity = input.sourceIdentity ?? caller.sourceIdentity;
  const identity: Context = sourceIdentity === undefined ? {} : { "sts:sourceidentity": sourceIdentity };
  if (action === "sts:SetSourceIdentity") return identity;
  const tags = [...inherited, ...input.tags];
  const transitive = [...inherited.map(({ key }) => key), ...input.transitiveTagKeys];
  const tagging: Context = {
    ...Object.fromEntries(
      tags.map(({ key, value }) => [`aws:requesttag/${key.toLowerCase()}`, value] as const),
    ),
    ...(tags.length === 0 ? {} : { "aws:tagkeys": tags.map(({ key }) => key) }),
    ...(transitive.length === 0 ? {} : { "sts:transitivetagkeys": transitive }),
  };
  if (action === "sts:TagSession") return tagging;
  const externalId: Context = input.externalId === undefined ? {} : { "sts:externalid": input.externalId };
  return { ...tagging, ...identity, ...externalId, "sts:rolesessionname": input.roleSessionName };
}
