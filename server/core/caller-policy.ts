// The `Policy` of a caller's own, as STS's AssumeRole actions take one: read strictly, since IAM reads it after us. What
// it may come to allow is narrow-policy.ts's. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
import { actionPattern, conditionOperatorPattern, maxActionLength } from "./policy-grammar.js";
import type { Conditions } from "./policy-bounds.js";
import { accept, refuse, type Result } from "./result.js";
import { isJsonObject, parseJsonObject, type JsonObject } from "./strict-json.js";

export interface CallerStatement {
  readonly Effect: "Allow" | "Deny";
  /** Exactly one of the two; none of the lists is empty. */
  readonly Action?: readonly string[];
  readonly NotAction?: readonly string[];
  /** Exactly one of the two. */
  readonly Resource?: readonly string[];
  readonly NotResource?: readonly string[];
  readonly Condition?: Conditions;
}

const policyText = /^[\t\n\r\u0020-\u00ff]{1,2048}$/;

/** Refuses with a sentence that quotes nothing of the text. */
export function parseCallerPolicy(text: string): Result<readonly CallerStatement[], string> {
  if (!policyText.test(text)) return refuse("it must be 1 to 2048 characters, none above U+00FF");
  const document = parseJsonObject(text);
  if (!document.ok) return refuse(`it ${document.denial}`);
  const { Version, Id, Statement, ...others } = document.value;
  if (Object.keys(others).length > 0) return refuse("it has a member other than Version, Id and Statement");
  // Without it IAM reads the policy as of 2008, where ${...} is plain text: another policy than the same text of 2012.
  if (Version !== "2012-10-17") return refuse('Version must be "2012-10-17"');
  if (Id !== undefined && typeof Id !== "string") return refuse("Id must be text");
  return readStatements(Statement);
}

/** All that is read of a list, or the first refusal. */
function readEach<From, To>(
  list: readonly From[],
  read: (each: From, at: number) => Result<To, string>,
): Result<readonly To[], string> {
  const values: To[] = [];
  for (const [at, each] of list.entries()) {
    const result = read(each, at);
    if (!result.ok) return result;
    values.push(result.value);
  }
  return accept(values);
}

function readStatements(given: unknown): Result<readonly CallerStatement[], string> {
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (list.length === 0) return refuse("Statement must not be empty");
  const sids = list.flatMap((each) => (isJsonObject(each) && each.Sid !== undefined ? [each.Sid] : []));
  if (new Set(sids).size < sids.length) return refuse("Statement has a Sid twice");
  return readEach(list, (each, at) => readStatement(each, `Statement[${at}]`));
}

const elements = new Set(["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"]);

function readStatement(given: unknown, path: string): Result<CallerStatement, string> {
  if (!isJsonObject(given)) return notAnObject(path);
  if (!Object.keys(given).every((name) => elements.has(name)))
    return refuse(`${path} has a member other than ${[...elements].join(", ")}`);
  const { Sid, Effect, Condition } = given;
  if (Sid !== undefined && !(typeof Sid === "string" && /^[A-Za-z0-9]{1,128}$/.test(Sid)))
    return refuse(`${path}.Sid must be letters and digits`);
  if (Effect !== "Allow" && Effect !== "Deny") return refuse(`${path}.Effect must be Allow or Deny`);
  const actions = readEither("Action", given, path);
  if (!actions.ok) return actions;
  const resources = readEither("Resource", given, path);
  if (!resources.ok) return resources;
  const statement: CallerStatement = { Effect, ...actions.value, ...resources.value };
  if (Condition === undefined) return accept(statement);
  const conditions = readConditions(Condition, `${path}.Condition`);
  return conditions.ok ? accept({ ...statement, Condition: conditions.value }) : conditions;
}

const notAnObject = (path: string) => refuse(`${path} must be an object`);

// The first five parts tell whose resource it is: no variable there, and no wildcard in partition and service.
const resourcePattern = /^(?:\*|arn:[a-z0-9-]+:[a-z0-9-]+:[^:$]*:[^:$]*:.+)$/;
const forms = {
  Action: (text: string) => actionPattern.test(text) && text.length <= maxActionLength,
  Resource: (text: string) => resourcePattern.test(text) && isSound(text),
};

/** An element or its Not form, never both and never none. */
function readEither(
  name: "Action" | "Resource",
  members: JsonObject,
  path: string,
): Result<Omit<CallerStatement, "Effect" | "Condition">, string> {
  const except = `Not${name}` as const;
  if ((members[name] === undefined) === (members[except] === undefined))
    return refuse(`${path} must have either ${name} or ${except}`);
  const used = members[name] === undefined ? except : name;
  const what = name === "Action" ? "one action or a list of them" : 'one ARN, "*" or a list of them';
  const texts = readTexts(members[used], forms[name]);
  return texts ? accept({ [used]: texts }) : refuse(`${path}.${used} must be ${what}`);
}

/** One text or a list of them; nothing where any of it is something else, or there is none. */
function readTexts(given: unknown, isGood: (text: string) => boolean): readonly string[] | undefined {
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  const texts = list.filter((each): each is string => typeof each === "string" && isGood(each));
  return texts.length > 0 && texts.length === list.length ? texts : undefined;
}

// As JSON may spell characters that STS's alphabet lacks, and IAM refuses a variable that is none.
const isSound = (text: string): boolean =>
  /^(?:[\x20-\x23\x25-\x7e\xa0-\xff]|\$(?!\{)|\$\{(?:[*?$]|[A-Za-z0-9-]+:[^${}]+)\})*$/.test(text);

const conditionKey = /^[A-Za-z0-9-]+:[!-#%-~]{1,256}$/;

function readConditions(given: unknown, path: string): Result<Conditions, string> {
  if (!isJsonObject(given)) return notAnObject(path);
  const operators = readEach(Object.entries(given), ([operator, keys]) => {
    if (!conditionOperatorPattern.test(operator))
      return refuse(`${path} has a member that is no condition operator`);
    const read = readKeys(keys, `${path}.${operator}`);
    return read.ok ? accept([operator, read.value] as const) : read;
  });
  return operators.ok ? accept(Object.fromEntries(operators.value)) : operators;
}

function readKeys(given: unknown, path: string): Result<Conditions[string], string> {
  if (!isJsonObject(given)) return notAnObject(path);
  const names = Object.keys(given);
  if (names.length === 0) return refuse(`${path} must not be empty`);
  // IAM's condition keys are the same in any case.
  if (new Set(names.map((key) => key.toLowerCase())).size < names.length)
    return refuse(`${path} has a condition key twice`);
  const keys = readEach(Object.entries(given), ([key, values]) => {
    if (!conditionKey.test(key)) return refuse(`${path} has a member that is no condition key`);
    const texts = readTexts(asTexts(values), isSound);
    return texts ? accept([key, texts] as const) : refuse(`${path} must hold texts or lists of texts`);
  });
  return keys.ok ? accept(Object.fromEntries(keys.value)) : keys;
}

/** `"Bool": { "aws:SecureTransport": true }` is as good as `"true"`. */
const asTexts = (values: unknown): unknown => (typeof values === "boolean" ? String(values) : values);
