// A rule's AssumeRole as the gateway would send it, but with the doctor's own values and a policy that allows nothing.
// STS names one missing action at a time, so it is asked again without what it named.
import { chainedLimitSeconds } from "../core/assume-role-input.js";
import type { Probe } from "./facts.js";
import type { DoctorPorts, ProbeRequest } from "./ports.js";
import type { CheckedRule } from "./scope.js";

/** What real callers have, where a trust policy asks for more than that something is there. Else the rule's own `probe`. */
export interface ProbeValues {
  readonly tags: Readonly<Record<string, string>>;
  readonly sourceIdentity: string;
}

const placeholder = "grantway-doctor";

export function probeRequest(
  { rule, roleArn }: CheckedRule,
  values: Partial<ProbeValues>,
  isChained: boolean,
): ProbeRequest {
  const { durationSeconds } = rule;
  return {
    roleArn,
    durationSeconds: isChained ? Math.min(durationSeconds, chainedLimitSeconds) : durationSeconds,
    tags: rule.tags.map(({ key }) => ({
      key,
      value: values.tags?.[key] ?? rule.probe?.tags[key] ?? placeholder,
    })),
    transitiveTagKeys: rule.transitiveTagKeys,
    ...(rule.sourceIdentity !== null && {
      sourceIdentity: values.sourceIdentity ?? rule.probe?.sourceIdentity ?? placeholder,
    }),
    ...(rule.externalId !== undefined && { externalId: rule.externalId }),
  };
}

export async function probe(assume: DoctorPorts["assume"], request: ProbeRequest): Promise<Probe> {
  const first = await assume(request);
  if (first.outcome !== "denied") return first;
  const { action, message } = first;
  const less = without(request, action);
  const second = less && (await assume(less));
  // Without its tags a request may break a condition of the trust policy: that AssumeRole says nothing new.
  const isNews = second?.outcome === "denied" && ![action, "sts:AssumeRole"].includes(second.action);
  return { outcome: "denied", actions: isNews ? [action, second.action] : [action], message };
}

function without(request: ProbeRequest, action: string): ProbeRequest | undefined {
  const { sourceIdentity, ...rest } = request;
  if (action === "sts:TagSession") return { ...request, tags: [], transitiveTagKeys: [] };
  return action === "sts:SetSourceIdentity" && sourceIdentity !== undefined ? rest : undefined;
}
