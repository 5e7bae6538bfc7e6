// What each resource waits for when the stack is made: what its properties refer to (Ref, Fn::GetAtt, Fn::Sub) and what
// its DependsOn names. CloudFormation makes everything else at the same time, in no order.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-dependson.html
import { isMembers } from "./fields.js";
import type { Resource } from "./resource.js";
import type { StackResources } from "./scope.js";
import type { Conditions } from "./language/read-conditions.js";
import { subVariables } from "./language/sub-variables.js";

/** `conditions` left out: both branches of each Fn::If count. */
export function dependenciesIn(
  { resources, synonyms }: StackResources,
  conditions?: Conditions,
): (resource: Resource) => ReadonlySet<Resource> {
  const byId = new Map(resources.map((resource) => [resource.logicalId, resource]));
  return ({ dependsOn, properties }) => {
    const ids = [...dependsOn, ...referencesIn(properties, conditions)];
    const named = ids.map((id) => byId.get(synonyms.get(id) ?? id));
    return new Set(named.filter((one) => one !== undefined));
  };
}

/** Whether the first is made only when the second is there, directly or by way of others. */
export type WaitsFor = (logicalId: string, forId: string) => boolean;

export function createWaitsFor(stack: StackResources, conditions: Conditions): WaitsFor {
  const next = dependenciesIn(stack, conditions);
  return (logicalId, forId) => {
    const seen = new Set(stack.resources.filter((resource) => resource.logicalId === logicalId));
    // The set grows while it is walked.
    for (const resource of seen) {
      const isAbsent = resource.condition !== undefined && conditions(resource.condition) === false;
      for (const other of isAbsent ? [] : next(resource)) {
        if (other.logicalId === forId) return true;
        seen.add(other);
      }
    }
    return false;
  };
}

/** Every name that a value refers to, resources and parameters alike. */
function referencesIn(value: unknown, conditions?: Conditions): readonly string[] {
  const inside = (one: unknown): readonly string[] => referencesIn(one, conditions);
  if (Array.isArray(value)) return value.flatMap(inside);
  if (!isMembers(value)) return [];
  return Object.entries(value).flatMap(([name, argument]) => {
    if (name === "Ref") return [String(argument)];
    if (name === "Fn::GetAtt") return dotted(Array.isArray(argument) ? argument.join(".") : String(argument));
    if (name === "Fn::If" && conditions !== undefined) return inside(chosenOf(argument, conditions));
    return name === "Fn::Sub" ? referencesOfSub(argument, inside) : inside(argument);
  });
}

function chosenOf(argument: unknown, conditions: Conditions): unknown {
  const [condition, whenTrue, whenFalse] = Array.isArray(argument) ? (argument as unknown[]) : [];
  return conditions(String(condition)) === true ? whenTrue : whenFalse;
}

function referencesOfSub(
  argument: unknown,
  inside: (value: unknown) => readonly string[],
): readonly string[] {
  const [text, own] = Array.isArray(argument) ? (argument as unknown[]) : [argument];
  const variables = typeof text === "string" ? subVariables(text) : [];
  const isOwn = (name: string): boolean => isMembers(own) && Object.hasOwn(own, name);
  return [...variables.filter((name) => !isOwn(name)).flatMap(dotted), ...inside(own)];
}

/** `Fn.Alias.Arn` -> `Fn`, `Fn.Alias`, `Fn.Alias.Arn`: whichever of them is a name. */
const dotted = (name: string): string[] => {
  const parts = name.split(".");
  return parts.map((_, at) => parts.slice(0, at + 1).join("."));
};
