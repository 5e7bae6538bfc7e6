// Lengths and alphabets of STS's parameters, as STS's own model gives them, and its words for a value that breaks them.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html

export interface Constraint {
  readonly length: readonly [least: number, most: number];
  readonly pattern: RegExp;
}

export type Report = (message: string) => void;

const name = /^[A-Za-z0-9_+=,.@-]*$/;
const tagText = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

export const constraints = {
  RoleArn: { length: [20, 2048], pattern: /^[\x21-\x7e]*$/ },
  RoleSessionName: { length: [2, 64], pattern: name },
  SourceIdentity: { length: [2, 64], pattern: /^(?!aws:)[A-Za-z0-9_+=,.@-]*$/i },
  ExternalId: { length: [2, 1224], pattern: /^[A-Za-z0-9_+=,.@:/-]*$/ },
  Policy: { length: [1, 2048], pattern: /^[\t\n\r\u0020-\u00FF]*$/ },
  DurationSeconds: { length: [1, 9], pattern: /^\d*$/ },
  TagKey: { length: [1, 128], pattern: tagText },
  TagValue: { length: [0, 256], pattern: tagText },
} satisfies Record<string, Constraint>;

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
  const fails = (constraint: string): void =>
    report(`Value '${value.slice(0, 300)}' at '${member}' failed to satisfy constraint: ${constraint}`);
  if (value.length < least) fails(`Member must have length greater than or equal to ${least}`);
  if (value.length > most) fails(`Member must have length less than or equal to ${most}`);
  if (!pattern.test(value)) fails(`Member must satisfy regular expression pattern: ${pattern.source}`);
}
