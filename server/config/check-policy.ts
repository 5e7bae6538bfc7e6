// Whether the session policy that a route needs by itself is one that STS takes. A longer one would refuse each call.
import { compileSessionPolicy } from "../core/compile-policy.js";
import type { Route } from "../core/model.js";
import { formatPath, type Fault } from "./fault.js";

export function checkPolicy(route: Route, index: number): Fault[] {
  const policy = compileSessionPolicy({ route, statements: [], policyArns: [], variables: { claims: {} } });
  if (policy.ok || policy.denial.reason !== "session_too_large") return [];
  const message = `has a path too long for ${route.method}: ${policy.denial.cause}`;
  return [{ path: formatPath(["routes", index, "route"]), message }];
}
