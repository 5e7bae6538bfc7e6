// What the names of a template stand for: pseudo parameters, parameters, conditions, mappings, and the names and ARNs
// of its resources. A resource's names are worked out when they are first asked for, since they may be made of others'.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/pseudo-parameter-reference.html
import { relocated, type Report } from "./faults.js";
import { resolveIntrinsics, type Scope, type Value } from "./language/intrinsics.js";
import { asText } from "./language/list-functions.js";
import type { Conditions } from "./language/read-conditions.js";
import type { Mappings } from "./language/read-mappings.js";
import { nameResource, type ResourceNames, type StackSettings } from "./resources/resource-names.js";
import type { Resource } from "./resource.js";
import { uuid } from "./stable-id.js";

export interface StackValues {
  readonly stack: StackSettings;
  readonly parameters: ReadonlyMap<string, Value>;
  readonly mappings: Mappings;
}

/** What is known before any resource is: all that Conditions, and names that SAM works with, may be made of. */
export function createParameterScope(
  { stack, parameters, mappings }: StackValues,
  conditions: Conditions,
): Scope {
  const values = new Map([...pseudoParameters(stack), ...parameters]);
  const scope = {
    region: stack.region,
    ref: (name: string) => values.get(name),
    attribute: () => undefined,
    condition: conditions,
    mapped: mappings,
    isAbsent: () => false,
    get undeployed(): Scope {
      return scope;
    },
  };
  return scope;
}

const pseudoParameters = ({ accountId, region, stackName }: StackSettings): [string, Value][] => [
  ["AWS::AccountId", accountId],
  ["AWS::NotificationARNs", []],
  ["AWS::Partition", "aws"],
  ["AWS::Region", region],
  [
    "AWS::StackId",
    `arn:aws:cloudformation:${region}:${accountId}:stack/${stackName}/${uuid(stackName, "AWS::StackId")}`,
  ],
  ["AWS::StackName", stackName],
  ["AWS::URLSuffix", "amazonaws.com"],
];

export interface StackResources {
  readonly resources: readonly Resource[];
  /** Names that SAM has for resources it makes: `Fn.Alias` -> `FnAliaslive`. */
  readonly synonyms: ReadonlyMap<string, string>;
}

export function createScope(
  parameterScope: Scope,
  { resources, synonyms }: StackResources,
  stack: StackSettings,
  report: Report,
): Scope {
  const byId = new Map(resources.map((resource) => [resource.logicalId, resource]));
  const find = (id: string): Resource | undefined => byId.get(synonyms.get(id) ?? id);
  const isAbsent = (id: string): boolean => isConditionFalse(find(id), parameterScope);
  const known = new Map<Resource, ResourceNames>();
  const namesOf = (id: string): ResourceNames | undefined => {
    const resource = find(id);
    if (resource === undefined) return undefined;
    const before = known.get(resource);
    if (before) return before;
    // A resource that is named by itself gets empty names; the fault is told with the other circles.
    known.set(resource, { ref: "", attributes: new Map() });
    const names = nameResource(namingOf(resource, undeployed, stack, report));
    if (names === undefined) known.delete(resource);
    else known.set(resource, names);
    return names;
  };
  const undeployed: Scope = {
    ...parameterScope,
    ref: (name) => parameterScope.ref(name) ?? namesOf(name)?.ref,
    attribute: (id, attribute) => namesOf(id)?.attributes.get(attribute),
    get undeployed(): Scope {
      return undeployed;
    },
  };
  return {
    ...undeployed,
    undeployed,
    isAbsent,
    ref: (name) => (isAbsent(name) ? undefined : undeployed.ref(name)),
    attribute: (id, attribute) => (isAbsent(id) ? undefined : undeployed.attribute(id, attribute)),
  };
}

const isConditionFalse = (resource: Resource | undefined, scope: Scope): boolean =>
  resource?.condition !== undefined && scope.condition(resource.condition) === false;

function namingOf(resource: Resource, scope: Scope, stack: StackSettings, report: Report) {
  const { logicalId, type, properties } = resource;
  const text = (property: string): string | undefined => {
    if (!Object.hasOwn(properties, property)) return undefined;
    const path = `${resource.path}.Properties.${property}`;
    const there = relocated(report, resource.places);
    const value = resolveIntrinsics(properties[property], scope, path, there);
    if (value === undefined) return undefined;
    if (typeof value !== "string") there(path, "must be a string");
    return asText(value) ?? "";
  };
  return { logicalId, type, stack, text };
}
