// The JSON Schema (draft 2020-12) that editors check gateway.yaml with: made from the zod schema, so never a second
// opinion. It describes the document as written, before `${env.NAME}` is replaced and durations and CEL are read.
import { z } from "zod";
import { configurationSchema } from "./schema.js";

export function gatewayJsonSchema(): Readonly<Record<string, unknown>> {
  return allowReferences(z.toJSONSchema(configurationSchema, { io: "input" })) as Readonly<
    Record<string, unknown>
  >;
}

/** Wherever text of a shape or a number is asked for, `${env.NAME}` may stand instead. Keys are not replaced. */
function allowReferences(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(allowReferences);
  if (typeof node !== "object" || node === null) return node;
  const members = Object.entries(node).map(([key, member]: [string, unknown]) => [
    key,
    key === "propertyNames" ? member : allowReferences(member),
  ]);
  const copy = Object.fromEntries(members) as Record<string, unknown>;
  const isShaped = copy.type === "string" && ("pattern" in copy || "enum" in copy);
  if (!isShaped && copy.type !== "integer") return copy;
  const { description, default: fallback, ...shape } = copy;
  return {
    ...(description !== undefined && { description }),
    ...(fallback !== undefined && { default: fallback }),
    anyOf: [shape, { type: "string", pattern: "\\$\\{env\\." }],
  };
}

/** The text of gateway.schema.json. */
export function formatJsonSchema(): string {
  return `${JSON.stringify(gatewayJsonSchema(), null, 2)}\n`;
}
