// Policy statements as the configuration writes them: IAM's own grammar with `${...}` slots that hold CEL.
// Reading and filling only: which values a slot takes is decided where the text is used.
import type { Expression, Variables } from "./cel.js";
import { accept, refuse } from "./result.js";
import type { Result } from "./result.js";

/** Text with `${...}` slots: literal parts and expressions in turn, starting and ending with a literal. */
export interface TextTemplate {
  readonly literals: readonly string[];
  readonly slots: readonly Expression[];
}

/** A policy statement of the configuration. Slots stand only in Resource and in condition values. */
export interface StatementTemplate {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  readonly Action: readonly string[];
  readonly Resource: readonly TextTemplate[];
  readonly Condition: Readonly<Record<string, Readonly<Record<string, readonly TextTemplate[]>>>>;
}

type Compile = (source: string) => Result<Expression, string>;

/** `arn:aws:s3:::reports/${claims.tenant}/*` -> its literals and its compiled slots. */
export function parseTextTemplate(text: string, compile: Compile): Result<TextTemplate, string> {
  const literals: string[] = [];
  const slots: Expression[] = [];
  let rest = text;
  for (;;) {
    const start = rest.indexOf("${");
    if (start < 0) return accept({ literals: [...literals, rest], slots });
    const slot = parseSlot(rest.slice(start + 2), compile);
    if (!slot.ok) return slot;
    literals.push(rest.slice(0, start));
    slots.push(slot.value.expression);
    rest = slot.value.rest;
  }
}

// A `}` may also close a map or stand in a string of the expression. Up to such a brace the source is not yet
// complete and does not compile, so the first brace up to which it does compile is the one that ends the slot.
function parseSlot(text: string, compile: Compile): Result<{ expression: Expression; rest: string }, string> {
  let firstRefusal: string | undefined;
  for (let end = text.indexOf("}"); end >= 0; end = text.indexOf("}", end + 1)) {
    const compiled = compile(text.slice(0, end));
    if (compiled.ok) return accept({ expression: compiled.value, rest: text.slice(end + 1) });
    firstRefusal ??= explainSlot(text.slice(0, end), compiled.denial);
  }
  return refuse(firstRefusal ?? "has a ${ without its }");
}

function explainSlot(source: string, refusal: string): string {
  const isPolicyVariable = /^[a-z0-9-]+:/i.test(source);
  const hint = isPolicyVariable
    ? "; a slot is CEL on the claims, IAM's policy variables are not supported"
    : "";
  return `slot \${${source}}: ${refusal}${hint}`;
}

/** Why a value may not stand in a slot; `undefined` when it may. Must not quote the value. */
export type SlotFlaw = (value: unknown) => string | undefined;

/** Refuses with a sentence that names the slot's expression. */
export function fillTextTemplate(
  { literals, slots }: TextTemplate,
  variables: Variables,
  slotFlaw: SlotFlaw,
): Result<string, string> {
  let text = "";
  for (const [at, literal] of literals.entries()) {
    text += literal;
    const expression = slots[at];
    if (!expression) continue;
    const value = expression.evaluate(variables);
    if (!value.ok) return value;
    const flaw = slotFlaw(value.value);
    if (flaw !== undefined) return refuse(`the value of \${${expression.source}} ${flaw}`);
    text += String(value.value);
  }
  return accept(text);
}
