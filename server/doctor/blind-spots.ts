// What a doctor could not see, and what would let it: each once, with the permission that it needs.
import type { Facts, Look, Unseen } from "./facts.js";
import type { Blind } from "./finding.js";
import type { Scope } from "./scope.js";

export function blindSpots(scope: Scope, facts: Facts): readonly Blind[] {
  const rules = scope.rules.flatMap(({ rule, roleArn, where }): readonly Blind[] => {
    const probe = facts.probes.get(rule.name);
    const role = facts.roles.get(roleArn);
    return [
      // What STS answered is more than a trust policy says.
      ...(probe?.outcome === "ok" ? [] : unseenOf([where], role)),
      ...unseenOf([where], facts.rolePolicies.get(roleArn)),
      ...(probe?.outcome === "failed"
        ? [{ where: [where], sentence: `could not probe: ${probe.message}` }]
        : []),
      ...(role?.ok && role.value.hasBoundary
        ? [{ where: [where], sentence: "could not see what the role's permissions boundary takes away" }]
        : []),
    ];
  });
  const routes = scope.routes.flatMap(({ route: { target }, where }): readonly Blind[] => {
    const seen = target.kind === "executeApi" ? undefined : facts.functions.get(target.functionArn);
    if (!seen) return [];
    const looks = [seen.timeoutSeconds, seen.reserved, ...(target.kind === "functionUrl" ? [seen.url] : [])];
    return looks.flatMap((look) => unseenOf([where], look));
  });
  const wasDenied = [...facts.probes.values()].some(({ outcome }) => outcome === "denied");
  const needsOwn = wasDenied || scope.rules.some(({ rule }) => !facts.probes.has(rule.name));
  return merge([
    ...(facts.clock ? [] : [{ where: ["this machine"], sentence: "could not see STS's clock" }]),
    ...scope.openRules.map((where) => ({
      where: [where],
      sentence: "could not see its role: a claim chooses it; look at one with --role-arn",
    })),
    ...(needsOwn ? unseenOf(["the gateway's own role"], facts.ownPolicies) : []),
    ...rules,
    ...routes,
    ...unseenOf(["the load balancer"], facts.loadBalancer),
  ]);
}

function unseenOf(where: readonly string[], look: Look<unknown> | undefined): readonly Blind[] {
  if (look === undefined || look.ok || look.denial.kind === "absent") return [];
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
