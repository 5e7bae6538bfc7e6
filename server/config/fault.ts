// What is wrong with a configuration: every fault has the path of the key it is about and a sentence that says what
// is allowed there. Also turns zod's issues into faults.
import { z } from "zod";
import { nearest } from "../core/nearest.js";
import { printable } from "../core/printable.js";

export interface Fault {
  /** `roles[0].tags.tenant`, a line and column, or the name of an environment variable. */
  readonly path: string;
  readonly message: string;
}

export type Path = readonly PropertyKey[];

export function formatPath(path: Path): string {
  let text = "";
  for (const key of path) {
    if (typeof key === "number") text += `[${key}]`;
    else if (/^[A-Za-z_$][\w$-]*$/.test(String(key))) text += text === "" ? String(key) : `.${String(key)}`;
    else text += `[${JSON.stringify(String(key))}]`;
  }
  return text === "" ? "(document)" : text;
}

/** For standard error: one line per fault, whatever the document holds. */
export function formatFaults(source: string, faults: readonly Fault[]): string {
  const count = faults.length === 1 ? "1 fault" : `${faults.length} faults`;
  const lines = faults.map(({ path, message }) => `  ${printable(path)}: ${printable(message)}\n`);
  return `${printable(source)}: ${count}\n${lines.join("")}`;
}

const maxShown = 60;

/** An offending value for a message: short and on one line, a container only by its kind. */
function quoteValue(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "a mapping";
  // JSON has no word for .nan and .inf.
  const text = typeof value === "number" ? String(value) : JSON.stringify(value);
  return text.length > maxShown ? `${text.slice(0, maxShown)}...` : text;
}

type Issue = z.core.$ZodIssue;

/** zod's own sentences in our words; a message that the schema itself gives goes before these. */
export const describeIssue: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case "invalid_type":
      return `must be ${nouns[issue.expected] ?? issue.expected}`;
    case "unrecognized_keys":
      // Only here are the known keys to be had; faultsOf makes a sentence for each unknown one.
      return issue.inst instanceof z.ZodObject ? Object.keys(issue.inst.shape).join(", ") : undefined;
    case "too_small":
      if (issue.minimum === 1) return "must not be empty";
      return `must have at least ${issue.minimum} ${units[issue.origin] ?? ""}`.trimEnd();
    case "too_big":
      return `must have at most ${issue.maximum} ${units[issue.origin] ?? ""}`.trimEnd();
    case "invalid_value":
      return `must be ${issue.values.length > 1 ? "one of " : ""}${issue.values.map(String).join(", ")}`;
    default:
      return undefined;
  }
};

const nouns: Readonly<Record<string, string>> = {
  object: "a mapping",
  record: "a mapping",
  array: "a list",
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
};
const units: Readonly<Record<string, string>> = { array: "entries", string: "characters" };

/** `document` is what was validated: faults quote the value that stands at their path. */
export function faultsOf(issue: Issue, document: unknown, base: Path = []): Fault[] {
  const path = [...base, ...issue.path];
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => ({
        path: formatPath([...path, key]),
        message: unknownKey(key, issue.message),
      }));
    case "invalid_key":
      return issue.issues.map(({ message }) => ({ path: formatPath(path), message: `as a key: ${message}` }));
    case "invalid_union":
      return likeliestBranch(issue.errors).flatMap((inner) => faultsOf(inner, document, path));
    default:
      return [{ path: formatPath(path), message: completeMessage(issue, valueAt(document, path)) }];
  }
}

function unknownKey(key: string, known: string): string {
  const meant = nearest(key, known.split(", "));
  return `is not a known key${meant === undefined ? "" : ` (did you mean ${meant}?)`}; known are ${known}`;
}

// Of a text-or-list choice, the branch that was meant is the one whose own type fits.
function likeliestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] {
  const fitting = branches.find((issues) =>
    issues.every(({ code, path }) => code !== "invalid_type" || path.length > 0),
  );
  return fitting ?? branches[0] ?? [];
}

function completeMessage(issue: Issue, value: unknown): string {
  // A schema that takes a secret says so: its value must not get into logs by way of a fault.
  if (issue.code === "custom" && issue.params?.isSecret === true && value !== undefined) return issue.message;
  if (value === undefined) return `is missing: ${issue.message}`;
  const isContainer = typeof value === "object" && value !== null;
  return isContainer && issue.code !== "invalid_type"
    ? issue.message
    : `${issue.message}; got ${quoteValue(value)}`;
}

function valueAt(document: unknown, path: Path): unknown {
  let value = document;
  for (const key of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}
