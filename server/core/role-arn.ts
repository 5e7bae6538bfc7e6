// The role a rule names: an ARN, or an ARN with CEL slots. A claim may choose among roles only where the rule says in
// a pattern of its own which roles those are; what a slot holds can neither begin a path nor end a name.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns
import type { Variables } from "./cel.js";
import { accept, refuse, type Result } from "./result.js";
import { fillTextTemplate, type TextTemplate } from "./session-policy.js";

export interface RoleArnTemplate {
  readonly template: TextTemplate;
  /** `*` stands for one or more characters of a role's name, never for a slash or a colon. */
  readonly pattern: string;
}

export const maxRoleArnLength = 640;
const roleArnShape = /^arn:aws[a-z-]*:iam::\d{12}:role\/(?:[!-.0-~]+\/)*[\w+=,.@-]{1,64}$/;
// One `*` between two slashes at most: then there is one way to match, and it takes no longer than the text is long.
const patternShape =
  /^arn:aws[a-z-]*:iam::\d{12}:role\/(?:(?=[^/])[\w+=,.@-]*\*?[\w+=,.@-]*\/)*(?=[^/])[\w+=,.@-]*\*?[\w+=,.@-]*$/;
const nameCharacters = "[\\w+=,.@-]+";
const slotShape = new RegExp(`^${nameCharacters}$`);

export const isRoleArn = (text: string): boolean =>
  text.length <= maxRoleArnLength && roleArnShape.test(text);

export const isRoleArnPattern = (text: string): boolean =>
  text.length <= maxRoleArnLength && patternShape.test(text);

/** Refuses `claim_unrepresentable`: a slot holds no name characters, or the whole is not a role of the pattern. */
export function fillRoleArn(roleArn: string | RoleArnTemplate, variables: Variables): Result<string> {
  if (typeof roleArn === "string") return accept(roleArn);
  const { template, pattern } = roleArn;
  const filled = fillTextTemplate(template, variables, slotFlaw);
  if (!filled.ok) return unrepresentable(filled.denial);
  if (!isRoleArn(filled.value)) return unrepresentable("the filled ARN is not the ARN of an IAM role");
  if (!matches(filled.value, pattern)) return unrepresentable(`the filled ARN does not match ${pattern}`);
  return filled;
}

const slotFlaw = (value: unknown): string | undefined =>
  typeof value === "string" && slotShape.test(value)
    ? undefined
    : "is not text of letters, digits and + = , . @ - _ only";

function matches(arn: string, pattern: string): boolean {
  const literals = pattern.split("*").map((text) => text.replace(/[.+]/g, "\\$&"));
  return new RegExp(`^${literals.join(nameCharacters)}$`).test(arn);
}

const unrepresentable = (cause: string) =>
  refuse({ reason: "claim_unrepresentable", slot: "roleArn", cause } as const);
