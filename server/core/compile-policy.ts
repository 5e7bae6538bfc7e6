// SessionSpec's policy: what a session may do at most, compiled for one target (design.md section 5). Claim values
// enter only through typed slots and can never widen a statement; nothing is escaped silently.
import type { Variables } from "./cel.js";
import type { FunctionUrlTarget } from "./model.js";
import { accept, refuse, type Result } from "./result.js";
import type { StatementTemplate, TextTemplate } from "./session-policy.js";

/** STS's limit on the plain text of a session policy, in characters. */
export const maxPolicyLength = 2048;

export interface PolicyInput {
  readonly target: FunctionUrlTarget;
  /** The role rule's own statements; empty for the proxy door. */
  readonly statements: readonly StatementTemplate[];
  readonly variables: Variables;
  /** Epoch seconds. Nothing is allowed from here on. */
  readonly notAfter?: number;
}

/**
 * The session policy as JSON text: the target's statements, then the rule's.
 * Refuses `claim_unrepresentable` (a slot's value could widen the policy, or STS's alphabet has no letter for it) and
 * `session_too_large` (over 2,048 characters).
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export function compileSessionPolicy(input: PolicyInput): Result<string> {
  const statements: Statement[] = targetStatements(input.target);
  for (const [at, template] of input.statements.entries()) {
    const statement = fillStatement(template, input.variables, `policy[${at}]`);
    if (!statement.ok) return statement;
    statements.push(statement.value);
  }
  const limited = input.notAfter === undefined ? statements : endAllows(statements, input.notAfter);
  const policy = JSON.stringify({ Version: "2012-10-17", Statement: limited });
  if (policy.length > maxPolicyLength) {
    const cause = `the session policy has ${policy.length} characters; STS takes ${maxPolicyLength}`;
    return refuse({ reason: "session_too_large", slot: "policy", cause });
  }
  return accept(policy);
}

interface Statement {
  Sid?: string;
  Effect: "Allow" | "Deny";
  Action: string | readonly string[];
  Resource: string | readonly string[];
  Condition?: Record<string, Record<string, string | readonly string[]>>;
}

/**
 * A function URL asks for two permissions, each with a condition key that fits only itself.
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
 */
function targetStatements({ functionArn }: FunctionUrlTarget): Statement[] {
  return [
    {
      Effect: "Allow",
      Action: "lambda:InvokeFunctionUrl",
      Resource: functionArn,
      Condition: { StringEquals: { "lambda:FunctionUrlAuthType": "AWS_IAM" } },
    },
    {
      Effect: "Allow",
      Action: "lambda:InvokeFunction",
      Resource: functionArn,
      Condition: { Bool: { "lambda:InvokedViaFunctionUrl": "true" } },
    },
  ];
}

function fillStatement(template: StatementTemplate, variables: Variables, slot: string): Result<Statement> {
  const resources = fillAll(template.Resource, variables, "resource", `${slot}.Resource`);
  if (!resources.ok) return resources;
  const conditions = fillConditions(template.Condition, variables, `${slot}.Condition`);
  if (!conditions.ok) return conditions;
  return accept({
    ...(template.Sid === undefined ? {} : { Sid: template.Sid }),
    Effect: template.Effect,
    Action: template.Action,
    Resource: resources.value,
    ...(Object.keys(conditions.value).length > 0 && { Condition: conditions.value }),
  });
}

function fillConditions(
  templates: StatementTemplate["Condition"],
  variables: Variables,
  slot: string,
): Result<NonNullable<Statement["Condition"]>> {
  const conditions: NonNullable<Statement["Condition"]> = {};
  for (const [operator, keys] of Object.entries(templates)) {
    const filled: Record<string, readonly string[]> = (conditions[operator] = {});
    for (const [key, values] of Object.entries(keys)) {
      const texts = fillAll(values, variables, "condition", `${slot}.${operator}.${key}`);
      if (!texts.ok) return texts;
      filled[key] = texts.value;
    }
  }
  return accept(conditions);
}

type SlotKind = "resource" | "condition";

function fillAll(
  templates: readonly TextTemplate[],
  variables: Variables,
  kind: SlotKind,
  slot: string,
): Result<readonly string[]> {
  const texts: string[] = [];
  for (const template of templates) {
    const text = fillText(template, variables, kind, slot);
    if (!text.ok) return text;
    texts.push(text.value);
  }
  return accept(texts);
}

function fillText(
  template: TextTemplate,
  variables: Variables,
  kind: SlotKind,
  slot: string,
): Result<string> {
  let text = template.literals[0] ?? "";
  for (const [at, expression] of template.slots.entries()) {
    const value = expression.evaluate(variables);
    if (!value.ok) return unrepresentable(slot, value.denial);
    const flaw = slotFlaw(value.value, kind);
    if (flaw) return unrepresentable(slot, `the value of \${${expression.source}} ${flaw}`);
    text += `${String(value.value)}${template.literals[at + 1] ?? ""}`;
  }
  return accept(text);
}

// Wildcards, policy variables, and in an ARN what separates its parts.
const widening: Record<SlotKind, RegExp> = { resource: /[*?${}/:]/, condition: /[*?${}]/ };
// STS's alphabet for a policy, without the control characters it also takes: U+0020 to U+00FF.
const policyText = /^[\x20-\x7e\xa0-\xff]*$/;

/** Why a value may not stand in a slot; `undefined` when it may. The value itself is not quoted. */
function slotFlaw(value: unknown, kind: SlotKind): string | undefined {
  if (typeof value !== "string") return "is not a string";
  // `prefix-${x}*` with nothing in the slot would allow every prefix.
  if (value === "") return "is empty";
  if (widening[kind].test(value)) return `holds a character that could widen the policy`;
  if (!policyText.test(value)) return "holds a character above U+00FF or a control character";
  return undefined;
}

/** A Deny needs no end; an Allow without one would outlive the token within STS's floor of 900 seconds. */
function endAllows(statements: readonly Statement[], notAfter: number): Statement[] {
  const end = new Date(notAfter * 1000).toISOString().replace(".000Z", "Z");
  return statements.map((statement) =>
    statement.Effect === "Deny"
      ? statement
      : { ...statement, Condition: endBefore(statement.Condition, end) },
  );
}

const endBefore = (
  condition: Statement["Condition"] = {},
  end: string,
): NonNullable<Statement["Condition"]> => ({
  ...condition,
  // The configuration may not use this key under this operator (config/statement-schema.ts), so nothing is lost here.
  DateLessThan: { ...condition.DateLessThan, "aws:CurrentTime": end },
});

const unrepresentable = (slot: string, cause: string) =>
  refuse({ reason: "claim_unrepresentable", slot, cause } as const);
