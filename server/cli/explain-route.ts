// Which route a call finds, by match-route.ts itself; and, where it finds none, what kept it from each.
import type { Door, Route, RouteMatch } from "../core/model.js";
import { parseRequestTarget, type RequestTarget } from "../core/request-target.js";
import { accept, refuse, type Result } from "../core/result.js";
import { createMatchRoute } from "../match-route.js";
import { isStsPath, stsRoutes } from "../sts.js";
import type { CallRequest, RouteStep } from "./explanation.js";
import { targetStep } from "./target-step.js";

/** `GET /reports/7?year=2026` */
export function parseCall(text: string): Result<Pick<CallRequest, "method" | "target">, string> {
  const [, method, target] = /^([A-Z]{1,20}) (\/[^\s]{0,8191})$/.exec(text) ?? [];
  if (method !== undefined && target !== undefined) return accept({ method, target });
  return refuse('must be a method and a path, such as "GET /reports/7"');
}

export function explainRoute(
  routes: readonly Route[],
  { method, target: rawTarget, door }: CallRequest,
): { readonly step: RouteStep; readonly match: Result<RouteMatch> } {
  const target = parseRequestTarget(rawTarget);
  if (!target.ok) return { step: { found: false, others: [] }, match: target };
  const asGrant = door === "grant" && target.value.segments[0] !== "grant";
  const match = isStsPath(target.value)
    ? matchSts(routes, method, target.value)
    : asGrant
      ? matchGrantOf(routes, method, target.value)
      : createMatchRoute(routes)(method, target.value);
  if (!match.ok) {
    const others = routes.map((route) => ({ key: route.key, why: whyNot(route, method, target.value) }));
    return { step: { found: false, others }, match };
  }
  const { route, door: found, params } = match.value;
  const { key, name } = route;
  return { step: { found: true, key, name, door: found, params, target: targetStep(route.target) }, match };
}

/** The grant door knows routes by name, and gives no path parameters: as if `POST /grant/{name}` had come. */
function matchGrantOf(routes: readonly Route[], method: string, target: RequestTarget): Result<RouteMatch> {
  const opened = routes.map((route) => ({ ...route, doors: new Set<Door>(["proxy"]) }));
  const found = createMatchRoute(opened)(method, target);
  if (!found.ok) return found;
  return createMatchRoute(routes)("POST", { ...target, segments: ["grant", found.value.route.name] });
}

/**
 * The /sts door gives the grant door's session of the route that is named, or of the only one. Several together are
 * explained one by one: what they have in common is made of their sessions.
 */
function matchSts(routes: readonly Route[], method: string, target: RequestTarget): Result<RouteMatch> {
  const [route, ...others] = stsRoutes(routes, target);
  if (route === undefined || others.length > 0) return refuse({ reason: "route_unknown" });
  if (method !== "POST") return refuse({ reason: "method_not_allowed", allow: ["POST"] });
  return accept({ route, door: "grant", params: {} });
}

function whyNot(route: Route, method: string, target: RequestTarget): string {
  if (target.segments[0] === "grant") {
    return route.doors.has("grant") ? `its grant door is /grant/${route.name}` : "it has no grant door";
  }
  if (isStsPath(target)) {
    if (route.authorizer) return "a custom authorizer reads no web identity token";
    return route.doors.has("grant") ? `its /sts door is /sts/${route.name}` : "it has no grant door";
  }
  const alone = createMatchRoute([{ ...route, doors: new Set<Door>(["proxy"]) }])(method, target);
  if (alone.ok) return route.doors.has("proxy") ? "it goes after another" : "it has no proxy door";
  if (alone.denial.reason === "method_not_allowed") return `it takes ${alone.denial.allow.join(", ")} only`;
  return "the path does not fit";
}
