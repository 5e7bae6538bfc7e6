// SessionSpec -> the AssumeRole input, and nothing more: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
// What it holds was decided in authorize.ts; only the duration is settled here, from the clock and STS's own bounds.
import type { AssumeRoleCommandInput } from "@aws-sdk/client-sts";
import type { SessionSpec } from "./model.js";

/** AssumeRole gives no session shorter than this. */
export const stsFloorSeconds = 900;
/** STS refuses to give a role session a longer one ("role chaining"). */
export const chainedLimitSeconds = 3_600;

/** Exactly what STS is asked for. `now` in epoch milliseconds. */
export function assumeRoleInput(
  spec: SessionSpec,
  { now, isChained }: { readonly now: number; readonly isChained: boolean },
): AssumeRoleCommandInput {
  const wanted = isChained ? Math.min(spec.durationSeconds, chainedLimitSeconds) : spec.durationSeconds;
  const left = spec.notAfter === undefined ? wanted : Math.floor(spec.notAfter - now / 1000);
  return {
    RoleArn: spec.roleArn,
    RoleSessionName: spec.roleSessionName,
    // Under the floor the policy ends the session instead (core/policy-bounds.ts).
    DurationSeconds: Math.max(stsFloorSeconds, Math.min(wanted, left)),
    Policy: spec.policy,
    ...(spec.policyArns.length > 0 && { PolicyArns: spec.policyArns.map((arn) => ({ arn })) }),
    ...(spec.sourceIdentity !== undefined && { SourceIdentity: spec.sourceIdentity }),
    ...(spec.externalId !== undefined && { ExternalId: spec.externalId }),
    ...(spec.tags.length > 0 && { Tags: spec.tags.map(({ key, value }) => ({ Key: key, Value: value })) }),
    ...(spec.transitiveTagKeys.length > 0 && { TransitiveTagKeys: [...spec.transitiveTagKeys] }),
  };
}
