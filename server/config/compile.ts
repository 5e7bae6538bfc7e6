// A valid configuration document -> what the gateway runs on: the nouns of core/model.ts with their references resolved.
// Nothing can be wrong here any more.
import type { Issuer, RoleRule, Route } from "../core/model.js";
import type { RoleEntry } from "./role-schema.js";
import type { RouteEntry } from "./route-schema.js";
import type { Configuration } from "./schema.js";

export interface Settings {
  readonly issuers: readonly Issuer[];
  readonly roles: readonly RoleRule[];
  readonly routes: readonly Route[];
  readonly sts: {
    readonly region: string;
    /** Scheme, host and port. Absent: AWS's own endpoint of the region. */
    readonly endpoint?: string;
  };
  /** Absent: no other origin's pages may call. */
  readonly cors?: {
    readonly origins: readonly string[];
    readonly credentials: boolean;
    readonly maxAgeSeconds: number;
  };
  readonly listen: {
    readonly host: string;
    readonly port: number;
    readonly adminPort: number;
    /** A number of hops, or addresses and CIDR blocks. */
    readonly trustProxy: number | readonly string[];
    /** Absent: a DPoP proof may name whatever Host says. */
    readonly origins?: readonly string[];
    readonly drainMs: number;
  };
  readonly limits: {
    readonly bodyBytes: number;
    readonly bufferedBytes: number;
    readonly tokenBytes: number;
  };
}

export function compileConfiguration(configuration: Configuration): Settings {
  const { issuers, sts, cors, limits } = configuration;
  const { drain, origins, ...listen } = configuration.listen;
  const roles = configuration.roles.map(compileRole);
  return {
    issuers,
    roles,
    routes: configuration.routes.map((entry) => compileRoute(entry, roles)),
    sts: { region: sts.region, ...(sts.endpoint && { endpoint: sts.endpoint.origin }) },
    ...(cors && {
      cors: { origins: cors.origins, credentials: cors.credentials, maxAgeSeconds: cors.maxAge / 1000 },
    }),
    listen: {
      ...listen,
      ...(origins && { origins: origins.map((url) => url.origin) }),
      drainMs: drain,
    },
    limits,
  };
}

function compileRole(entry: RoleEntry): RoleRule {
  const { transitiveTags, duration, tags, roleArn, roleArnPattern = "", ...role } = entry;
  return {
    ...role,
    roleArn:
      roleArn.slots.length > 0 ? { template: roleArn, pattern: roleArnPattern } : roleArn.literals.join(""),
    tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
    transitiveTagKeys: transitiveTags,
    durationSeconds: duration / 1000,
  };
}

function compileRoute(entry: RouteEntry, roles: readonly RoleRule[]): Route {
  const { key, method, segments } = entry.route;
  return {
    key,
    name: entry.name ?? key,
    method,
    segments,
    // The order of `roles` decides, not the order in which a route names them.
    roles: roles.filter(({ name }) => entry.roles?.includes(name) ?? true),
    scopes: entry.scopes,
    target: entry.target,
    doors: new Set(entry.doors),
    timeoutMs: entry.timeout,
    ...(entry.idleTimeout !== undefined && { idleTimeoutMs: entry.idleTimeout }),
    ...(entry.heartbeat !== undefined && { heartbeatMs: entry.heartbeat }),
    headers: Object.entries(entry.headers).map(([name, value]) => ({ name: name.toLowerCase(), value })),
  };
}
