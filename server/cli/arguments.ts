// Options of a command, by node:util's parseArgs, with refusals that fit on a line and quote no value: an argument
// may be a token.
import { parseArgs, type ParseArgsConfig } from "node:util";
import { nearest } from "../core/nearest.js";
import { accept, refuse } from "../core/result.js";
import type { Result } from "../core/result.js";
import type { Environment } from "../config/source.js";

export type Options = NonNullable<ParseArgsConfig["options"]>;

/** The refusal is a sentence for the terminal. */
export function readArguments<const Given extends Options>(argv: readonly string[], options: Given) {
  const all = { ...options, help: { type: "boolean", short: "h" } } as const;
  try {
    return accept(parseArgs({ args: [...argv], allowPositionals: true, tokens: true, options: all }));
  } catch (error) {
    return refuse(describe(error, Object.keys(all)));
  }
}

function describe(error: unknown, known: readonly string[]): string {
  const message = messageOf(error);
  const unknown = /^Unknown option '(--?)([\w-]+)/.exec(message);
  if (unknown === null) return firstSentence(message);
  const [, dashes = "", name = ""] = unknown;
  const meant = nearest(name, known);
  return `there is no option ${dashes}${name.slice(0, 30)}${meant === undefined ? "" : `; did you mean --${meant}?`}`;
}

// By shape, not by class: the error may come from another realm, as it does under a test runner.
const messageOf = (error: unknown): string =>
  typeof error === "object" && error !== null && "message" in error ? String(error.message) : String(error);

const firstSentence = (text: string): string => text.split(/[.\n]/, 1)[0] ?? text;

/** `--env NAME=VALUE`, over the process's own. The value is not quoted: it may be a secret. */
export function withEnvironment(
  env: Environment,
  pairs: readonly string[] = [],
): Result<Environment, string> {
  const added: Record<string, string> = {};
  for (const pair of pairs) {
    const [, name, value] = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(pair) ?? [];
    if (name === undefined || value === undefined) return refuse("--env takes NAME=VALUE");
    added[name] = value;
  }
  return accept({ ...env, ...added });
}

/** ISO 8601 with its time zone, or seconds since 1970-01-01T00:00:00Z. Gives epoch milliseconds. */
export function parseTime(text: string): Result<number, string> {
  const time = /^\d{1,12}$/.test(text) ? Number(text) * 1000 : isoTime.test(text) ? Date.parse(text) : NaN;
  if (!Number.isNaN(time)) return accept(time);
  return refuse("must be a time such as 2026-11-21T20:00:00Z, or seconds since 1970");
}

// Without a zone a time means another moment on another machine.
const isoTime = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d))?$/;
