// What AssumeRole and AssumeRoleWithWebIdentity both ask for, checked as STS checks it, all faults at once. A parameter
// that nobody read is refused by name.
import type { ManagedPolicy, Outcome } from "../model.js";
import {
  checkMember,
  memberName,
  readInteger,
  validationErrors,
  type Report,
} from "../query-protocol/check-member.js";
import { readParameters, type ParameterReader, type Parameters } from "../query-protocol/query-request.js";
import { constraints, integers } from "./constraints.js";
import { refused } from "./refusals.js";
import { findSessionPolicy, readPassedPolicies, type SessionPolicy } from "./session-policies.js";

export interface SessionRequest {
  readonly roleArn: string;
  readonly roleSessionName: string;
  readonly durationSeconds: number;
  readonly minimumTokenBytes: number;
  readonly policy?: SessionPolicy;
}

export interface MemberReader {
  /** Checks the value, and that it is there. */
  readonly required: (name: keyof typeof constraints) => string;
  readonly optional: (name: keyof typeof constraints) => string | undefined;
  readonly integer: (name: keyof typeof integers) => number;
}

/** `readMore` reads the action's own parameters. */
export function readSessionRequest<T extends object>(
  parameters: Parameters,
  managedPolicies: readonly ManagedPolicy[],
  readMore: (members: MemberReader, parameters: ParameterReader, report: Report) => T,
): Outcome<SessionRequest & T> {
  const faults: string[] = [];
  const report: Report = (message) => void faults.push(message);
  const reader = readParameters(parameters);
  const members = readMembers(reader, report);
  reader.take("Action");
  reader.take("Version");
  const input = {
    roleArn: members.required("RoleArn"),
    roleSessionName: members.required("RoleSessionName"),
    durationSeconds: members.integer("DurationSeconds"),
    minimumTokenBytes: members.integer("MinimumSessionTokenSize"),
    ...readMore(members, reader, report),
  };
  const passed = readPassedPolicies(reader, report);
  for (const name of reader.rest()) report(`${name} is not supported by the local twin`);
  if (faults.length > 0) return refused(validationErrors(faults));
  const policy = findSessionPolicy(passed, managedPolicies);
  if (!policy.ok) return policy;
  return { ok: true, value: { ...input, ...(policy.value && { policy: policy.value }) } };
}

function readMembers(reader: ParameterReader, report: Report): MemberReader {
  const required = (name: keyof typeof constraints): string => {
    const value = reader.take(name);
    checkMember(value, memberName(name), constraints[name], report);
    return value ?? "";
  };
  return {
    required,
    optional: (name) => (reader.has(name) ? required(name) : undefined),
    integer: (name) => readInteger(reader.take(name), memberName(name), integers[name], report),
  };
}
