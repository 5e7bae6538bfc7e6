// Checks one parameter of the query protocol, in AWS's words for what breaks a service's own model.
import type { AwsError } from "../model.js";

export interface Constraint {
  readonly length: readonly [least: number, most: number];
  /** The model's own pattern between ^ and $; absent where it has none. */
  readonly pattern?: RegExp;
}

/** `least` to `most`; `otherwise` where the parameter is not there. */
export interface Range {
  readonly least: number;
  readonly most: number;
  readonly otherwise: number;
}

export type Report = (message: string) => void;

/** `undefined` is a member that is not there. */
export function checkMember(
  value: string | undefined,
  member: string,
  { length: [least, most], pattern }: Constraint,
  report: Report,
): void {
  if (value === undefined) {
    report(`Value null at '${member}' failed to satisfy constraint: Member must not be null`);
    return;
  }
  const fails = (constraint: string): void => report(failed(value, member, constraint));
  if (value.length < least) fails(`Member must have length greater than or equal to ${least}`);
  if (value.length > most) fails(`Member must have length less than or equal to ${most}`);
  if (pattern?.test(value) === false) {
    fails(`Member must satisfy regular expression pattern: ${pattern.source.slice(1, -1)}`);
  }
}

export function readInteger(
  text: string | undefined,
  member: string,
  { least, most, otherwise }: Range,
  report: Report,
): number {
  if (text === undefined) return otherwise;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  const fails = (constraint: string): void => report(failed(text, member, constraint));
  if (Number.isNaN(value)) fails("Member must be a whole number");
  if (value < least) fails(`Member must have value greater than or equal to ${least}`);
  if (value > most) fails(`Member must have value less than or equal to ${most}`);
  return value;
}

/** A member as the texts have it: `RoleArn` is `roleArn`. */
export const memberName = (parameter: string): string =>
  parameter.charAt(0).toLowerCase() + parameter.slice(1);

const failed = (value: string, member: string, constraint: string): string =>
  `Value '${value.slice(0, 300)}' at '${member}' failed to satisfy constraint: ${constraint}`;

/** All faults of a request in one. */
export const validationErrors = (faults: readonly string[]): AwsError => ({
  status: 400,
  type: "ValidationError",
  message: `${faults.length} validation ${faults.length === 1 ? "error" : "errors"} detected: ${faults.join("; ")}`,
});
