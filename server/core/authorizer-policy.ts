// The IAM policy that a custom authorizer answers with, for `execute-api:Invoke` on one call: an explicit deny wins, and
// what no statement allows is denied. A policy with what is not evaluated here (conditions, NotAction, NotResource,
// principals, policy variables) is no policy at all: it must never come to allow what API Gateway would deny.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
import type { MethodArns } from "./authorizer-arn.js";
import { accept, refuse, type Result } from "./result.js";
import { isJsonObject } from "./strict-json.js";

export interface AuthorizerPolicy {
  readonly statements: readonly AuthorizerStatement[];
}

interface AuthorizerStatement {
  readonly effect: "Allow" | "Deny";
  /** The statement is about `execute-api:Invoke`. */
  readonly isAboutInvoke: boolean;
  readonly resources: readonly string[];
}

/** Refuses with the second half of a sentence: "has a Condition". */
export function parseAuthorizerPolicy(document: unknown): Result<AuthorizerPolicy, string> {
  if (!isJsonObject(document)) return refuse("is missing or no object");
  const { Version, Id, Statement, ...others } = document;
  const unknown = Object.keys(others)[0];
  if (unknown !== undefined) return refuse(`has ${unknown.slice(0, maxNameChars)}, which is not evaluated`);
  if (Id !== undefined && typeof Id !== "string") return refuse("has an Id that is no text");
  if (Version !== "2012-10-17" && Version !== "2008-10-17")
    return refuse("has a Version that IAM does not know");
  const given: readonly unknown[] = Array.isArray(Statement) ? Statement : [Statement];
  if (given.length > maxStatements) return refuse(`has more than ${maxStatements} statements`);
  const statements: AuthorizerStatement[] = [];
  for (const each of given) {
    const statement = parseStatement(each);
    if (!statement.ok) return statement;
    statements.push(statement.value);
  }
  return accept({ statements });
}

const maxStatements = 1000;
/** Of what the log quotes. */
const maxNameChars = 64;

function parseStatement(given: unknown): Result<AuthorizerStatement, string> {
  if (!isJsonObject(given)) return refuse("has a Statement that is missing or no object");
  const { Sid, Effect, Action, Resource, ...others } = given;
  const unknown = Object.keys(others)[0];
  if (unknown !== undefined)
    return refuse(`has ${unknown.slice(0, maxNameChars)} in a statement, which is not evaluated`);
  if (Sid !== undefined && typeof Sid !== "string") return refuse("has a Sid that is no text");
  if (Effect !== "Allow" && Effect !== "Deny") return refuse("has an Effect that is neither Allow nor Deny");
  const [actions, resources] = [texts(Action), texts(Resource)];
  if (!actions) return refuse("has a statement without an Action");
  if (!resources) return refuse("has a statement without a Resource");
  if (resources.some((resource) => resource.includes("${")))
    return refuse("has a policy variable, which is not evaluated");
  const isAboutInvoke = actions.some((action) => matches(action.toLowerCase(), "execute-api:invoke"));
  return accept({ effect: Effect, isAboutInvoke, resources });
}

/** One text or a list of them, never empty. */
function texts(value: unknown): readonly string[] | undefined {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.length > 0 && list.every((each) => typeof each === "string") ? list : undefined;
}

/** Why a call is not allowed; nothing where it is. */
export function whyDenied({ statements }: AuthorizerPolicy, arns: MethodArns): string | undefined {
  const resourcesOf = (effect: AuthorizerStatement["effect"]): string[] =>
    statements.flatMap((each) => (each.isAboutInvoke && each.effect === effect ? each.resources : []));
  const [denied, allowed] = [resourcesOf("Deny"), resourcesOf("Allow")];
  if (arns.granted) return whyNotGranted(denied, allowed, arns.named, arns.granted);
  if (arns.readings.some((arn) => denied.some((pattern) => matches(pattern, arn))))
    return "a statement of its policy denies the call";
  return allows(allowed, arns.asked) ? undefined : "no statement of its policy allows the call";
}

/**
 * Credentials open the whole route, whatever method and path were asked with: so the policy allows all of that, or names
 * this very grant; and denies nothing, since no session could be kept from it.
 */
function whyNotGranted(
  denied: readonly string[],
  allowed: readonly string[],
  named: string,
  granted: readonly string[],
): string | undefined {
  if (denied.length > 0)
    return "its policy denies something, which granted credentials could not be kept from";
  if (allowed.includes(named) || granted.every((arn) => allows(allowed, arn))) return undefined;
  return "its policy allows neither this grant by its own ARN nor the whole route";
}

/** Stricter than for a deny: apart from `*` alone, a wildcard stays between the colons it is written in. */
const allows = (patterns: readonly string[], arn: string): boolean =>
  patterns.some((pattern) => {
    if (pattern === "*") return true;
    const [parts, wanted] = [splitAsWritten(arn), splitAsWritten(pattern)];
    return wanted.length === parts.length && wanted.every((part, at) => matches(part, String(parts[at])));
  });

/** At the colons that are there, prefix included. The resource is the sixth part, and may hold colons. */
function splitAsWritten(arn: string): string[] {
  const parts = arn.split(":");
  return [...parts.slice(0, 5), ...(parts.length > 5 ? [parts.slice(5).join(":")] : [])];
}

/** `*` for any text, `?` for any one character. Goes back to the last `*` only, so a pattern cannot make it slow. */
function matches(pattern: string, text: string): boolean {
  let [at, from] = [0, 0];
  let star: { readonly pattern: number; text: number } | undefined;
  while (from < text.length) {
    const expected = pattern[at];
    if (expected === "*") {
      star = { pattern: at, text: from };
      at += 1;
    } else if (expected === "?" || (expected !== undefined && expected === text[from])) {
      at += 1;
      from += 1;
    } else if (star) {
      star.text += 1;
      at = star.pattern + 1;
      from = star.text;
    } else {
      return false;
    }
  }
  return /^\**$/.test(pattern.slice(at));
}
