// SessionSpec's policy: what a session may do at most, compiled for one route, its target and no other. Claim values
// enter only through typed slots and can never widen a statement; nothing is escaped silently.
import type { Variables } from "./cel.js";
import { boundAllows, denyOutside } from "./policy-bounds.js";
import type { Conditions, PolicyBounds, Statement } from "./policy-bounds.js";
import { accept, refuse, type Result } from "./result.js";
import { targetStatements, type TargetedRoute } from "./target-statements.js";
import { fillTextTemplate, type StatementTemplate, type TextTemplate } from "./session-policy.js";

/** STS's limit on the plain text of a session policy and the ARNs of managed ones together, in characters. */
export const maxPolicyLength = 2048;

export interface PolicyInput extends PolicyBounds {
  readonly route: TargetedRoute;
  /** The role rule's own statements; empty for the proxy door. */
  readonly statements: readonly StatementTemplate[];
  /** Managed policies that go with the session; empty for the proxy door. */
  readonly policyArns: readonly string[];
  readonly variables: Variables;
}

/**
 * The session policy as JSON text: the route's statements, then the rule's.
 * Refuses `claim_unrepresentable` (a slot's value could widen the policy, or STS's alphabet has no letter for it) and
 * `session_too_large` (over 2,048 characters, the managed policies' ARNs included).
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export function compileSessionPolicy(input: PolicyInput): Result<string> {
  const statements: Statement[] = targetStatements(input.route);
  for (const [at, template] of input.statements.entries()) {
    const statement = fillStatement(template, input.variables, `policy[${at}]`);
    if (!statement.ok) return statement;
    statements.push(statement.value);
  }
  const bounded =
    input.policyArns.length > 0 ? [...statements, ...denyOutside(input)] : boundAllows(statements, input);
  const policy = JSON.stringify({ Version: "2012-10-17", Statement: bounded });
  const length = policy.length + input.policyArns.join("").length;
  if (length > maxPolicyLength) {
    const what = input.policyArns.length > 0 ? "session policy with its policyArns" : "session policy";
    const cause = `the ${what} has ${length} characters; STS takes ${maxPolicyLength}`;
    return refuse({ reason: "session_too_large", slot: "policy", cause });
  }
  return accept(policy);
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
): Result<Conditions> {
  const conditions: Conditions = {};
  for (const [operator, keys] of Object.entries(templates)) {
    const filled: Record<string, readonly string[]> = (conditions[operator] = {});
    for (const [key, values] of Object.entries(keys)) {
      const texts = fillAll(values, variables, slotKindOf(operator), `${slot}.${operator}.${key}`);
      if (!texts.ok) return texts;
      filled[key] = texts.value;
    }
  }
  return accept(conditions);
}

/** resource: a part of an ARN. address: where IAM would take a block of addresses too. */
type SlotKind = "resource" | "address" | "condition";

function slotKindOf(operator: string): SlotKind {
  if (/Arn(?:Not)?(?:Equals|Like)/.test(operator)) return "resource";
  return operator.includes("IpAddress") ? "address" : "condition";
}

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
  const text = fillTextTemplate(template, variables, (value) => slotFlaw(value, kind));
  return text.ok ? text : unrepresentable(slot, text.denial);
}

// Wildcards, policy variables, and in an ARN what separates its parts.
const widening: Record<SlotKind, RegExp> = {
  resource: /[*?${}/:]/,
  address: /[^0-9A-Fa-f.:]/,
  condition: /[*?${}]/,
};
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

const unrepresentable = (slot: string, cause: string) =>
  refuse({ reason: "claim_unrepresentable", slot, cause } as const);
