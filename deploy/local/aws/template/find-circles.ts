// Circular dependencies, which CloudFormation refuses: through Ref, Fn::GetAtt, Fn::Sub and DependsOn, and among what
// SAM makes of one function (its role, alias, URL). References in the branch of an Fn::If that is not chosen count too.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html
import { dependenciesIn } from "./dependencies.js";
import type { Report } from "./faults.js";
import type { Resource } from "./resource.js";
import type { StackResources } from "./scope.js";

export function reportCircles(stack: StackResources, report: Report): void {
  const dependenciesOf = dependenciesIn(stack);
  const done = new Set<Resource>();
  const visit = (resource: Resource, way: readonly Resource[]): void => {
    const start = way.indexOf(resource);
    if (start >= 0) {
      const ids = [...way.slice(start), resource].map(({ logicalId }) => logicalId);
      report("Resources", `circular dependency: ${ids.join(" -> ")}`);
      return;
    }
    if (done.has(resource)) return;
    for (const other of dependenciesOf(resource)) visit(other, [...way, resource]);
    done.add(resource);
  };
  for (const resource of stack.resources) visit(resource, []);
}
