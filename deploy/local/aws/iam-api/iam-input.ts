// The parameters of IAM's reads, held to IAM's own model: lengths, alphabets, all faults at once. One that an action does
// not take is refused by name. https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html
import type { Outcome } from "../model.js";
import {
  checkMember,
  memberName,
  readInteger,
  validationErrors,
  type Constraint,
  type Report,
} from "../query-protocol/check-member.js";
import { readParameters, type ParameterReader, type Parameters } from "../query-protocol/query-request.js";

const constraints = {
  RoleName: { length: [1, 64], pattern: /^[\w+=,.@-]+$/ },
  PolicyName: { length: [1, 128], pattern: /^[\w+=,.@-]+$/ },
  PolicyArn: { length: [20, 2048], pattern: /^arn:aws:iam::(?:aws|\d{12}):policy\/[!-~]+$/ },
  VersionId: { length: [2, 32], pattern: /^v[1-9][0-9]*(?:\.[A-Za-z0-9-]*)?$/ },
  PathPrefix: { length: [1, 512], pattern: /^(?:\/|\/[!-~]+\/)$/ },
  Marker: { length: [1, 320], pattern: /^[ -\u00FF]+$/ },
} satisfies Record<string, Constraint>;

const page = { least: 1, most: 1000, otherwise: 100 };

export type IamParameter = keyof typeof constraints;

export interface Takes {
  readonly required: readonly IamParameter[];
  /** Those of a list: Marker and MaxItems, and what narrows it. */
  readonly optional?: readonly IamParameter[];
}

export interface IamInput {
  /** An empty text where an optional parameter is not there. */
  readonly text: Readonly<Record<IamParameter, string>>;
  readonly maxItems: number;
}

export function readIamInput(parameters: Parameters, { required, optional }: Takes): Outcome<IamInput> {
  const faults: string[] = [];
  const report: Report = (message) => void faults.push(message);
  const reader = readParameters(parameters);
  reader.take("Action");
  reader.take("Version");
  const there = (optional ?? []).filter((name) => reader.has(name));
  const text = { ...nothing };
  for (const name of [...required, ...there]) text[name] = readText(reader, name, report);
  const size = optional === undefined ? undefined : reader.take("MaxItems");
  const input = { text, maxItems: readInteger(size, "maxItems", page, report) };
  for (const name of reader.rest()) report(`${name} is not supported by the local twin`);
  return faults.length > 0 ? { ok: false, error: validationErrors(faults) } : { ok: true, value: input };
}

const nothing: Readonly<Record<IamParameter, string>> = {
  ...{ RoleName: "", PolicyName: "", PolicyArn: "", VersionId: "", PathPrefix: "", Marker: "" },
};

function readText(reader: ParameterReader, name: IamParameter, report: Report): string {
  const value = reader.take(name);
  checkMember(value, memberName(name), constraints[name], report);
  return value ?? "";
}
