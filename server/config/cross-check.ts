// What lies between the entries of a configuration: names used twice, roles that do not exist, routes that a request
// could not choose between. It looks at the document through views that leave out what is out of shape, since the
// schema tells that: so one run tells both kinds of fault, and each mistake once.
import { z } from "zod";
import { overlaps } from "../core/route-key.js";
import {
  checkAuthorizer,
  checkAuthorizerName,
  checkIssuers,
  routeAuthorizerView,
} from "./check-authorizer.js";
import { checkPartitions } from "./check-partition.js";
import { checkLimitedRoutes, rateLimitView } from "./check-rate-limits.js";
import { checkRole, roleBoundsView } from "./check-role.js";
import { checkRoute, routeLimitsView } from "./check-route.js";
import { formatPath } from "./fault.js";
import type { Fault } from "./fault.js";
import { routeKey } from "./route-schema.js";

const textView = z.string().optional().catch(undefined);
const namesView = z.array(z.string()).catch([]);
const tagsView = z.record(z.string(), z.unknown()).catch({});

const roleOutOfShape = {
  ...{ tags: {}, transitiveTags: [] },
  ...{ roleArn: "", roleArnPattern: undefined, bindSourceIp: false, policy: [] },
};
const issuerView = z.object({ name: textView, issuer: textView }).catch({});
const authorizerView = z.object({ name: textView }).catch({});
const roleView = z
  .object({ name: textView, tags: tagsView, transitiveTags: namesView })
  .extend(roleBoundsView.shape)
  .catch(roleOutOfShape);
const routeView = z
  .object({ name: textView, route: routeKey.optional().catch(undefined), roles: namesView })
  .extend(routeAuthorizerView.shape)
  .extend(routeLimitsView.shape)
  .catch({ scopes: [], roles: [], timeout: undefined, idleTimeout: undefined, heartbeat: undefined });

const documentView = z
  .object({
    issuers: z.array(issuerView).catch([]),
    authorizers: z.array(authorizerView).catch([]),
    roles: z.array(roleView).catch([]),
    routes: z.array(routeView).catch([]),
    rateLimits: z.array(rateLimitView).catch([]),
  })
  .catch({ issuers: [], authorizers: [], roles: [], routes: [], rateLimits: [] });
type RoleView = z.output<typeof roleView>;
type RouteView = z.output<typeof routeView>;

export function crossCheck(document: unknown): Fault[] {
  const { issuers, authorizers, roles, routes, rateLimits } = documentView.parse(document);
  const routeNames = routes.flatMap(({ name, route }) => name ?? route?.key ?? []);
  return [
    ...checkIssuers(document, routes),
    ...findDuplicates("issuers", "name", issuers),
    ...findDuplicates("issuers", "issuer", issuers),
    ...findDuplicates("authorizers", "name", authorizers),
    ...authorizers.flatMap(({ name }, index) => checkAuthorizerName(name, index, issuers)),
    ...findDuplicates("roles", "name", roles),
    ...findDuplicates("routes", "name", routes),
    ...findDuplicates("rateLimits", "name", rateLimits),
    ...rateLimits.flatMap((limit, index) => checkLimitedRoutes(limit, index, routeNames)),
    ...roles.flatMap(checkTransitiveTags),
    ...roles.flatMap(checkRole),
    ...checkPartitions(document),
    ...routes.flatMap((route, index) => checkRoles(route, index, roles)),
    ...routes.flatMap((route, index) => checkAuthorizer(route, index, authorizers)),
    ...routes.flatMap(checkPath),
    ...routes.flatMap(checkRoute),
    ...findOverlaps(routes),
  ];
}

function findDuplicates<Key extends string>(
  section: string,
  key: Key,
  entries: readonly Readonly<Partial<Record<Key, string | undefined>>>[],
): Fault[] {
  const firsts = new Map<string, number>();
  return entries.flatMap((entry, index) => {
    const value = entry[key];
    if (value === undefined) return [];
    const first = firsts.get(value);
    if (first === undefined) firsts.set(value, index);
    if (first === undefined) return [];
    return [{ path: formatPath([section, index, key]), message: `is already used by ${section}[${first}]` }];
  });
}

function checkTransitiveTags({ tags, transitiveTags }: RoleView, index: number): Fault[] {
  return transitiveTags.flatMap((key, position) => {
    const path = formatPath(["roles", index, "transitiveTags", position]);
    if (!Object.hasOwn(tags, key)) return [{ path, message: `${key} is not one of this role's tags` }];
    return transitiveTags.indexOf(key) < position ? [{ path, message: `${key} is there twice` }] : [];
  });
}

function checkRoles(route: RouteView, index: number, roles: readonly RoleView[]): Fault[] {
  const known = roles.flatMap(({ name }) => name ?? []);
  return route.roles.flatMap((name, position) => {
    if (known.includes(name)) return [];
    const message = `there is no role ${JSON.stringify(name)}; known are ${known.slice(0, 20).join(", ")}`;
    return [{ path: formatPath(["routes", index, "roles", position]), message }];
  });
}

function checkPath({ route }: RouteView, index: number): Fault[] {
  const first = route?.segments?.[0];
  if (first?.kind !== "literal" || (first.text !== "grant" && first.text !== "sts")) return [];
  const message = "/sts, /grant and all below them are the gateway's own paths";
  return [{ path: formatPath(["routes", index, "route"]), message }];
}

function findOverlaps(routes: readonly RouteView[]): Fault[] {
  return routes.flatMap(({ route }, index) => {
    if (route === undefined) return [];
    const first = routes.findIndex((other) => other.route !== undefined && overlaps(other.route, route));
    if (first === index) return [];
    const message = `overlaps routes[${first}] (${routes[first]?.route?.key ?? ""}) with equal rank`;
    return [{ path: formatPath(["routes", index, "route"]), message }];
  });
}
