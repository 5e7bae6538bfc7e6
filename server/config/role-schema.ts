// One entry of `roles`: for which claims which IAM role is assumed, and with what session. Limits and character sets
// are those of STS AssumeRole (https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html).
import { z } from "zod";
import { compileExpression } from "../core/cel.js";
import { accept, refuse, type Result } from "../core/result.js";
import { isRoleArn, isRoleArnPattern, maxRoleArnLength } from "../core/role-arn.js";
import { parseTextTemplate, type TextTemplate } from "../core/session-policy.js";
import { callVariables, duration, expression, parsedBy, shortName, text } from "./fields.js";
import { statementSchema } from "./statement-schema.js";

const callExpression = expression({ type: "string", variables: callVariables });
const tagExpression = expression({ type: "strings", variables: callVariables });

const tagKey = text(
  /^(?![Aa][Ww][Ss]:)[\p{L}\p{Z}\p{N}_.:/=+\-@]+$/u,
  128,
  "must be 1 to 128 letters, digits, spaces and _ . : / = + - @, and must not begin with aws:",
);

const roleArnAllowed = "must be the ARN of an IAM role, such as arn:aws:iam::123456789012:role/name";
const roleArn = text(/^arn:aws[a-z-]*:iam::.+:role\/.+$/, 2048, roleArnAllowed).transform(
  parsedBy(parseRoleArn),
);

/** Slots are checked when they are filled; what stands around them is checked here. */
function parseRoleArn(value: string): Result<TextTemplate, string> {
  const template = parseTextTemplate(value, (source) =>
    compileExpression(source, { type: "string", variables: callVariables }),
  );
  if (!template.ok) return template;
  const { literals, slots } = template.value;
  // A digit fits in an account as in a name.
  const stand = literals.join("0".repeat(12));
  if (slots.length === 0 ? isRoleArn(value) : /^arn:aws[a-z-]*:iam::\d{12,}:role\/[!-~]+$/.test(stand)) {
    return accept(template.value);
  }
  return refuse(roleArnAllowed);
}

const roleArnPattern = z.string().max(maxRoleArnLength).refine(isRoleArnPattern, {
  error:
    "must be the ARN of an IAM role in which * may stand once between two slashes, such as arn:aws:iam::123456789012:role/tenant-*",
});

// https://docs.aws.amazon.com/STS/latest/APIReference/API_PolicyDescriptorType.html
const policyArn = text(
  /^arn:aws[a-z-]*:iam::(?:aws|\d{12}):policy\/(?:[!-.0-~]+\/)*[\w+=,.@-]{1,128}$/,
  640,
  "must be the ARN of a managed policy, such as arn:aws:iam::123456789012:policy/name",
);

const tagsSchema = z.record(tagKey, tagExpression).superRefine((tags, context) => {
  const keys = Object.keys(tags);
  if (keys.length > 50) context.addIssue({ code: "custom", message: "may have at most 50 tags" });
  const firsts = new Map<string, string>();
  for (const key of keys) {
    const first = firsts.get(key.toLowerCase());
    if (first === undefined) firsts.set(key.toLowerCase(), key);
    else {
      const message = `is the same tag as ${first}: IAM ignores case in tag keys`;
      context.addIssue({ code: "custom", path: [key], message });
    }
  }
});

export const roleSchema = z.strictObject({
  name: shortName.describe("What routes call it by."),
  when: expression({ type: "bool", variables: callVariables }).describe(
    'CEL over `claims`, `issuer` and `route`. An error, such as a missing claim, means: does not match. "true" always matches.',
  ),
  roleArn: roleArn.describe("The role to assume. ${...} are CEL slots, and need roleArnPattern."),
  roleArnPattern: roleArnPattern
    .exactOptional()
    .describe("Which roles a roleArn with slots may name: * stands for name characters, never for / or :."),
  sessionName: callExpression
    .exactOptional()
    .describe("CEL. Left out: made of the issuer's name and `sub`, encoded without collisions."),
  sourceIdentity: callExpression
    .nullable()
    .exactOptional()
    .describe("CEL. Left out: the same as the session name; null: none is sent."),
  tags: tagsSchema.prefault({}).describe("Session tags: CEL for each value, a string or a list of strings."),
  transitiveTags: z
    .array(z.string())
    .max(50)
    .prefault([])
    .describe("Which of the tags stay when the session assumes a further role."),
  duration: duration("15m", "12h")
    .prefault("1h")
    .describe("How long sessions live; 1h at most while the gateway itself runs on a role."),
  externalId: text(/^[\w+=,.@:/-]{2,}$/, 1224, "must be 2 to 1224 letters, digits and + = , . @ : / -")
    .exactOptional()
    .describe("Sent as ExternalId."),
  policy: z
    .array(statementSchema)
    .max(20)
    .prefault([])
    .describe("Statements added to the session policy of granted credentials. ${...} are CEL slots."),
  policyArns: z
    .array(policyArn)
    .max(10)
    .prefault([])
    .describe(
      "Managed policies added as session policies of granted credentials, which may then do what these and the role allow.",
    ),
  bindSourceIp: z
    .boolean()
    .prefault(false)
    .describe("Granted credentials work from the caller's own address only (aws:SourceIp)."),
  probe: z
    .strictObject({
      sourceIdentity: text(/^[\w+=,.@-]{2,}$/, 64, "must be 2 to 64 letters, digits and + = , . @ - _")
        .exactOptional()
        .describe("Left out: grantway-readiness-probe."),
      tags: z
        .record(tagKey, text(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u, 256, "must be a tag's value as IAM takes it"))
        .prefault({})
        .describe("Values of the rule's tags. Left out: grantway-readiness-probe."),
    })
    .nullable()
    .exactOptional()
    .describe(
      "What /readyz assumes the role with, where its trust policy does not take any source identity or tag value. null: the role is not probed.",
    ),
});
export type RoleEntry = z.output<typeof roleSchema>;
