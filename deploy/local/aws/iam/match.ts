// IAM's patterns: `*`, `?` and policy variables, for actions, resource ARNs and condition values.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
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

/** `${aws:PrincipalTag/team, 'none'}`: a comma, a space and the text in single quotes. */
const withDefault = /^([^,']+), '([^']*)'$/;

/** The condition key that a variable names. */
export const variableKey = (variable: string): string => withDefault.exec(variable)?.[1] ?? variable;

function variable(text: string, action: string, context: Context): string | undefined {
  const value = lookUp(context, action, variableKey(text));
  if (value.kind === "one") return value.value;
  const fallback = withDefault.exec(text)?.[2];
  // Whether a wildcard in a default is one is not documented: such a default means nothing.
  return value.kind === "absent" && fallback !== undefined && !/[*?$]/.test(fallback) ? fallback : undefined;
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

function split(tokens: readonly Token[]): (readonly Token[])[] {
  const colon = tokens.indexOf(":");
  return colon < 0 ? [tokens] : [tokens.slice(0, colon), ...split(tokens.slice(colon + 1))];
}

/** Each pattern with the segment in its place, where there are no more patterns than segments. */
const matchEach = (patterns: readonly (readonly Token[])[], segments: readonly string[]): boolean =>
  segments.every((segment, index) =>
    patterns.slice(index, index + 1).every((pattern) => matchTokens(pattern, segment)),
  );

/**
 * A resource of an Allow: wildcards stay inside their colon segment, save a `*` that ends the pattern.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export function matchResourceNarrowly(tokens: readonly Token[], arn: string): boolean {
  if (tokens.length === 1 && tokens[0] === "*") return true;
  const patterns = split(tokens);
  const segments = arn.split(":");
  const isOpen = tokens.at(-1) === "*" && patterns.length >= 6 && patterns.length < segments.length;
  return (patterns.length === segments.length || isOpen) && matchEach(patterns, segments);
}

/** Arn* condition operators: six parts, each compared on its own. `undefined` when the pattern is no ARN. */
export function matchArn(tokens: readonly Token[], arn: string): boolean | undefined {
  const patterns = split(tokens);
  if (patterns.length < 6) return undefined;
  const segments = arn.split(":");
  if (segments.length < 6) return false;
  const prefixLength = patterns.slice(0, 5).flat().length + 5;
  return (
    matchEach(patterns.slice(0, 5), segments) &&
    matchTokens(tokens.slice(prefixLength), segments.slice(5).join(":"))
  );
}
