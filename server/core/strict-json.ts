// Parses a JSON object the strict way RFC 7515 section 4 and RFC 7519 section 4 offer: member names are
// unique. Two readers that keep different duplicates would see two different tokens.
import { accept, refuse, type Result } from "./result.js";

export type JsonObject = Readonly<Record<string, unknown>>;

/** Deeper than any claim set in use, and shallow enough for every recursive reader after us. */
const maxDepth = 32;

/** The refusal is the second half of a sentence: "is not JSON". It never quotes the text. */
export const parseJsonObject = (text: string): Result<JsonObject, string> => {
  const value = parseJson(text);
  if (value === undefined) return refuse("is not JSON");
  if (!isJsonObject(value)) return refuse("is not a JSON object");
  const fault = structureFault(text);
  return fault === undefined ? accept(value) : refuse(fault);
};

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** `undefined` for what is no JSON: no JSON text means that. */
export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

// In valid JSON a string that a colon follows is a member name, and brackets outside strings nest.
const stringOrBracket = /("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?|[{}[\]]/g;

const structureFault = (validJson: string): string | undefined => {
  const namesOfOpenBrackets: Set<string>[] = [];
  for (const [token, text, colon] of validJson.matchAll(stringOrBracket)) {
    if (token === "{" || token === "[") {
      if (namesOfOpenBrackets.push(new Set()) > maxDepth) return `is nested deeper than ${maxDepth} levels`;
    } else if (token === "}" || token === "]") {
      namesOfOpenBrackets.pop();
    } else if (text !== undefined && colon !== undefined) {
      const names = namesOfOpenBrackets.at(-1);
      // Parsed, because "\u0061" and "a" are one name.
      const name = JSON.parse(text) as string;
      if (names?.has(name)) return "has a member twice";
      names?.add(name);
    }
  }
  return undefined;
};
