// What a doctor could not see, and what would let it: each once, with the permission that it needs.
import { arnParts } from "../core/arn.js";
import type { RoleRule } from "../core/model.js";
import { dryRunKey, type Facts, type Look, type Unseen } from "./facts.js";
import type { Blind } from "./finding.js";
import type { CheckedRoute, CheckedRule, Scope } from "./scope.js";

export function blindSpots(scope: Scope, facts: Facts): readonly Blind[] {
  const spots = merge([
    ...(facts.clock ? [] : [{ where: ["this machine"], sentence: "could not see STS's clock" }]),
    ...scope.openRules.map((where) => ({
      where: [where],
      sentence: "could not see its role: a claim chooses it; look at one with --role-arn",
    })),
    ...(needsOwnPolicies(scope, facts) ? unseenOf(["the gateway's own role"], facts.ownPolicies) : []),
    ...scope.rules.flatMap((checked) => ruleSpots(checked, scope, facts)),
    ...scope.routes.flatMap((checked) => routeSpots(checked, facts)),
    ...scope.authorizers.flatMap(({ source: { functionArn }, where }) => {
      const seen = facts.functions.get(functionArn);
      return [seen?.timeoutSeconds, seen?.reserved].flatMap((look) => unseenOf([where], look));
    }),
    ...policiesUnseen(scope, facts),
    ...unclearOf(facts),
    ...unseenOf(["the load balancer"], facts.loadBalancer),
  ]);
  const isReaderLost = facts.readerIsGateway && spots.some(({ sentence }) => sentence.includes(" needs "));
  return isReaderLost ? [lostReader, ...spots] : spots;
}

/** What was tried and worked needs no reading. */
function needsOwnPolicies({ rules, authorizers }: Scope, { probes, dryRuns }: Facts): boolean {
  const wasDenied = [...probes.values()].some(({ outcome }) => outcome === "denied");
  const isUntried = authorizers.some(
    ({ name, source }) => dryRuns.get(dryRunKey(name, source.functionArn))?.ok !== true,
  );
  return wasDenied || isUntried || rules.some(({ rule }) => !probes.has(rule.name));
}

function ruleSpots({ rule, roleArn, where }: CheckedRule, scope: Scope, facts: Facts): readonly Blind[] {
  const probe = facts.probes.get(rule.name);
  const role = facts.roles.get(roleArn);
  return [
    // STS may have said who is trusted; whether the role has a boundary it does not say.
    ...unseenOf([where], role),
    ...(isTried(rule, scope, facts) ? [] : unseenOf([where], facts.rolePolicies.get(roleArn))),
    ...(probe?.outcome === "failed"
      ? [{ where: [where], sentence: `could not probe: ${probe.message}` }]
      : []),
    ...(role?.ok && role.value.hasBoundary
      ? [{ where: [where], sentence: "could not see what the role's permissions boundary takes away" }]
      : []),
  ];
}

function routeSpots({ route: { target }, where }: CheckedRoute, { functions }: Facts): readonly Blind[] {
  const seen = target.kind === "executeApi" ? undefined : functions.get(target.functionArn);
  // That Lambda knows nobody there is a finding.
  if (!seen || (!seen.timeoutSeconds.ok && seen.timeoutSeconds.denial.kind === "region")) return [];
  const looks = [seen.timeoutSeconds, seen.reserved, ...(target.kind === "functionUrl" ? [seen.url] : [])];
  return looks.flatMap((look) => unseenOf([where], look));
}

const lostReader: Blind = {
  where: ["--reader-profile"],
  sentence:
    "could not see: it gave the gateway's own credentials (has its login ended, or does its command fail?)",
};

/** Whether each call that its sessions make was tried with Lambda itself. */
function isTried(rule: RoleRule, { routes }: Scope, { dryRuns }: Facts): boolean {
  return routes
    .filter(({ route }) => route.roles.includes(rule))
    .every(({ route: { target } }) => {
      return target.kind === "invoke" && dryRuns.get(dryRunKey(rule.name, target.functionArn))?.ok === true;
    });
}

/** Between accounts the function's own policy counts as much as the role's. */
function policiesUnseen({ rules, routes }: Scope, { functions }: Facts): readonly Blind[] {
  return routes.flatMap(({ route: { target, roles }, where }) => {
    if (target.kind === "executeApi") return [];
    const { accountId } = arnParts(target.functionArn);
    const isElsewhere = rules.some(
      ({ rule, roleArn }) => roles.includes(rule) && arnParts(roleArn).accountId !== accountId,
    );
    return isElsewhere ? unseenOf([where], functions.get(target.functionArn)?.policy) : [];
  });
}

function unclearOf({ fly }: Facts): readonly Blind[] {
  if (fly === undefined) return [];
  const { file, killSeconds, services, unread } = fly;
  const could = (not: string): Blind => ({ where: [file], sentence: `could not see: ${not}` });
  if (unread !== undefined) return [could(unread)];
  const noDuration = (key: string): Blind => could(`${key} is no duration that is known here`);
  return [
    ...(killSeconds === "unclear" ? [noDuration("kill_timeout")] : []),
    ...services
      .filter(({ idleSeconds }) => idleSeconds === "unclear")
      .map(({ table }) => noDuration(`idle_timeout of [${table}.http_options]`)),
    ...(services.length === 0 ? [could('no [http_service], and no [[services.ports]] with "http"')] : []),
  ];
}

function unseenOf(where: readonly string[], look: Look<unknown> | undefined): readonly Blind[] {
  if (look === undefined || look.ok) return [];
  // That it is not there is a finding.
  if (look.denial.kind === "absent" || look.denial.kind === "renamed") return [];
  return [{ where, sentence: sentenceOf(look.denial) }];
}

const sentenceOf = ({ kind, needs, sentence }: Unseen): string =>
  kind === "denied" ? `could not see: needs ${needs}` : `could not see: ${sentence}`;

function merge(spots: readonly Blind[]): readonly Blind[] {
  const bySentence = new Map<string, Blind>();
  for (const { where, sentence } of spots) {
    const before = bySentence.get(sentence)?.where ?? [];
    bySentence.set(sentence, { where: [...new Set([...before, ...where])], sentence });
  }
  return [...bySentence.values()];
}
