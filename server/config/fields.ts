// The kinds of values that configuration keys take: text of a shape, numbers and durations with bounds, URLs, CEL.
// Each says in its message what is allowed.
import { z } from "zod";
import { compileExpression, maxExpressionLength } from "../core/cel.js";
import type { ExpressionOptions } from "../core/cel.js";
import { parseDuration } from "../core/duration.js";
import { isLoopbackHost } from "../core/loopback.js";
import type { Result } from "../core/result.js";
import { regionPattern } from "./aws-partition.js";

/** Runs a core parser as a zod transform: its refusal becomes the issue. */
export function parsedBy<Input, Output>(parse: (input: Input) => Result<Output, string>) {
  return (input: Input, context: z.RefinementCtx): Output => {
    const result = parse(input);
    if (result.ok) return result.value;
    context.addIssue({ code: "custom", message: result.denial });
    return z.NEVER;
  };
}

export function text(pattern: RegExp, maxLength: number, allowed: string) {
  return z.string({ error: allowed }).max(maxLength).regex(pattern, { error: allowed, abort: true });
}

/** A `"${env.PORT}"` arrives as text, so digits in quotes count as a number. */
export function integer(minimum: number, maximum: number) {
  const error = `must be a whole number from ${minimum} to ${maximum}`;
  const numberOf = (value: unknown) =>
    typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return z.preprocess(numberOf, z.int({ error, abort: true }).min(minimum).max(maximum));
}

/** Gives milliseconds. */
export function duration(minimum: string, maximum: string) {
  const [low, high] = [minimum, maximum].map((bound) => {
    const parsed = parseDuration(bound);
    return parsed.ok ? parsed.value : NaN;
  }) as [number, number];
  const error = `must be a duration from ${minimum} to ${maximum}, such as 15m30s or 900s`;
  return z
    .string({ error })
    .transform(parsedBy(parseDuration))
    .refine((milliseconds) => milliseconds >= low && milliseconds <= high, { error });
}

/** Gives the compiled Expression. */
export function expression(options: ExpressionOptions) {
  return z
    .string({ error: `must be a CEL expression over ${options.variables.join(", ")} in quotes` })
    .min(1)
    .max(maxExpressionLength)
    .transform(parsedBy((source) => compileExpression(source, options)));
}

/** What roles and routes may ask: who calls, and on which route. */
export const callVariables = ["claims", "issuer", "route"] as const;

/** `https:`, or `http:` to this very machine: nothing secret crosses a network in the clear. */
function isProtectedUrl(url: URL): boolean {
  return url.protocol === "https:" || (url.protocol === "http:" && isLoopbackHost(url.hostname));
}

/** An absolute URL without credentials and fragment, or undefined. */
export function parseProtectedUrl(value: string): URL | undefined {
  if (!/^https?:\/\/[^\s\\#]+$/.test(value) || !URL.canParse(value)) return undefined;
  const url = new URL(value);
  return isProtectedUrl(url) && url.username === "" && url.password === "" ? url : undefined;
}

const urlAllowed =
  "must be an https: URL without user, password and fragment (http: is accepted for loopback hosts only)";

export const protectedUrl = z
  .string({ error: urlAllowed })
  .max(2048)
  .refine((value) => parseProtectedUrl(value) !== undefined, { error: urlAllowed });

const originAllowed =
  "must be scheme, host and port only, with https: (http: is accepted for loopback hosts only): no path, no query";

/** Gives the URL of an origin: a path of `/` may be written or left out. */
export const origin = z
  .string({ error: originAllowed })
  .max(2048)
  .refine((value) => isOrigin(value), { error: originAllowed })
  .transform((value) => new URL(value));

function isOrigin(value: string): boolean {
  const url = parseProtectedUrl(value);
  if (url === undefined) return false;
  return url.href === `${url.origin}/`;
}

export const region = text(regionPattern, 32, "must be an AWS region such as eu-west-1");

/** Names of roles and routes: they stand in logs, metrics and `/grant/{name}`. */
export const shortName = text(
  /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
  64,
  "must be a name of letters, digits, `.`, `_` and `-`, at most 64 long",
);
