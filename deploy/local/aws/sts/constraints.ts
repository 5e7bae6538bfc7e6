// Lengths, values and alphabets of STS's parameters, as STS's own model gives them.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html , .../API_AssumeRoleWithWebIdentity.html
import type { Constraint, Range } from "../query-protocol/check-member.js";

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

export const integers = {
  DurationSeconds: { least: 900, most: 43_200, otherwise: 3600 },
  MinimumSessionTokenSize: { least: 0, most: 4096, otherwise: 0 },
} satisfies Record<string, Range>;
