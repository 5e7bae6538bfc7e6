// Request line -> route, door and path parameters. Works on decoded segments, so that no spelling of a path reaches
// another route than the function would understand. Overlaps of equal rank were refused when the configuration loaded.
import type { Denial } from "./core/denial.js";
import type { Door, Route, RouteMatch, RouteSegment } from "./core/model.js";
import type { RequestTarget } from "./core/request-target.js";
import { accept, refuse, type Result } from "./core/result.js";
import { anyMethods } from "./core/route-key.js";

export type MatchRoute = (method: string, target: RequestTarget) => Result<RouteMatch>;

/** Path parameters a route key gave for a path; `undefined` when the path does not fit the key. */
type Params = Readonly<Record<string, string>>;

/** `GET|POST /grant[/{route name}]` goes to the grant door, every other path to the proxy door. */
export function createMatchRoute(routes: readonly Route[]): MatchRoute {
  const ranked = routes.toSorted(byRank);
  return (method, target) => {
    const [first, name, ...more] = target.segments;
    // sts.ts finds its own: no key reaches below it, nor does $default.
    if (first === "sts") return refuse({ reason: "route_unknown" });
    if (first === "grant" && more.length === 0) return matchGrant(routes, method, target, name);
    return matchProxy(ranked, method, target.segments);
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

function matchProxy(
  ranked: readonly Route[],
  method: string,
  segments: readonly string[],
): Result<RouteMatch> {
  const allow = new Set<string>();
  const otherReading = splitEncodedSlashes(segments);
  for (const route of ranked) {
    const methods = methodsOf(route);
    const takesMethod = methods.includes(method);
    const params = matchPath(route.segments, segments);
    if (!params) {
      if (takesMethod && otherReading && matchPath(route.segments, otherReading)) return refuse(ambiguous);
      continue;
    }
    if (!takesMethod) {
      if (route.doors.has("proxy")) for (const each of methods) allow.add(each);
      continue;
    }
    // A route kept from the proxy door still claims its paths: they must not fall to a broader route.
    return route.doors.has("proxy")
      ? accept(matched(route, "proxy", params))
      : refuse({ reason: "route_unknown" });
  }
  return allow.size > 0
    ? refuse({ reason: "method_not_allowed", allow: [...allow] })
    : refuse({ reason: "route_unknown" });
}

const methodsOf = ({ method }: Route): readonly string[] => (method === "ANY" ? anyMethods : [method]);

/**
 * Lambda's event holds the path both encoded and decoded: a function may read `/admin%2Fusers` as `/admin/users`, so
 * that spelling must not walk round the route of `/admin/{proxy+}` to a broader one.
 */
function splitEncodedSlashes(segments: readonly string[]): readonly string[] | undefined {
  if (!segments.some((segment) => segment.includes("/"))) return undefined;
  return segments
    .join("/")
    .split("/")
    .filter((segment) => segment !== "");
}

const ambiguous = {
  reason: "target_invalid",
  cause: "the path fits another route once its encoded slashes are decoded",
} as const;

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
