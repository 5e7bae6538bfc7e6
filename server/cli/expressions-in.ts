// Every CEL expression of a part of the settings, wherever it stands.
import type { Expression } from "../core/cel.js";

export function expressionsIn(value: unknown): Expression[] {
  if (typeof value !== "object" || value === null) return [];
  return isExpression(value) ? [value] : Object.values(value).flatMap(expressionsIn);
}

const isExpression = (value: object): value is Expression =>
  "source" in value && "evaluate" in value && typeof value.source === "string";
