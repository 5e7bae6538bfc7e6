// A valid configuration document -> what the gateway runs on: the nouns of core/model.ts with their references resolved.
// Nothing can be wrong here any more.
import type { Cors } from "../core/cors.js";
import type { Authorizer, Issuer, RoleRule, Route } from "../core/model.js";
import type { RateLimit } from "../core/rate-limit.js";
import type { ValkeySettings } from "../core/valkey-url.js";
import { compileAuthorizer } from "./compile-authorizer.js";
import { compileRateLimit, compileValkey } from "./compile-rate-limit.js";
import type { CorsEntry } from "./cors-schema.js";
import type { RoleEntry } from "./role-schema.js";
import type { RouteEntry } from "./route-schema.js";
import type { Configuration } from "./schema.js";

export interface Settings {
  readonly issuers: readonly Issuer[];
  readonly authorizers: readonly Authorizer[];
  readonly roles: readonly RoleRule[];
  readonly routes: readonly Route[];
  /** In order. */
  readonly rateLimits: readonly RateLimit[];
  /** Where calls are counted for all replicas. Absent: each process counts for itself. */
  readonly valkey?: ValkeySettings;
  readonly sts: {
    readonly region: string;
    /** Scheme, host and port. Absent: AWS's own endpoint of the region. */
    readonly endpoint?: string;
  };
  /** For answers that belong to no route; each route has its own in it. Absent: no other origin's pages may call. */
  readonly cors?: Cors;
  readonly listen: {
    readonly host: string;
    readonly port: number;
    readonly adminPort: number;
    /** A number of hops, or addresses and CIDR blocks. */
    readonly trustProxy: number | readonly string[];
    /** Absent: a DPoP proof may name whatever Host says. */
    readonly origins?: readonly string[];
    readonly drainMs: number;
    /** A restart may break calls that take longer; nobody is warned of that. */
    readonly drainMayCut: boolean;
  };
  readonly limits: {
    readonly bodyBytes: number;
    readonly bufferedBytes: number;
    readonly tokenBytes: number;
  };
}

/** `folder`: the configuration's own, where paths in it begin. */
export function compileConfiguration(configuration: Configuration, folder: string): Settings {
  const { issuers, sts, limits } = configuration;
  const cors = configuration.cors && compileCors(configuration.cors);
  const { drain, origins, ...listen } = configuration.listen;
  const roles = configuration.roles.map(compileRole);
  const authorizers = configuration.authorizers.map((entry) => compileAuthorizer(entry, folder));
  return {
    issuers,
    authorizers,
    roles,
    routes: configuration.routes.map((entry) => compileRoute(entry, { roles, authorizers }, cors)),
    rateLimits: configuration.rateLimits.map(compileRateLimit),
    ...(configuration.valkey && { valkey: compileValkey(configuration.valkey) }),
    sts: { region: sts.region, ...(sts.endpoint && { endpoint: sts.endpoint.origin }) },
    ...(cors && { cors }),
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

function compileRoute(
  entry: RouteEntry,
  { roles, authorizers }: Pick<Settings, "roles" | "authorizers">,
  corsOfAll: Cors | undefined,
): Route {
  const { key, method, segments } = entry.route;
  const authorizer = authorizers.find(({ name }) => name === entry.authorizer);
  const cors = entry.cors ? compileCors(entry.cors) : entry.cors === undefined ? corsOfAll : undefined;
  return {
    key,
    name: entry.name ?? key,
    method,
    segments,
    // The order of `roles` decides, not the order in which a route names them.
    roles: roles.filter(({ name }) => entry.roles?.includes(name) ?? true),
    ...(authorizer && { authorizer }),
    scopes: entry.scopes,
    target: entry.target,
    doors: new Set(entry.doors),
    timeoutMs: entry.timeout,
    ...(entry.idleTimeout !== undefined && { idleTimeoutMs: entry.idleTimeout }),
    ...(entry.heartbeat !== undefined && { heartbeatMs: entry.heartbeat }),
    ...(cors && { cors }),
    restoreRemappedHeaders: entry.restoreRemappedHeaders,
    headers: Object.entries(entry.headers).map(([name, value]) => ({ name: name.toLowerCase(), value })),
  };
}

const compileCors = ({ maxAge, ...cors }: CorsEntry): Cors => ({ ...cors, maxAgeSeconds: maxAge / 1000 });
