// Roles with what other resources attach to them: inline policies by name, managed policies by ARN.
import type { ManagedPolicy, Role } from "../../model.js";
import type { Report } from "../faults.js";
import type { AttachedManagedPolicy, AttachedPolicy } from "./read-policy.js";
import { completeRole, type ReadRole } from "./read-role.js";
import { reportTwiceInAnyCase } from "./report-twice.js";

export interface RoleParts {
  readonly roles: ReadRole[];
  readonly attached: AttachedPolicy[];
  readonly managedPolicies: AttachedManagedPolicy[];
}

export function assembleRoles(
  { roles, attached, managedPolicies }: RoleParts,
  managed: readonly ManagedPolicy[],
  report: Report,
): Role[] {
  const names = roles.map(({ role }) => role.name);
  reportTwiceInAnyCase(names, "resources have the RoleName", report);
  const policyNames = managedPolicies.map(({ arn }) => arn.split("/").at(-1) ?? "");
  reportTwiceInAnyCase(policyNames, "resources have the ManagedPolicyName", report);
  for (const each of [...attached, ...managedPolicies]) {
    each.roles.forEach((name, at) => {
      if (!names.includes(name)) each.report(each.path, `${name} is not a role of this template`);
      if (each.roles.indexOf(name) !== at) each.report(each.path, `names ${name} twice`);
    });
  }
  return roles.map((read) => {
    const isOurs = (each: { readonly roles: readonly string[] }): boolean =>
      each.roles.includes(read.role.name);
    const inline = attached.filter(isOurs).map(({ policy }) => policy);
    const managedArns = managedPolicies.filter(isOurs).map(({ arn }) => arn);
    return completeRole(read, { inline, managedArns }, managed);
  });
}
