// JSON values <-> the values CEL works on. Objects become Maps, so that no name of JavaScript's own (`constructor`,
// `__proto__`) can be read from or hidden in a token; whole numbers become CEL ints. Sizes are bounded here, since
// the time an expression takes grows with what the token holds.
import { accept, refuse } from "./result.js";
import type { Result } from "./result.js";

export type CelValue =
  string | number | bigint | boolean | null | readonly CelValue[] | ReadonlyMap<string, CelValue>;

/** Members and elements of all levels together. Two nested walks over them stay near a million steps. */
export const maxValues = 1024;
/** The CEL library keeps a type per shape it has met; the depth bounds how many shapes there are. */
export const maxDepth = 10;

class TooMuch extends Error {}

function convert(value: unknown, depth: number, budget: { values: number }): CelValue {
  if (--budget.values < 0) throw new TooMuch(`more than ${maxValues} values`);
  if (depth > maxDepth) throw new TooMuch(`values nested deeper than ${maxDepth}`);
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map((element: unknown) => convert(element, depth + 1, budget));
  if (typeof value !== "object") throw new TooMuch(`a value that JSON does not know (${typeof value})`);
  const entries = Object.entries(value);
  return new Map(entries.map(([key, member]) => [key, convert(member, depth + 1, budget)]));
}

/** A JSON object as CEL sees it. Refuses with what it holds too much of. */
export function toCelMap(object: object): Result<CelValue, string> {
  try {
    return accept(convert(object, 0, { values: maxValues + 1 }));
  } catch (error) {
    if (error instanceof TooMuch) return refuse(error.message);
    throw error;
  }
}

/** What an expression gave, as JSON again. Refuses what JSON cannot hold: a timestamp, a type, an int past 2^53. */
export function fromCel(value: unknown): Result<unknown, string> {
  if (value === null || typeof value === "string" || typeof value === "boolean") return accept(value);
  if (typeof value === "number") return Number.isFinite(value) ? accept(value) : refuse("is not finite");
  if (typeof value === "bigint") return fromCelInt(value);
  if (Array.isArray(value)) return fromCelList(value);
  if (value instanceof Map) return fromCelEntries([...(value as ReadonlyMap<unknown, unknown>)]);
  if (typeof value === "object" && value.constructor === Object) return fromCelEntries(Object.entries(value));
  return refuse("is not a value that JSON can hold");
}

function fromCelInt(value: bigint): Result<unknown, string> {
  const number = Number(value);
  return Number.isSafeInteger(number) ? accept(number) : refuse("is an int beyond 2^53");
}

function fromCelList(list: readonly unknown[]): Result<unknown[], string> {
  const elements: unknown[] = [];
  for (const element of list) {
    const converted = fromCel(element);
    if (!converted.ok) return converted;
    elements.push(converted.value);
  }
  return accept(elements);
}

function fromCelEntries(entries: readonly (readonly [unknown, unknown])[]): Result<unknown, string> {
  const members = fromCelList(entries.map(([, member]) => member));
  if (!members.ok) return members;
  return accept(Object.fromEntries(entries.map(([key], index) => [String(key), members.value[index]])));
}
