// What lies between the keys of one role: slots in its ARN with the pattern they need, and conditions that the gateway
// writes itself. Looks through views that leave out what is out of shape, as cross-check.ts does.
import { z } from "zod";
import { formatPath } from "./fault.js";
import type { Fault } from "./fault.js";

const statementView = z
  .object({ Condition: z.record(z.string(), z.record(z.string(), z.unknown()).catch({})).catch({}) })
  .catch({ Condition: {} });

export const roleBoundsView = z.object({
  roleArn: z.string().catch(""),
  roleArnPattern: z.unknown().optional(),
  bindSourceIp: z.boolean().catch(false),
  policy: z.array(statementView).catch([]),
  sourceIdentity: z.unknown().optional(),
  tags: z.record(z.string(), z.unknown()).catch({}),
  probe: z
    .object({ sourceIdentity: z.unknown().optional(), tags: z.record(z.string(), z.unknown()).catch({}) })
    .optional()
    .catch(undefined),
});
export type RoleBoundsView = z.output<typeof roleBoundsView>;

export const checkRole = (role: RoleBoundsView, index: number): Fault[] => [
  ...checkRoleArnPattern(role, index),
  ...checkSourceIp(role, index),
  ...checkProbe(role, index),
];

function checkRoleArnPattern({ roleArn, roleArnPattern }: RoleBoundsView, index: number): Fault[] {
  const hasSlots = roleArn.includes("${");
  if (hasSlots && roleArnPattern === undefined) {
    const message = "takes slots only beside a roleArnPattern, which says what roles they may choose";
    return [{ path: formatPath(["roles", index, "roleArn"]), message }];
  }
  if (hasSlots || roleArnPattern === undefined) return [];
  const message = "is for a roleArn with slots; this one has none";
  return [{ path: formatPath(["roles", index, "roleArnPattern"]), message }];
}

function checkSourceIp({ bindSourceIp, policy }: RoleBoundsView, index: number): Fault[] {
  if (!bindSourceIp) return [];
  return policy.flatMap(({ Condition }, position) =>
    Object.keys(Condition.IpAddress ?? {})
      .filter((key) => key.toLowerCase() === "aws:sourceip")
      .map((key) => ({
        path: formatPath(["roles", index, "policy", position, "Condition", "IpAddress", key]),
        // The caller's address is written there, and a statement has room for one.
        message: "is set by the gateway while bindSourceIp is true; leave one of them out",
      })),
  );
}

/** A probe asks as the rule's callers do: it has no tag and no source identity that they would not have. */
function checkProbe({ probe, sourceIdentity, tags }: RoleBoundsView, index: number): Fault[] {
  if (probe === undefined) return [];
  const unknownTags = Object.keys(probe.tags)
    .filter((key) => !Object.hasOwn(tags, key))
    .map((key) => ({
      path: formatPath(["roles", index, "probe", "tags", key]),
      message: "is none of the rule's tags",
    }));
  if (sourceIdentity !== null || probe.sourceIdentity === undefined) return unknownTags;
  const message = "is for a rule that sends a source identity; this one has null";
  return [...unknownTags, { path: formatPath(["roles", index, "probe", "sourceIdentity"]), message }];
}
