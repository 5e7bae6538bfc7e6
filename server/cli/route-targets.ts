// `check --targets`: where each route leads, and the statements that its sessions get for that, before what a role adds.
import type { Settings } from "../config/compile.js";
import { formatPath } from "../config/fault.js";
import type { Statement } from "../core/policy-bounds.js";
import { targetStatements } from "../core/target-statements.js";
import { formatTarget, targetStep, type TargetStep } from "./target-step.js";

export interface RouteTarget {
  readonly path: string;
  /** The route key. */
  readonly route: string;
  readonly target: TargetStep;
  readonly statements: readonly Statement[];
}

export const routeTargets = ({ routes }: Settings): readonly RouteTarget[] =>
  routes.map((route, index) => ({
    path: formatPath(["routes", index]),
    route: route.key,
    target: targetStep(route.target),
    statements: targetStatements(route),
  }));

export const formatRouteTarget = ({ path, route, target, statements }: RouteTarget): string => {
  const lines = statements.map((statement) => `      ${JSON.stringify(statement)}\n`);
  return `  ${path}  ${route}\n    ${formatTarget(target)}\n${lines.join("")}`;
};
