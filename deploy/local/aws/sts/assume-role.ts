// AssumeRole: may this caller become that role with this name, identity, tags and policy? Both sides must say yes, the
// caller's own policies and the role's trust policy, for each of the actions that the request needs.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html , .../id_credentials_temp_control-access_monitor.html
import type { Clock } from "../../../../server/ports.js";
import { callerContext, type Warn } from "../iam/context.js";
import { evaluate, evaluateTrust, policiesOf } from "../iam/evaluate.js";
import { reportDenial } from "../iam/explain.js";
import type { AwsError, Caller, Outcome, Role, Template } from "../model.js";
import type { Sessions } from "../sessions.js";
import type { AssumeRoleInput } from "./assume-role-input.js";
import { findDurationFault, mintSession, type AssumedRole } from "./mint-session.js";
import { accessDenied, mfaFailed, refused, validationError } from "./refusals.js";
import { neededActions, requestContexts } from "./request-context.js";
import { maxTags, type Tag } from "./session-tags.js";

export interface AssumeRoleSettings {
  readonly template: Template;
  readonly sessions: Sessions;
  readonly clock: Clock;
  readonly warn: Warn;
  /** Say for a denied request which statement was missing. */
  readonly explain?: boolean;
}

export function assumeRole(
  caller: Caller,
  input: AssumeRoleInput,
  settings: AssumeRoleSettings,
): Outcome<AssumedRole> {
  if (!isRoleArn(input.roleArn)) return refused(validationError(`${input.roleArn} is invalid`));
  const mfaFault = findMfaFault(input);
  if (mfaFault !== undefined) return refused(mfaFault);
  const role = settings.template.roles.find(({ arn }) => arn === input.roleArn);
  if (role === undefined) {
    settings.warn(`${input.roleArn} is not a role of the template`);
    return refused(accessDenied(caller, "sts:AssumeRole", input.roleArn));
  }
  const inherited = inheritedTags(caller);
  const fault =
    findDurationFault(input, role, { isChained: true }) ??
    findInheritanceFault(caller, input, inherited) ??
    findDeniedAction(caller, role, input, inherited, settings);
  if (fault !== undefined) return refused(fault);
  const sourceIdentity = input.sourceIdentity ?? caller.sourceIdentity;
  const attributes = {
    ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
    tags: input.tags,
    inherited,
    transitiveTagKeys: [...inherited.map(({ key }) => key), ...input.transitiveTagKeys],
  };
  return mintSession(role, input, attributes, settings.sessions);
}

/** A role's path stands before its name. */
export const isRoleArn = (arn: string): boolean =>
  /^arn:aws:iam::\d{12}:role\/([\x21-\x7e]{1,510}\/)?[\w+=,.@-]{1,64}$/.test(arn);

/** A role's session has no MFA device, and there are no users here. */
const findMfaFault = ({ serialNumber, tokenCode }: AssumeRoleInput): AwsError | undefined =>
  serialNumber === undefined && tokenCode === undefined
    ? undefined
    : mfaFailed(serialNumber !== undefined && tokenCode !== undefined);

/** Transitive tags of the caller's session stay with every session that it makes. */
const inheritedTags = ({ tags, transitiveTagKeys }: Caller): readonly Tag[] =>
  transitiveTagKeys.map((key) => ({ key, value: tags[key] ?? "" }));

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
  settings: AssumeRoleSettings,
): AwsError | undefined {
  const { template, clock, warn } = settings;
  const base = callerContext(caller, template.region, clock());
  const policies = policiesOf(caller);
  const principal = { kind: "session", caller } as const;
  for (const action of neededActions(caller, input, inherited)) {
    for (const context of requestContexts(action, base, caller, role, input, inherited)) {
      const own = evaluate({ action, resource: role.arn, context }, policies, warn);
      const decision = own.allowed
        ? evaluateTrust(role.trustPolicy, { action, principal, context, role }, warn)
        : own;
      if (decision.allowed) continue;
      reportDenial(`${caller.arn} -> ${role.arn}`, decision, settings);
      return accessDenied(caller, action, role.arn);
    }
  }
  return undefined;
}
