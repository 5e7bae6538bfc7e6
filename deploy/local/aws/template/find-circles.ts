// Circular dependencies, which CloudFormation refuses: through Ref, Fn::GetAtt, Fn::Sub and DependsOn, and among what
// SAM makes of one function (its role, alias, URL). References in the branch of an Fn::If that is not chosen count too.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html
import type { Report } from "./faults.js";
import { isMembers } from "./fields.js";
import type { Resource } from "./resource.js";
import type { StackResources } from "./scope.js";
import { subVariables } from "./language/sub-variables.js";

export function reportCircles({ resources, synonyms }: StackResources, report: Report): void {
  const byId = new Map(resources.map((resource) => [resource.logicalId, resource]));
  const done = new Set<Resource>();
  const visit = (resource: Resource, way: readonly Resource[]): void => {
    const start = way.indexOf(resource);
    if (start >= 0) {
      const ids = [...way.slice(start), resource].map(({ logicalId }) => logicalId);
      report("Resources", `circular dependency: ${ids.join(" -> ")}`);
      return;
    }
    if (done.has(resource)) return;
    const ids = [...resource.dependsOn, ...referencesIn(resource.properties)];
    const next = new Set(ids.map((id) => byId.get(synonyms.get(id) ?? id)));
    for (const other of next) if (other) visit(other, [...way, resource]);
    done.add(resource);
  };
  for (const resource of resources) visit(resource, []);
}

/** Every name that a value refers to, resources and parameters alike. */
function referencesIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (!isMembers(value)) return [];
  return Object.entries(value).flatMap(([name, argument]) => {
    if (name === "Ref") return [String(argument)];
    if (name === "Fn::GetAtt") return dotted(Array.isArray(argument) ? argument.join(".") : String(argument));
    return name === "Fn::Sub" ? referencesOfSub(argument) : referencesIn(argument);
  });
}

function referencesOfSub(argument: unknown): readonly string[] {
  const [text, own] = Array.isArray(argument) ? (argument as unknown[]) : [argument];
  const variables = typeof text === "string" ? subVariables(text) : [];
  const isOwn = (name: string): boolean => isMembers(own) && Object.hasOwn(own, name);
  return [...variables.filter((name) => !isOwn(name)).flatMap(dotted), ...referencesIn(own)];
}

/** `Fn.Alias.Arn` -> `Fn`, `Fn.Alias`, `Fn.Alias.Arn`: whichever of them is a name. */
const dotted = (name: string): string[] => {
  const parts = name.split(".");
  return parts.map((_, at) => parts.slice(0, at + 1).join("."));
};
