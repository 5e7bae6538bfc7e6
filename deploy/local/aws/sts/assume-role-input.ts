// The parameters of AssumeRole, checked as STS checks them, all faults at once.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
// Refused by name: PolicyArns, MFA, ProvidedContexts and whatever else is not read here.
import { parsePolicyText } from "../iam/parse-policy.js";
import type { AwsError, Outcome, PolicyDocument } from "../model.js";
import { checkMember, constraints, type Report } from "./constraints.js";
import { readParameters, type ParameterReader, type Parameters } from "./query-request.js";
import { checkTags, readTags, readTransitiveTagKeys, type Tag } from "./session-tags.js";

export interface AssumeRoleInput {
  readonly roleArn: string;
  readonly roleSessionName: string;
  readonly durationSeconds: number;
  readonly externalId?: string;
  readonly sourceIdentity?: string;
  readonly policy?: { readonly text: string; readonly document: PolicyDocument };
  readonly tags: readonly Tag[];
  readonly transitiveTagKeys: readonly string[];
}

export const validationError = (message: string): AwsError => ({
  status: 400,
  type: "ValidationError",
  message,
});

export function readAssumeRoleInput(parameters: Parameters): Outcome<AssumeRoleInput> {
  const faults: string[] = [];
  const reader = readParameters(parameters);
  const input = readInput(reader, (message) => void faults.push(message));
  for (const name of reader.rest()) faults.push(`${name} is not supported by the local twin`);
  if (faults.length > 0) {
    const plural = faults.length === 1 ? "error" : "errors";
    const message = `${faults.length} validation ${plural} detected: ${faults.join("; ")}`;
    return { ok: false, error: validationError(message) };
  }
  const { policyText, ...rest } = input;
  if (policyText === undefined) return { ok: true, value: rest };
  const policy = readPolicy(policyText);
  return policy.ok ? { ok: true, value: { ...rest, policy: policy.value } } : policy;
}

function readInput(
  parameters: ParameterReader,
  report: Report,
): Omit<AssumeRoleInput, "policy"> & { readonly policyText: string | undefined } {
  const optional = (name: keyof typeof constraints): string | undefined =>
    parameters.has(name) ? required(name) : undefined;
  const required = (name: keyof typeof constraints): string => {
    const value = parameters.take(name);
    checkMember(value, name.charAt(0).toLowerCase() + name.slice(1), constraints[name], report);
    return value ?? "";
  };
  parameters.take("Action");
  parameters.take("Version");
  const externalId = optional("ExternalId");
  const sourceIdentity = optional("SourceIdentity");
  const tags = readTags(parameters, report);
  const transitiveTagKeys = readTransitiveTagKeys(parameters, report);
  checkTags(tags, transitiveTagKeys, report);
  return {
    roleArn: required("RoleArn"),
    roleSessionName: required("RoleSessionName"),
    durationSeconds: readDuration(optional("DurationSeconds"), report),
    ...(externalId === undefined ? {} : { externalId }),
    ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
    policyText: optional("Policy"),
    tags,
    transitiveTagKeys,
  };
}

function readDuration(text: string | undefined, report: Report): number {
  if (text === undefined) return 3600;
  const seconds = Number(text);
  const fails = (bound: string): void =>
    report(
      `Value '${text}' at 'durationSeconds' failed to satisfy constraint: Member must have value ${bound}`,
    );
  if (seconds < 900) fails("greater than or equal to 900");
  if (seconds > 43_200) fails("less than or equal to 43200");
  return seconds;
}

function readPolicy(text: string): Outcome<NonNullable<AssumeRoleInput["policy"]>> {
  const parsed = parsePolicyText(text, "session");
  if (parsed.ok) return { ok: true, value: { text, document: parsed.value } };
  const faults = parsed.denial.map(({ path, message }) => (path === "" ? message : `${path} ${message}`));
  const message = `Syntax errors in policy: ${faults.join("; ")}`;
  return { ok: false, error: { status: 400, type: "MalformedPolicyDocument", message } };
}
