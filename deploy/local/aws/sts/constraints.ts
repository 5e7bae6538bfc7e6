// Lengths, values and alphabets of STS's parameters, as STS's own model gives them, and its words for what breaks them.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html , .../API_AssumeRoleWithWebIdentity.html

export interface Constraint {
  readonly length: readonly [least: number, most: number];
  /** The model's own pattern between ^ and $; absent where it has none. */
  readonly pattern?: RegExp;
}

export type Report = (message: string) => void;

const name = /^[\w+=,.@-]*$/;
// The model's last range, written for another regex engine, does not reach beyond the first 65,536 characters.
const arn = /^[\t\n\r\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD]+$/;

export const constraints = {
  RoleArn: { length: [20, 2048], pattern: arn },
  RoleSessionName: { length: [2, 64], pattern: name },
  PolicyArn: { length: [20, 2048], pattern: arn },
  Policy: { length: [1, 2048], pattern: /^[\t\n\r\u0020-\u00FF]+$/ },
  SourceIdentity: { length: [2, 64], pattern: name },
  ExternalId: { length: [2, 1224], pattern: /^[\w+=,.@:/-]*$/ },
  SerialNumber: { length: [9, 256], pattern: /^[\w+=/:,.@-]*$/ },
  TokenCode: { length: [6, 6], pattern: /^[\d]*$/ },
  TagKey: { length: [1, 128], pattern: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]+$/u },
  TagValue: { length: [0, 256], pattern: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u },
  WebIdentityToken: { length: [4, 20_000] },
} satisfies Record<string, Constraint>;

/** `least` to `most`; `otherwise` where the parameter is not there. */
export const integers = {
  DurationSeconds: { least: 900, most: 43_200, otherwise: 3600 },
  MinimumSessionTokenSize: { least: 0, most: 4096, otherwise: 0 },
};

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

export function readInteger(text: string | undefined, name: keyof typeof integers, report: Report): number {
  const { least, most, otherwise } = integers[name];
  if (text === undefined) return otherwise;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  const fails = (constraint: string): void => report(failed(text, memberName(name), constraint));
  if (Number.isNaN(value)) fails("Member must be a whole number");
  if (value < least) fails(`Member must have value greater than or equal to ${least}`);
  if (value > most) fails(`Member must have value less than or equal to ${most}`);
  return value;
}

/** A member as STS's texts have it: `RoleArn` is `roleArn`. */
export const memberName = (parameter: string): string =>
  parameter.charAt(0).toLowerCase() + parameter.slice(1);

const failed = (value: string, member: string, constraint: string): string =>
  `Value '${value.slice(0, 300)}' at '${member}' failed to satisfy constraint: ${constraint}`;
