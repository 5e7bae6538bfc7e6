// Role rules -> the AssumeRole calls that show whether their roles can be had at all, before a caller asks. A probe is
// like a caller's session in all that a trust policy may ask for (name, source identity, tags, external id, duration), with
// constants in place of claims, and its session policy allows nothing.
import type { RoleRule, SessionSpec } from "./model.js";

/** Session name, source identity and tag values of a probe: what CloudTrail and trust policies see. */
export const probeName = "grantway-readiness-probe";

export interface RoleProbe {
  /** Names of the rules that it stands for. */
  readonly rules: readonly string[];
  readonly spec: SessionSpec;
}

export interface ProbePlan {
  /** One for each distinct AssumeRole: rules of one role that ask alike share theirs. */
  readonly probes: readonly RoleProbe[];
  /** A sentence for each rule that has none. */
  readonly unprobed: readonly string[];
}

export function probePlan(rules: readonly RoleRule[]): ProbePlan {
  const probes = new Map<string, { rules: string[]; spec: SessionSpec }>();
  const unprobed: string[] = [];
  for (const rule of rules) {
    const spec = probeSpec(rule);
    if (typeof spec === "string") {
      unprobed.push(spec);
      continue;
    }
    const key = JSON.stringify({ ...spec, rule: "" });
    const known = probes.get(key);
    if (known) known.rules.push(rule.name);
    else probes.set(key, { rules: [rule.name], spec });
  }
  return { probes: [...probes.values()], unprobed };
}

export const isProbe = (spec: SessionSpec): boolean => spec.caller === prober;

/** No caller of any issuer's. */
const prober: SessionSpec["caller"] = { issuer: "urn:grantway:readiness", subject: probeName };

/** Whatever else the role is given. */
export const denyAll = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}';

/** A sentence where the role cannot be asked for beforehand. */
function probeSpec({ probe, roleArn, ...rule }: RoleRule): SessionSpec | string {
  if (probe === null) return `the role of rule ${rule.name} is not probed: probe is null`;
  if (typeof roleArn !== "string")
    return `the roles of rule ${rule.name} are not probed: a claim says which one it is`;
  return {
    caller: prober,
    rule: rule.name,
    roleArn,
    roleSessionName: probeName,
    ...(rule.sourceIdentity !== null && { sourceIdentity: probe?.sourceIdentity ?? probeName }),
    tags: rule.tags.map(({ key }) => ({ key, value: probe?.tags[key] ?? probeName })),
    transitiveTagKeys: rule.transitiveTagKeys,
    // The rule's own: STS refuses one that is longer than the role's maximum.
    durationSeconds: rule.durationSeconds,
    ...(rule.externalId !== undefined && { externalId: rule.externalId }),
    policy: denyAll,
    policyArns: [],
  };
}
