// What a valid configuration says that its writer will hardly have meant. Only what is certain from its text: an
// expression that holds, or fails, for some claims only is nobody's fault.
import type { Settings } from "../config/compile.js";
import { formatPath } from "../config/fault.js";
import { factsOf } from "../core/expression-facts.js";
import { drainContradiction } from "../core/limit-contradictions.js";
import type { RoleRule, Route } from "../core/model.js";
import type { Case } from "./case-file.js";
import { expressionsIn } from "./expressions-in.js";
import { createWhyNever, type WhyNever } from "./unreachable-rules.js";

export interface Finding {
  /** note: nothing that is visible from here is wrong. */
  readonly severity: "warning" | "note";
  readonly path: string;
  readonly message: string;
}

/** `cases`: what `grantway test` would run; absent where nobody said. */
export function lint(settings: Settings, cases: readonly Case[] | undefined): readonly Finding[] {
  const whyNever = createWhyNever(settings.roles, settings.issuers);
  return [
    ...settings.roles.flatMap((rule, index) => unreachable(settings, whyNever, rule, index)),
    ...settings.routes.flatMap((route, index) => closed(whyNever, route, index)),
    ...settings.roles.flatMap((rule, index) => shortGrants(settings, whyNever, rule, index)),
    ...settings.roles.flatMap(unreadTags),
    ...cutCalls(settings),
    ...idleValkey(settings),
    ...(cases === undefined ? [] : unsetClaims(settings, cases)),
  ];
}

const warning = (path: readonly PropertyKey[], message: string): Finding => ({
  severity: "warning",
  path: formatPath(path),
  message,
});

function unreachable({ routes }: Settings, whyNever: WhyNever, rule: RoleRule, index: number): Finding[] {
  const own = routes.filter(({ roles }) => roles.includes(rule));
  if (own.length === 0) return [warning(["roles", index], `no route uses the role ${rule.name}`)];
  const reasons = new Set<string>();
  for (const route of own) {
    const reason = whyNever(rule, route);
    if (reason === undefined) return [];
    reasons.add(reason);
  }
  const message = `${rule.name} can never match: ${[...reasons].join("; ")}`;
  return [warning(["roles", index, "when"], message)];
}

function closed(whyNever: WhyNever, route: Route, index: number): Finding[] {
  const named: string[] = [];
  for (const rule of route.roles) {
    const reason = whyNever(rule, route);
    if (reason === undefined) return [];
    named.push(`${rule.name} (${reason})`);
  }
  return [warning(["routes", index], `no role can be had for ${route.key}: ${named.join(", ")}`)];
}

/** Twice botocore's window: so long a session is renewed before it, and not made anew at half of its life. */
const shortestGrantSeconds = 1_800;

function shortGrants({ routes }: Settings, whyNever: WhyNever, rule: RoleRule, index: number): Finding[] {
  if (rule.durationSeconds >= shortestGrantSeconds) return [];
  const granting = routes.filter(
    (route) => route.doors.has("grant") && route.roles.includes(rule) && whyNever(rule, route) === undefined,
  );
  if (granting.length === 0) return [];
  const message =
    `what ${granting.map(({ name }) => name).join(", ")} grants is soon within the last 15 minutes of its life, ` +
    "in which botocore and the AWS CLI ask the grant door again at each use; 30m or longer keeps it out of them";
  return [warning(["roles", index, "duration"], message)];
}

/** What /readyz would say, once the gateway runs. */
function cutCalls(settings: Settings): Finding[] {
  const contradiction = drainContradiction(settings);
  return contradiction === undefined ? [] : [warning(["listen", "drain"], contradiction)];
}

/** Calls in flight are counted in each process, so that no connection is made (rate-limits.ts). */
function idleValkey({ valkey, rateLimits }: Settings): Finding[] {
  if (valkey === undefined || rateLimits.some(({ window }) => window !== undefined)) return [];
  return [warning(["valkey"], "is not used: it counts `requests`, and no entry of rateLimits has any")];
}

/** Whoever reads a tag is in IAM, most often, and not to be seen from here. */
function unreadTags(rule: RoleRule, index: number): Finding[] {
  const keysRead = rule.policy.flatMap(({ Condition }) =>
    Object.values(Condition).flatMap((keys) => Object.keys(keys).map((key) => key.toLowerCase())),
  );
  return rule.tags.flatMap(({ key }): Finding[] => {
    const isRead = keysRead.includes(`aws:principaltag/${key.toLowerCase()}`);
    if (isRead || rule.transitiveTagKeys.includes(key)) return [];
    const message =
      `the tag is not transitive, and no policy of ${rule.name} here asks for aws:PrincipalTag/${key}; ` +
      "it is of use where a policy in IAM does";
    return [{ severity: "note", path: formatPath(["roles", index, "tags", key]), message }];
  });
}

function unsetClaims({ issuers, roles, routes, rateLimits }: Settings, cases: readonly Case[]): Finding[] {
  const set = new Set(cases.flatMap(({ claims }) => Object.keys(claims)));
  const sections = [
    ["issuers", issuers],
    ["roles", roles],
    ["routes", routes.map(({ headers, target }) => ({ headers, target }))],
    ["rateLimits", rateLimits],
  ] as const;
  return sections.flatMap(([section, entries]) =>
    entries.flatMap((entry, index) => {
      const sources = expressionsIn(entry).map(({ source }) => source);
      const claims = new Set(sources.flatMap((source) => factsOf(source).claims));
      return [...claims]
        .filter((claim) => claim !== "*" && !set.has(claim))
        .map((claim) => warning([section, index], `reads claims.${claim}, which no case sets`));
    }),
  );
}
