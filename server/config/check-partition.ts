// That the roles are of the partition in which STS is asked: STS knows no role of another. Looks through a view that
// leaves out what is out of shape, as cross-check.ts does.
import { z } from "zod";
import { arnParts } from "../core/arn.js";
import { partitionOf } from "./aws-partition.js";
import { formatPath } from "./fault.js";
import type { Fault } from "./fault.js";
import { region } from "./fields.js";
import { roleSchema } from "./role-schema.js";

const roleView = z
  .object({ roleArn: roleSchema.shape.roleArn.optional().catch(undefined) })
  .catch({ roleArn: undefined });

const view = z
  .object({ roles: z.array(roleView).catch([]), sts: z.object({ region }).optional().catch(undefined) })
  .catch({ roles: [], sts: undefined });

export function checkPartitions(document: unknown): Fault[] {
  const { roles, sts } = view.parse(document);
  if (sts === undefined) return [];
  const { name } = partitionOf(sts.region);
  return roles.flatMap(({ roleArn }, index) => {
    // A slot stands behind the partition, never in it.
    const beginning = roleArn?.literals[0];
    if (beginning === undefined || arnParts(beginning).partition === name) return [];
    const message = `must begin with arn:${name}:, as sts.region is ${sts.region}`;
    return [{ path: formatPath(["roles", index, "roleArn"]), message }];
  });
}
