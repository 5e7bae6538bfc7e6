// Request line -> route, door and path parameters. Works on decoded segments, and refuses a path that the function could
// read as another route's, so that no spelling reaches what its route does not open. Overlaps of equal rank were refused
// when the configuration loaded.
import type { Denial } from "./core/denial.js";
import type { Door, Route, RouteMatch, RouteSegment } from "./core/model.js";
import { otherReadings } from "./core/path-readings.js";
import type { RequestTarget } from "./core/request-target.js";
import { accept, refuse, type Result } from "./core/result.js";
import { anyMethods } from "./core/route-key.js";

export type MatchRoute = (method: string, target: RequestTarget) => Result<RouteMatch>;

/** Path parameters a route key gave for a path; `undefined` when the path does not fit the key. */
type Params = Readonly<Record<string, string>>;

/** `GET|POST /grant[/{route name}]` goes to the grant door, every other path to the proxy door. */
export function createMatchRoute(routes: readonly Route[]): MatchRoute {
  const ranked = routes.toSorted(byRank);
  const takersByMethod = new Map<string, readonly Route[]>(
    anyMethods.map((method) => [method, ranked.filter((route) => methodsOf(route).includes(method))]),
  );
  return (method, target) => {
    const [first, name, ...more] = target.segments;
    // sts.ts finds its own: no key reaches below it, nor does $default.
    if (first === "sts") return refuse({ reason: "route_unknown" });
    if (first === "grant" && more.length === 0) return matchGrant(routes, method, target, name);
    return matchProxy(ranked, takersByMethod.get(method) ?? [], target);
  };
}

/**
 * Without a token a stranger learns which names the grant door has, as he learns which paths the proxy door has; not
 * whether a route of another name is there.
 */
function matchGrant(
  routes: readonly Route[],
  method: string,
  target: RequestTarget,
  name: string | undefined,
): Result<RouteMatch> {
  if (target.wire.includes("?")) return refuse(queried);
  const granting = routes.filter((route) => route.doors.has("grant"));
  const route =
    name === undefined
      ? (granting.find((candidate) => candidate.name === "default") ?? onlyOne(granting))
      : granting.find((candidate) => candidate.name === name);
  if (!route) return refuse(name === undefined ? unnamed : notGranting(routes, name));
  if (method !== "GET" && method !== "POST")
    return refuse({ reason: "method_not_allowed", allow: ["GET", "POST"] });
  return accept(matched(route, "grant", {}));
}

// RFC 6750 2.3: what stands in a query is kept in many places. Whatever it is, it could be a token.
const queried = {
  reason: "query_refused",
  cause: "the grant door takes its token from the Authorization header alone",
} as const;

const unnamed = {
  reason: "route_unnamed",
  cause: "not exactly one route has the grant door, and none of them is named default",
} as const;

const notGranting = (routes: readonly Route[], name: string): Denial => ({
  reason: "route_unknown",
  door: "grant",
  cause: routes.some((route) => route.name === name)
    ? "`doors` of the route leaves the grant door out"
    : "no route has this name",
});

/** `takers`: those of the method. */
function matchProxy(
  ranked: readonly Route[],
  takers: readonly Route[],
  target: RequestTarget,
): Result<RouteMatch> {
  const found = findRoute(takers, target.segments);
  const another = otherRoute(takers, found?.route, target);
  if (another) return refuse(ambiguous(another));
  if (!found) return refuse(noRoute(ranked, target.segments));
  // A route kept from the proxy door still claims its paths: they must not fall to a broader route.
  return found.route.doors.has("proxy") ? accept(found) : refuse({ reason: "route_unknown" });
}

const methodsOf = ({ method }: Route): readonly string[] => (method === "ANY" ? anyMethods : [method]);

function findRoute(ranked: readonly Route[], segments: readonly string[]): RouteMatch | undefined {
  for (const route of ranked) {
    const params = matchPath(route.segments, segments);
    if (params) return matched(route, "proxy", params);
  }
  return undefined;
}

function noRoute(ranked: readonly Route[], segments: readonly string[]): Denial {
  const open = ranked.filter((route) => route.doors.has("proxy") && matchPath(route.segments, segments));
  return open.length > 0
    ? { reason: "method_not_allowed", allow: [...new Set(open.flatMap(methodsOf))] }
    : { reason: "route_unknown" };
}

/**
 * The route of another reading of the path, where that matters: it goes before the one that was found, or asks for
 * something that the found one does not ask for.
 */
function otherRoute(
  takers: readonly Route[],
  found: Route | undefined,
  target: RequestTarget,
): Route | undefined {
  for (const { segments } of otherReadings(target)) {
    const other = findRoute(takers, segments)?.route;
    if (!other || other === found) continue;
    if (!found || takers.indexOf(other) < takers.indexOf(found) || !opensTo(other, found)) return other;
  }
  return undefined;
}

/** Whether all who may call the second may call the first, with the same sessions. One of a route's scopes is enough. */
function opensTo(route: Route, found: Route): boolean {
  const isWithin = found.scopes.length > 0 && found.scopes.every((scope) => route.scopes.includes(scope));
  return (
    (route.scopes.length === 0 || isWithin) &&
    route.doors.has("proxy") &&
    route.authorizer?.name === found.authorizer?.name &&
    route.roles.length === found.roles.length &&
    route.roles.every(({ name }, at) => name === found.roles[at]?.name)
  );
}

const ambiguous = ({ key }: Route) =>
  ({
    reason: "target_invalid",
    cause:
      `decoded and then split at its slashes or parsed as a URL, the path fits another route: ${key}. ` +
      "A path must be spelt so that it fits one",
  }) as const;

function matchPath(key: Route["segments"], segments: readonly string[]): Params | undefined {
  const params: Record<string, string> = {};
  if (!key) return params;
  for (const [at, expected] of key.entries()) {
    const found = segments[at];
    if (found === undefined) return undefined;
    if (expected.kind === "literal") {
      if (found !== expected.text) return undefined;
      continue;
    }
    const value = expected.kind === "greedy" ? segments.slice(at).join("/") : found;
    if (value === "") return undefined;
    params[expected.name] = value;
    if (expected.kind === "greedy") return params;
  }
  return key.length === segments.length ? params : undefined;
}

// Segment by segment a literal goes before {parameter} before {greedy+}; $default comes last; a method before ANY.
// The end of a key ranks too, so that this is one order over all routes and sorting cannot depend on how they came.
const kindRank: Record<RouteSegment["kind"], string> = { literal: "0", parameter: "1", greedy: "2" };
const endRank = "3";
const defaultRank = "4";

function rank(route: Route): string {
  const path = route.segments?.map((segment) => kindRank[segment.kind]).join("");
  return `${path === undefined ? defaultRank : path + endRank} ${route.method === "ANY" ? "1" : "0"}`;
}

const byRank = (a: Route, b: Route): number => (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : 0);

const matched = (route: Route, door: Door, params: Params): RouteMatch => ({ route, door, params });

const onlyOne = <T>(items: readonly T[]): T | undefined => (items.length === 1 ? items[0] : undefined);
