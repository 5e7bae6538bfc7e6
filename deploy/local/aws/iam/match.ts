// IAM's patterns: `*`, `?` and policy variables, for actions, resource ARNs and condition values.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html (defaults are not supported).
import { lookUp, type Context } from "./context.js";

/** A colon of the pattern itself is a token of its own; one that came out of a variable is a plain character. */
export type Token = "*" | "?" | ":" | { readonly char: string };

const special: Readonly<Record<string, string>> = { "${*}": "*", "${?}": "?", "${$}": "$" };

/** `undefined` when a variable has no single value in this request: then the pattern means nothing. */
export function expandPattern(pattern: string, action: string, context: Context): Token[] | undefined {
  const tokens: Token[] = [];
  for (const part of pattern.split(/(\$\{[^}]*\})/)) {
    if (!part.includes("${")) {
      tokens.push(...Array.from(part, (char) => (isMark(char) ? char : { char })));
      continue;
    }
    const value = part.endsWith("}")
      ? (special[part] ?? variable(part.slice(2, -1), action, context))
      : undefined;
    if (value === undefined) return undefined;
    // A value is text, never a pattern: what a caller can influence must not widen a statement.
    tokens.push(...Array.from(value, (char) => ({ char })));
  }
  return tokens;
}

const isMark = (char: string): char is "*" | "?" | ":" => char === "*" || char === "?" || char === ":";

function variable(name: string, action: string, context: Context): string | undefined {
  const value = lookUp(context, action, name);
  return value.kind === "one" ? value.value : undefined;
}

/** Every character literal: for operators that know no wildcards. */
export const literalText = (tokens: readonly Token[]): string =>
  tokens.map((token) => (typeof token === "string" ? token : token.char)).join("");

/** Greedy, going back to the last `*` only: never worse than pattern times text. */
export function matchTokens(tokens: readonly Token[], text: string): boolean {
  const chars = Array.from(text);
  let t = 0;
  let c = 0;
  let star = -1;
  let starChar = 0;
  while (c < chars.length) {
    const token = tokens[t];
    if (token === "*") {
      star = t++;
      starChar = c;
    } else if (token !== undefined && matchesOne(token, chars[c])) {
      t++;
      c++;
    } else if (star >= 0) {
      t = star + 1;
      c = ++starChar;
    } else return false;
  }
  return tokens.slice(t).every((token) => token === "*");
}

const matchesOne = (token: Token, char: string | undefined): boolean =>
  token === "?" || (typeof token === "string" ? token === char : token.char === char);

/** Actions compare without regard to case. */
export function matchAction(pattern: string, action: string): boolean {
  const tokens = Array.from(pattern.toLowerCase(), (char): Token => (isMark(char) ? char : { char }));
  return matchTokens(tokens, action.toLowerCase());
}

function split<T>(items: readonly T[], separator: T): T[][] {
  const parts: T[][] = [[]];
  for (const item of items) {
    if (item === separator) parts.push([]);
    else parts.at(-1)?.push(item);
  }
  return parts;
}

/**
 * A resource of an Allow: wildcards stay inside their colon segment, save a `*` that ends the pattern.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export function matchResourceNarrowly(tokens: readonly Token[], arn: string): boolean {
  if (tokens.length === 1 && tokens[0] === "*") return true;
  const patterns = split<Token>(tokens, ":");
  const segments = arn.split(":");
  const open = tokens.at(-1) === "*" && patterns.length >= 6 && patterns.length < segments.length;
  if (patterns.length !== segments.length && !open) return false;
  return patterns.every((pattern, index) => matchTokens(pattern, segments[index] ?? ""));
}

/** Arn* condition operators: six parts, each compared on its own. `undefined` when the pattern is no ARN. */
export function matchArn(tokens: readonly Token[], arn: string): boolean | undefined {
  const patterns = split<Token>(tokens, ":");
  if (patterns.length < 6) return undefined;
  const rest = patterns.slice(5).flatMap((part, index): Token[] => (index === 0 ? part : [":", ...part]));
  const segments = arn.split(":");
  if (segments.length < 6) return false;
  const tail = segments.slice(5).join(":");
  return (
    patterns.slice(0, 5).every((part, index) => matchTokens(part, segments[index] ?? "")) &&
    matchTokens(rest, tail)
  );
}
