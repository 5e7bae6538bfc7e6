// AssumeRole: may this caller become that role with this name, identity, tags and policy? Both sides must say yes, the
// caller's own policies and the role's trust policy, for each of the actions that the request needs.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html , .../id_credentials_temp_control-access_monitor.html
import type { Clock } from "../../../../server/ports.js";
import { callerContext, type Warn } from "../iam/context.js";
import { evaluate, evaluateTrust, policiesOf } from "../iam/evaluate.js";
import type { AwsError, Caller, Outcome, Role, Template } from "../model.js";
import type { Sessions } from "../sessions.js";
import { validationError, type AssumeRoleInput } from "./assume-role-input.js";
import { packedPolicySize } from "./packed-policy-size.js";
import { neededActions, requestContexts } from "./request-context.js";
import { maxTags, type Tag } from "./session-tags.js";

export interface AssumeRoleSettings {
  readonly template: Template;
  readonly sessions: Sessions;
  readonly clock: Clock;
  readonly warn: Warn;
}

export interface AssumedRole {
  readonly session: Caller;
  /** In percent; absent when neither a policy nor tags were passed. */
  readonly packedPolicySize?: number;
}

/** A session that was itself got by assuming a role cannot lend for longer. */
const chainedSessionSeconds = 3600;

type Refused = Extract<Outcome<never>, { readonly ok: false }>;

export function assumeRole(
  caller: Caller,
  input: AssumeRoleInput,
  settings: AssumeRoleSettings,
): Outcome<AssumedRole> {
  const role = settings.template.roles.find(({ arn }) => arn === input.roleArn);
  if (role === undefined) {
    settings.warn(`${input.roleArn} is not a role of the template`);
    return refused(accessDenied(caller, "sts:AssumeRole", input.roleArn));
  }
  const inherited = inheritedTags(caller);
  const fault =
    findDurationFault(input, role) ??
    findInheritanceFault(caller, input, inherited) ??
    findDeniedAction(caller, role, input, inherited, settings);
  if (fault !== undefined) return refused(fault);
  const packed = packedPolicySize(input.policy?.text, input.tags);
  if (packed > 100) return refused(tooLarge(packed));
  const session = mint(caller, role, input, inherited, settings.sessions);
  const isPacked = input.policy !== undefined || input.tags.length > 0;
  return { ok: true, value: { session, ...(isPacked ? { packedPolicySize: packed } : {}) } };
}

const refused = (error: AwsError): Refused => ({ ok: false, error });

export const accessDenied = ({ arn }: Caller, action: string, resource: string): AwsError => ({
  status: 403,
  type: "AccessDenied",
  message: `User: ${arn} is not authorized to perform: ${action} on resource: ${resource}`,
});

const tooLarge = (percent: number): AwsError => ({
  status: 400,
  type: "PackedPolicyTooLarge",
  message: `Packed policy consumes ${percent}% of allotted space, please use smaller policy.`,
});

/** Transitive tags of the caller's session stay with every session that it makes. */
const inheritedTags = ({ tags, transitiveTagKeys }: Caller): readonly Tag[] =>
  transitiveTagKeys.map((key) => ({ key, value: tags[key] ?? "" }));

function findDurationFault({ durationSeconds }: AssumeRoleInput, role: Role): AwsError | undefined {
  if (durationSeconds > role.maxSessionDurationSeconds) {
    return validationError("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
  }
  return durationSeconds > chainedSessionSeconds
    ? validationError(
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
      )
    : undefined;
}

function findInheritanceFault(
  caller: Caller,
  input: AssumeRoleInput,
  inherited: readonly Tag[],
): AwsError | undefined {
  if (caller.sourceIdentity !== undefined && input.sourceIdentity !== undefined) {
    return validationError("The source identity of this session is set and cannot be passed again.");
  }
  const passed = new Set(input.tags.map(({ key }) => key.toLowerCase()));
  const again = inherited.find(({ key }) => passed.has(key.toLowerCase()));
  if (again !== undefined)
    return validationError(`The tag ${again.key} is inherited and cannot be passed again.`);
  const count = inherited.length + input.tags.length;
  return count > maxTags ? validationError(`The session would have more than ${maxTags} tags.`) : undefined;
}

function findDeniedAction(
  caller: Caller,
  role: Role,
  input: AssumeRoleInput,
  inherited: readonly Tag[],
  { template, clock, warn }: AssumeRoleSettings,
): AwsError | undefined {
  const base = callerContext(caller, template.region, clock());
  const policies = policiesOf(caller);
  const principal = { kind: "session", caller } as const;
  for (const action of neededActions(caller, input, inherited)) {
    for (const context of requestContexts(action, base, caller, input, inherited)) {
      const own = evaluate({ action, resource: role.arn, context }, policies, warn);
      const decision = own.allowed
        ? evaluateTrust(role.trustPolicy, { action, principal, context }, warn)
        : own;
      if (decision.allowed) continue;
      warn(`${caller.arn} -> ${role.arn}: ${decision.why}`);
      return accessDenied(caller, action, role.arn);
    }
  }
  return undefined;
}

function mint(
  caller: Caller,
  role: Role,
  input: AssumeRoleInput,
  inherited: readonly Tag[],
  sessions: Sessions,
): Caller {
  const sourceIdentity = input.sourceIdentity ?? caller.sourceIdentity;
  return sessions.mint(role, {
    sessionName: input.roleSessionName,
    durationSeconds: input.durationSeconds,
    ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
    ...(input.policy === undefined ? {} : { sessionPolicy: input.policy.document }),
    tags: Object.fromEntries([...inherited, ...input.tags].map(({ key, value }) => [key, value] as const)),
    transitiveTagKeys: [...inherited.map(({ key }) => key), ...input.transitiveTagKeys],
  });
}
