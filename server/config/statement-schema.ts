// A policy statement of a role: IAM's grammar, only what a session policy needs
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html). No Not* and no Principal.
import { z } from "zod";
import { compileExpression } from "../core/cel.js";
import { actionPattern, conditionOperatorPattern, maxActionLength } from "../core/policy-grammar.js";
import { parseTextTemplate } from "../core/session-policy.js";
import { callVariables, parsedBy, text } from "./fields.js";

const compileSlot = (source: string) =>
  compileExpression(source, { type: "string", variables: callVariables });

// STS takes a session policy of these characters only, and 2,048 of them at most.
const policyText = text(
  /^[\t\n\r\u0020-\u00ff]+$/,
  2048,
  "must be text of characters up to U+00FF, at most 2048 long",
);
const template = policyText.transform(parsedBy((value) => parseTextTemplate(value, compileSlot)));

function oneOrMore<Item extends z.ZodType>(item: Item) {
  const list = z.array(item).min(1).max(100);
  return z.union([item, list]).transform((value) => (Array.isArray(value) ? value : [value]));
}

const action = text(
  actionPattern,
  maxActionLength,
  "must be an action such as s3:GetObject or s3:Get*; slots are for Resource and Condition",
);

const conditionValue = z
  .union([z.boolean(), z.number()])
  .transform((value) => ({ literals: [String(value)], slots: [] }))
  .or(template);

const conditionOperator = text(
  conditionOperatorPattern,
  64,
  "must be one of IAM's condition operators, such as StringEquals or ForAnyValue:StringLike",
);
const conditionKey = text(/^[!-~]+$/, 256, "must be a condition key such as aws:RequestedRegion").refine(
  (key) => !key.includes("${"),
  { error: "takes no slot; slots are for values" },
);

const conditionSchema = z
  .record(conditionOperator, z.record(conditionKey, oneOrMore(conditionValue)))
  .superRefine((condition, context) => {
    for (const key of Object.keys(condition.DateLessThan ?? {})) {
      if (key.toLowerCase() !== "aws:currenttime") continue;
      // A granted session's end is written there, and a statement has room for one.
      const message = "is set by the gateway: the end of the session; use DateLessThanEquals";
      context.addIssue({ code: "custom", path: ["DateLessThan", key], message });
    }
  });

export const statementSchema = z.strictObject({
  Sid: text(/^[A-Za-z0-9]+$/, 128, "must be letters and digits")
    .exactOptional()
    .describe("Statement id."),
  Effect: z.enum(["Allow", "Deny"]).describe("Allow or Deny."),
  Action: oneOrMore(action).describe("One action or a list."),
  Resource: oneOrMore(template).describe("One ARN or a list. ${...} are CEL slots."),
  Condition: conditionSchema
    .prefault({})
    .describe("Operator, condition key, one value or a list. ${...} in values are CEL slots."),
});
