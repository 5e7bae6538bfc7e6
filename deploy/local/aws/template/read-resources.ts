// The Resources of a template, each read by its type. A type that the twin does not know is refused by name.
import type { FunctionDefinition, Role } from "../model.js";
import { unsupported, type Report } from "./faults.js";
import { isMembers, readFields, type Fields, type Members } from "./fields.js";
import { resolveIntrinsics } from "./intrinsics.js";
import { applyGlobals, readFunction } from "./read-function.js";
import { readAttachedPolicy, readRole, type AttachedPolicy } from "./read-role.js";
import type { StackScope } from "./scope.js";

export interface ResourceContext {
  readonly resources: Members;
  /** Properties of Globals.Function, not yet resolved. */
  readonly globals: Members;
  readonly scope: StackScope;
  /** CodeUri is relative to it. */
  readonly folder: string;
  readonly report: Report;
}

interface Found {
  readonly functions: FunctionDefinition[];
  readonly roles: Role[];
  readonly attached: AttachedPolicy[];
}

export function readResources(context: ResourceContext): {
  readonly functions: readonly FunctionDefinition[];
  readonly roles: readonly Role[];
} {
  const { resources, report } = context;
  const found: Found = { functions: [], roles: [], attached: [] };
  for (const [logicalId, value] of Object.entries(resources)) {
    const resource = readFields(value, `Resources.${logicalId}`, report);
    if (!/^[A-Za-z0-9]{1,255}$/.test(logicalId)) report(resource.path, "a logical id is letters and digits");
    readResource(logicalId, resource, found, context);
    checkDependencies(resource, resources, report);
    resource.ignore("DeletionPolicy", "UpdateReplacePolicy");
    resource.end();
  }
  const { functions, roles, attached } = found;
  reportTwice(
    functions.map(({ name }) => name),
    "FunctionName",
    report,
  );
  reportTwice(
    roles.map(({ name }) => name),
    "RoleName",
    report,
  );
  reportStrayPolicies(attached, roles, report);
  return { functions, roles: roles.map((role) => attachPolicies(role, attached, report)) };
}

function readResource(logicalId: string, resource: Fields, found: Found, context: ResourceContext): void {
  const { scope, report } = context;
  const path = `${resource.path}.Properties`;
  const type = resource.text("Type", /./);
  const metadata = resource.any("Metadata");
  const properties = resource.any("Properties") ?? {};
  const own = (): unknown => resolveIntrinsics(properties, scope, path, report);
  switch (type) {
    case "AWS::IAM::Role": {
      const role = readFields(own(), path, report);
      found.roles.push(readRole(role, namesOf(logicalId, scope), report));
      return;
    }
    case "AWS::IAM::Policy":
      found.attached.push(readAttachedPolicy(readFields(own(), path, report), report));
      return;
    case "AWS::Serverless::Function": {
      const names = { logicalId, ...namesOf(logicalId, scope) };
      const fields = readFields(withGlobals(own(), path, context), path, report);
      found.functions.push(readFunction(names, fields, metadata, context.folder, report));
      return;
    }
    default:
      report(resource.path, `resource type ${type} ${unsupported}`);
  }
}

function namesOf(logicalId: string, scope: StackScope): { readonly name: string; readonly arn: string } {
  const { name = "", arn = "" } = scope.namesOf(logicalId) ?? {};
  return { name, arn };
}

function withGlobals(own: unknown, path: string, { globals, scope, report }: ResourceContext): unknown {
  const shared = resolveIntrinsics(globals, scope, "Globals.Function", report);
  return isMembers(own) && isMembers(shared) ? applyGlobals(shared, own, path, report) : own;
}

function checkDependencies(resource: Fields, resources: Members, report: Report): void {
  const value = resource.any("DependsOn") ?? [];
  for (const name of Array.isArray(value) ? (value as unknown[]) : [value]) {
    if (typeof name === "string" && Object.hasOwn(resources, name)) continue;
    report(`${resource.path}.DependsOn`, `${JSON.stringify(name)} is not a resource of this template`);
  }
}

function reportTwice(names: readonly string[], property: string, report: Report): void {
  for (const name of new Set(names.filter((one, index) => names.indexOf(one) !== index))) {
    report("Resources", `two resources have the ${property} ${name}`);
  }
}

function reportStrayPolicies(
  attached: readonly AttachedPolicy[],
  roles: readonly Role[],
  report: Report,
): void {
  for (const { path, roles: names } of attached) {
    for (const name of names) {
      const isHere = roles.some((role) => role.name === name);
      if (!isHere) report(`${path}.Roles`, `${name} is not a role of this template`);
    }
  }
}

function attachPolicies(role: Role, attached: readonly AttachedPolicy[], report: Report): Role {
  const own = attached.filter(({ roles }) => roles.includes(role.name)).map(({ policy }) => policy);
  const policies = [...role.policies, ...own];
  const hasTwice = new Set(policies.map(({ name }) => name)).size !== policies.length;
  if (hasTwice) report("Resources", `role ${role.name} has two policies of one name`);
  return { ...role, policies };
}
