// What a doctor looks at: the whole configuration, or one route of it with its rules. A rule whose role a claim chooses
// is looked at with the roles that `--role-arn` names.
import type { Settings } from "../config/compile.js";
import type { Authorizer, LambdaAuthorizerSource, RoleRule, Route } from "../core/model.js";

export interface CheckedRule {
  readonly rule: RoleRule;
  readonly roleArn: string;
  /** `roles[0] analyst` */
  readonly where: string;
}

export interface CheckedRoute {
  readonly route: Route;
  /** `routes[1] long` */
  readonly where: string;
  /** `timeout` stands in the configuration: somebody meant it. */
  readonly hasOwnTimeout: boolean;
}

/** An authorizer of a route that is a function: the gateway calls it as itself. */
export interface CheckedAuthorizer {
  readonly name: string;
  readonly source: LambdaAuthorizerSource;
  /** `authorizers[0] partner` */
  readonly where: string;
}

export interface Scope {
  readonly issuers: Settings["issuers"];
  readonly rules: readonly CheckedRule[];
  /** Rules whose role a claim chooses, and none was named. */
  readonly openRules: readonly string[];
  readonly routes: readonly CheckedRoute[];
  readonly authorizers: readonly CheckedAuthorizer[];
}

export interface ScopeOptions {
  /** Name of the one route; absent: all. */
  readonly route?: string;
  /** For rules whose role a claim chooses. */
  readonly roleArn?: string;
  /** Indexes of the routes whose `timeout` stands in the document. */
  readonly ownTimeouts: ReadonlySet<number>;
}

export function scopeOf(settings: Settings, options: ScopeOptions): Scope {
  const { issuers, roles, routes } = settings;
  const checked = routes
    .map((route, index) => ({
      route,
      where: `routes[${index}] ${route.name}`,
      hasOwnTimeout: options.ownTimeouts.has(index),
    }))
    .filter(({ route }) => options.route === undefined || route.name === options.route);
  const used = roles
    .map((rule, index) => ({ rule, where: `roles[${index}] ${rule.name}` }))
    .filter(({ rule }) => checked.some(({ route }) => route.roles.includes(rule)));
  const rules = used.flatMap(({ rule, where }): readonly CheckedRule[] => {
    const roleArn = typeof rule.roleArn === "string" ? rule.roleArn : options.roleArn;
    return roleArn === undefined ? [] : [{ rule, roleArn, where }];
  });
  const known = new Set(rules.map(({ where }) => where));
  const openRules = used.map(({ where }) => where).filter((where) => !known.has(where));
  return { issuers, rules, openRules, routes: checked, authorizers: calledBy(checked, settings.authorizers) };
}

const calledBy = (
  routes: readonly CheckedRoute[],
  authorizers: readonly Authorizer[],
): readonly CheckedAuthorizer[] =>
  authorizers.flatMap((authorizer, index) => {
    const { name, source } = authorizer;
    const isUsed = routes.some(({ route }) => route.authorizer === authorizer);
    if (!isUsed || source.kind !== "lambda") return [];
    return [{ name, source, where: `authorizers[${index}] ${name}` }];
  });
