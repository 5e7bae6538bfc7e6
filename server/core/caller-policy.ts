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
  const faults: string[] = [];
  const statements = readStatements(Statement, (fault) => void faults.push(fault));
  const [fault] = faults;
  return fault === undefined ? accept(statements) : refuse(fault);
}

type Report = (fault: string) => void;

function readStatements(given: unknown, report: Report): CallerStatement[] {
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (list.length === 0) report("Statement must not be empty");
  const statements = list.map((each, index) => readStatement(each, `Statement[${index}]`, report));
  const sids = list.flatMap((each) => (isJsonObject(each) && each.Sid !== undefined ? [each.Sid] : []));
  if (new Set(sids).size < sids.length) report("Statement has a Sid twice");
  return statements;
}

const elements = new Set(["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"]);

function readStatement(given: unknown, path: string, report: Report): CallerStatement {
  const members = readObject(given, path, report);
  if (!Object.keys(members).every((name) => elements.has(name)))
    report(`${path} has a member other than ${[...elements].join(", ")}`);
  const { Sid, Effect, Condition } = members;
  if (Sid !== undefined && !(typeof Sid === "string" && /^[A-Za-z0-9]{1,128}$/.test(Sid)))
    report(`${path}.Sid must be letters and digits`);
  if (Effect !== "Allow" && Effect !== "Deny") report(`${path}.Effect must be Allow or Deny`);
  return {
    Effect: Effect === "Allow" ? "Allow" : "Deny",
    ...readEither("Action", members, path, report),
    ...readEither("Resource", members, path, report),
    ...(Condition === undefined ? {} : { Condition: readConditions(Condition, `${path}.Condition`, report) }),
  };
}

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
  report: Report,
): Omit<CallerStatement, "Effect" | "Condition"> {
  const except = `Not${name}` as const;
  if ((members[name] === undefined) === (members[except] === undefined))
    report(`${path} must have either ${name} or ${except}`);
  const used = members[name] === undefined ? except : name;
  const what = name === "Action" ? "one action or a list of them" : 'one ARN, "*" or a list of them';
  const texts = readTexts(members[used], forms[name]);
  if (texts.length === 0) report(`${path}.${used} must be ${what}`);
  return { [used]: texts };
}

/** One text or a list of them; empty where any of it is something else. */
function readTexts(given: unknown, isGood: (text: string) => boolean): string[] {
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  const texts = list.filter((each): each is string => typeof each === "string" && isGood(each));
  return texts.length === list.length ? texts : [];
}

// As JSON may spell characters that STS's alphabet lacks, and IAM refuses a variable that is none.
const isSound = (text: string): boolean =>
  /^(?:[\x20-\x23\x25-\x7e\xa0-\xff]|\$(?!\{)|\$\{(?:[*?$]|[A-Za-z0-9-]+:[^${}]+)\})*$/.test(text);

const conditionKey = /^[A-Za-z0-9-]+:[!-#%-~]{1,256}$/;

function readConditions(given: unknown, path: string, report: Report): Conditions {
  const operators = Object.entries(readObject(given, path, report));
  return Object.fromEntries(
    operators.map(([operator, keys]) => {
      if (!conditionOperatorPattern.test(operator)) {
        report(`${path} has a member that is no condition operator`);
        return [operator, {}];
      }
      return [operator, readKeys(keys, `${path}.${operator}`, report)];
    }),
  );
}

function readKeys(given: unknown, path: string, report: Report): Conditions[string] {
  const keys = Object.entries(readObject(given, path, report));
  if (keys.length === 0) report(`${path} must not be empty`);
  // IAM's condition keys are the same in any case.
  if (new Set(keys.map(([key]) => key.toLowerCase())).size < keys.length)
    report(`${path} has a condition key twice`);
  return Object.fromEntries(
    keys.map(([key, values]) => {
      if (!conditionKey.test(key)) report(`${path} has a member that is no condition key`);
      const texts = readTexts(asTexts(values), isSound);
      if (texts.length === 0) report(`${path} must hold texts or lists of texts`);
      return [key, texts];
    }),
  );
}

/** `"Bool": { "aws:SecureTransport": true }` is as good as `"true"`. */
const asTexts = (values: unknown): unknown => (typeof values === "boolean" ? String(values) : values);

function readObject(given: unknown, path: string, report: Report): JsonObject {
  if (isJsonObject(given)) return given;
  report(`${path} must be an object`);
  return {};
}
