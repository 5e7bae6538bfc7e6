// Reads the members of a request's JSON, each with SQS's bounds. A member that nobody asked for is refused: what the
// twin does not know it does not take. Pure.
import { isJsonObject, type JsonObject } from "../../../../server/core/strict-json.js";
import type { Outcome } from "../model.js";
import { invalid, missing, notServed } from "./refusals.js";

export type Input = JsonObject;
export const isInput = isJsonObject;

const given = (value: unknown): boolean => value !== undefined && value !== null;

export const refuseOthers = (input: Input, known: readonly string[]): Outcome<void> => {
  const other = Object.keys(input).find((name) => !known.includes(name) && given(input[name]));
  return other === undefined ? { ok: true, value: undefined } : notServed(`The parameter ${other}`);
};

export const readText = (input: Input, name: string): Outcome<string> => {
  const value = input[name];
  if (!given(value) || value === "") return missing(name);
  return typeof value === "string" ? { ok: true, value } : invalid(value, name, "Must be a string");
};

export const readInteger = <T>(
  input: Input,
  name: string,
  [least, most]: readonly [number, number],
  fallback: T,
): Outcome<number | T> => {
  const value = input[name];
  if (!given(value)) return { ok: true, value: fallback };
  return typeof value === "number" && Number.isInteger(value) && value >= least && value <= most
    ? { ok: true, value }
    : invalid(value, name, `Must be between ${least} and ${most}`);
};

export const readTexts = (input: Input, name: string): Outcome<readonly string[]> => {
  const value = input[name] ?? [];
  const texts = Array.isArray(value) ? (value as unknown[]) : [undefined];
  return texts.every((text) => typeof text === "string")
    ? { ok: true, value: texts }
    : invalid(value, name, "Must be a list of strings");
};
