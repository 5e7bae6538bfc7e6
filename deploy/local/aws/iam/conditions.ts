// One condition of a policy statement against a request: true, false, or "unknown" when the twin cannot tell.
// Whoever asks must treat "unknown" as a refusal: an Allow does not match, a Deny does.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
import { BlockList, isIP } from "node:net";
import type { PolicyStatement } from "../model.js";
import { lookUp, type Context, type ContextValue, type Warn } from "./context.js";
import { expandPattern, literalText, matchArn, matchTokens, type Token } from "./match.js";

export type Truth = boolean | "unknown";
export type Condition = PolicyStatement["conditions"][number];

export interface ConditionRequest {
  readonly action: string;
  readonly context: Context;
}

/** Compares one value of the request with one value of the policy. */
type Compare = (actual: string, wanted: string) => Truth;
type PatternCompare = (actual: string, wanted: readonly Token[]) => Truth;

interface Operator {
  readonly negated: boolean;
  readonly compare: (actual: string, wanted: string, request: ConditionRequest) => Truth;
}

// Policy variables stand only in String* and Arn* values.
const text =
  (compare: PatternCompare) =>
  (actual: string, wanted: string, { action, context }: ConditionRequest): Truth => {
    const tokens = expandPattern(wanted, action, context);
    return tokens === undefined ? "unknown" : compare(actual, tokens);
  };

const equal = text((actual, wanted) => actual === literalText(wanted));
const equalIgnoringCase = text((a, wanted) => a.toLowerCase() === literalText(wanted).toLowerCase());
const like = text((actual, wanted) => matchTokens(wanted, actual));
const arnLike = text((actual, wanted) => matchArn(wanted, actual) ?? "unknown");

const bool: Compare = (actual, wanted) => {
  const want = wanted.toLowerCase();
  return want === "true" || want === "false" ? actual.toLowerCase() === want : "unknown";
};

const ordered =
  (
    read: (value: string) => number | undefined,
    holds: (actual: number, wanted: number) => boolean,
  ): Compare =>
  (actual, wanted) => {
    const left = read(actual);
    const right = read(wanted);
    return left === undefined || right === undefined ? "unknown" : holds(left, right);
  };

/** An address, or a block of them in CIDR notation; the two families never match each other. */
const inBlock: Compare = (actual, wanted) => {
  const [address = "", prefix, ...more] = wanted.split("/");
  const bits = isIP(address) === 4 ? 32 : 128;
  const length = prefix === undefined ? bits : /^\d{1,3}$/.test(prefix) ? Number(prefix) : bits + 1;
  if (isIP(address) === 0 || isIP(actual) === 0 || length > bits || more.length > 0) return "unknown";
  if (isIP(address) !== isIP(actual)) return false;
  const family = bits === 32 ? "ipv4" : "ipv6";
  const block = new BlockList();
  block.addSubnet(address, length, family);
  return block.check(actual, family);
};

const readNumber = (value: string): number | undefined =>
  /^-?\d{1,15}(\.\d{1,15})?$/.test(value) ? Number(value) : undefined;

const isoDate = /^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d))?$/;

/** ISO 8601 or seconds since 1970, as IAM takes them. */
function readDate(value: string): number | undefined {
  if (/^\d{1,12}$/.test(value)) return Number(value) * 1000;
  const ms = isoDate.test(value) ? Date.parse(value) : NaN;
  return Number.isNaN(ms) ? undefined : ms;
}

const orders: Readonly<Record<string, (actual: number, wanted: number) => boolean>> = {
  Equals: (actual, wanted) => actual === wanted,
  LessThan: (actual, wanted) => actual < wanted,
  LessThanEquals: (actual, wanted) => actual <= wanted,
  GreaterThan: (actual, wanted) => actual > wanted,
  GreaterThanEquals: (actual, wanted) => actual >= wanted,
};

const compares = new Map<string, Operator["compare"]>([
  ["StringEquals", equal],
  ["StringEqualsIgnoreCase", equalIgnoringCase],
  ["StringLike", like],
  ["ArnEquals", arnLike],
  ["ArnLike", arnLike],
  ["Bool", bool],
  ["IpAddress", inBlock],
  ...Object.entries(orders).map(([name, holds]) => [`Numeric${name}`, ordered(readNumber, holds)] as const),
  ...Object.entries(orders).map(([name, holds]) => [`Date${name}`, ordered(readDate, holds)] as const),
]);

/** StringNotEquals is StringEquals turned round, NotIpAddress is IpAddress; there is no BoolNot. */
function findOperator(name: string): Operator | undefined {
  const base = name
    .replace(/^(String|Arn|Numeric|Date)Not(Equals|EqualsIgnoreCase|Like)$/, "$1$2")
    .replace(/^NotIpAddress$/, "IpAddress");
  const compare = compares.get(base);
  return compare === undefined ? undefined : { compare, negated: base !== name };
}

export const not = (truth: Truth): Truth => (truth === "unknown" ? truth : !truth);

export function some<T>(items: readonly T[], test: (item: T) => Truth): Truth {
  const truths = items.map(test);
  if (truths.includes(true)) return true;
  return truths.includes("unknown") ? "unknown" : false;
}

export const every = <T>(items: readonly T[], test: (item: T) => Truth): Truth =>
  not(some(items, (item) => not(test(item))));

const shape = /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$/;

export function evaluateCondition(condition: Condition, request: ConditionRequest, warn: Warn): Truth {
  const value = lookUp(request.context, request.action, condition.key);
  if (value.kind === "unknown") {
    warn(`condition key ${condition.key} is not known to the local twin for ${request.action}: denied`);
    return "unknown";
  }
  if (condition.operator === "Null") return evaluateNull(condition, value);
  const [, quantifier, name = "", ifExists] = shape.exec(condition.operator) ?? [];
  const operator = findOperator(name);
  if (operator === undefined) {
    warn(`condition operator ${condition.operator} is not known to the local twin: denied`);
    return "unknown";
  }
  if (value.kind === "absent" && ifExists !== undefined) return true;
  const matches = (actual: string): Truth => {
    const hit = some(condition.values, (wanted) => operator.compare(actual, wanted, request));
    if (hit === "unknown")
      warn(`${condition.operator} ${condition.key} has a value that cannot be compared: denied`);
    return operator.negated ? not(hit) : hit;
  };
  if (quantifier !== undefined) {
    const values = valuesOf(value);
    return quantifier === "ForAllValues" ? every(values, matches) : some(values, matches);
  }
  if (value.kind === "many") {
    warn(`condition key ${condition.key} has several values and needs ForAllValues or ForAnyValue: denied`);
    return "unknown";
  }
  return value.kind === "absent" ? operator.negated : matches(value.value);
}

function valuesOf(value: ContextValue): readonly string[] {
  if (value.kind === "many") return value.values;
  return value.kind === "one" ? [value.value] : [];
}

/** Null: "true" asks that the key is absent, "false" that it is there. */
function evaluateNull(condition: Condition, value: ContextValue): Truth {
  const isAbsent = value.kind === "absent" || (value.kind === "many" && value.values.length === 0);
  const [wanted, ...more] = condition.values.map((item) => item.toLowerCase());
  if (more.length > 0 || (wanted !== "true" && wanted !== "false")) return "unknown";
  return isAbsent === (wanted === "true");
}
