// What a resource names by its text alone. CloudFormation makes resources that do not wait for one another at the same
// time, so a function, an alias or a role that is only named may not be there yet when IAM or Lambda looks it up.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-dependson.html
import type { WaitsFor } from "../dependencies.js";
import type { Note } from "../faults.js";
import type { FunctionParts } from "./assemble-functions.js";
import type { RoleParts } from "./assemble-roles.js";
import type { ReadRole } from "./read-role.js";

export type OrderedParts = FunctionParts & RoleParts;

interface OrderSite {
  readonly waitsFor: WaitsFor;
  readonly accountId: string;
  readonly note: Note;
}

type Fault = (why: string) => void;

interface Named {
  readonly logicalId: string;
}

export function checkOrder(parts: OrderedParts, site: OrderSite): void {
  const hold = (holder: Named, target: Named | undefined, name: string, fault: Fault): void => {
    if (target !== undefined && !site.waitsFor(holder.logicalId, target.logicalId))
      fault(`${name} may not be there yet: refer to ${target.logicalId}, or name it in DependsOn`);
  };
  for (const { definition, roleArn, path, report } of parts.functions)
    hold(definition, roleOf(roleArn, parts), roleArn, (why) => report(`${path}.Role`, why));
  for (const read of targetsIn(parts)) {
    const target = aliasOf(read, parts) ?? functionOf(read, parts);
    const name = [read.functionName, read.qualifier].filter((one) => one !== undefined).join(":");
    hold(read, target, name, (why) => read.fields.fault(read.property, why));
  }
  for (const alias of parts.aliases) {
    const version = parts.versions.find(({ functionName }) => functionName === alias.functionName);
    const named = alias.version === "$LATEST" ? undefined : version;
    hold(alias, named, `version ${alias.version}`, (why) => alias.fields.fault("FunctionVersion", why));
  }
  for (const policy of [...parts.attached, ...parts.managedPolicies])
    for (const name of policy.roles)
      hold(
        policy,
        parts.roles.find(({ role }) => role.name === name),
        name,
        (why) => policy.report(policy.path, why),
      );
  for (const { holder, arn, place, fault } of principalsIn(parts)) {
    const role = roleOf(arn, parts);
    if (role === holder) fault(`${arn} is the role itself, which is not there yet`);
    else hold(holder, role, arn, fault);
    if (role === undefined && isOfAccount(arn, site.accountId))
      site.note(`${place}: ${arn} is not of this template, and AWS refuses a principal that does not exist`);
  }
}

interface Target extends Named {
  readonly functionName: string;
  readonly qualifier?: string | undefined;
  readonly fields: { fault(property: string, why: string): void };
  readonly property: string;
}

const targetsIn = ({ aliases, versions, permissions, urls }: FunctionParts): readonly Target[] => [
  ...[...aliases, ...versions, ...permissions].map((one) => ({ ...one, property: "FunctionName" })),
  ...urls.map((one) => ({ ...one, qualifier: one.url.qualifier, property: "TargetFunctionArn" })),
];

const functionOf = ({ functionName }: Target, { functions }: FunctionParts): Named | undefined =>
  functions.find(({ definition }) => definition.name === functionName)?.definition;

const aliasOf = ({ functionName, qualifier }: Target, { aliases }: FunctionParts): Named | undefined =>
  aliases.find((one) => one.functionName === functionName && one.alias === qualifier);

const roleOf = (arn: string, { roles }: RoleParts): ReadRole | undefined =>
  roles.find(({ role }) => role.arn === arn);

const isOfAccount = (arn: string, accountId: string): boolean =>
  new RegExp(`^arn:aws:iam::${accountId}:(role|user)/`).test(arn);

interface NamedPrincipal {
  readonly holder: Named;
  readonly arn: string;
  readonly place: string;
  readonly fault: Fault;
}

/** Whom trust policies and functions' policies name; IAM and Lambda look each of them up. */
const principalsIn = ({ roles, permissions }: OrderedParts): readonly NamedPrincipal[] => [
  ...roles.flatMap((holder) => {
    const place = `${holder.path}.AssumeRolePolicyDocument`;
    const fault: Fault = (why) => holder.report(place, why);
    const { trustPolicy, place: resource = holder.path } = holder.role;
    const arns = trustPolicy.statements.flatMap(({ principals }) => principals?.aws ?? []);
    return [...new Set(arns)].map((arn) => ({ holder, arn, place: resource, fault }));
  }),
  ...permissions.flatMap((holder) => {
    const { fields, statement } = holder;
    const fault: Fault = (why) => fields.fault("Principal", why);
    return (statement.principals?.aws ?? []).map((arn) => ({
      ...{ holder, arn, place: fields.at("Principal"), fault },
    }));
  }),
];
