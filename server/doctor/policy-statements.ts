// An IAM policy document as it is read, every one-or-many a list. It keeps what it cannot weigh (NotAction and its
// like), so that nobody takes such a statement for one that is not there.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
import { isJsonObject, parseJson } from "../core/strict-json.js";

export interface PolicyStatement {
  readonly effect: "Allow" | "Deny";
  /** Of the policy it stands in. */
  readonly policy: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** AWS principals as written; `*` for everybody. */
  readonly principals: readonly string[];
  readonly conditions: readonly PolicyCondition[];
  /** It has NotAction, NotResource or NotPrincipal. */
  readonly isInverted: boolean;
  /** Then `principals` is empty, and it is about all others. */
  readonly hasNotPrincipal: boolean;
}

export interface PolicyCondition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

/** `undefined` for what is no policy document. */
export function readPolicyDocument(text: string, policy: string): readonly PolicyStatement[] | undefined {
  const document = parseJson(text);
  if (!isJsonObject(document)) return undefined;
  const statements = listOf(document.Statement).filter(isJsonObject);
  return statements.map((statement) => ({
    effect: statement.Effect === "Allow" ? "Allow" : "Deny",
    policy,
    actions: textsOf(statement.Action),
    resources: textsOf(statement.Resource),
    principals: principalsOf(statement.Principal),
    conditions: conditionsOf(statement.Condition),
    isInverted: ["NotAction", "NotResource", "NotPrincipal"].some((key) => key in statement),
    hasNotPrincipal: "NotPrincipal" in statement,
  }));
}

const listOf = (value: unknown): readonly unknown[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];

/** Numbers and booleans stand for their texts (in conditions). */
const textsOf = (value: unknown): readonly string[] =>
  listOf(value).flatMap((each) => {
    if (typeof each === "string") return [each];
    return typeof each === "number" || typeof each === "boolean" ? [String(each)] : [];
  });

const principalsOf = (value: unknown): readonly string[] =>
  isJsonObject(value) ? textsOf(value.AWS) : textsOf(value);

const conditionsOf = (value: unknown): readonly PolicyCondition[] =>
  Object.entries(isJsonObject(value) ? value : {}).flatMap(([operator, keys]) =>
    Object.entries(isJsonObject(keys) ? keys : {}).map(([key, values]) => ({
      operator,
      key,
      values: textsOf(values),
    })),
  );
