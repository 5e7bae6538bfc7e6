// IAM's condition operators: how one value of the request compares with one value of the policy.
// Names are case-sensitive here: in another case AWS's answer is not documented, so it is refused.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
import { BlockList, isIP } from "node:net";
import type { Context } from "./context.js";
import { expandPattern, literalText, matchArn, matchTokens, type Token } from "./match.js";

export type Truth = boolean | "unknown";

export interface ConditionRequest {
  readonly action: string;
  readonly context: Context;
}

type Compare = (actual: string, wanted: string, request: ConditionRequest) => Truth;

export interface Operator {
  readonly quantifier?: "ForAllValues" | "ForAnyValue";
  readonly negated: boolean;
  readonly ifExists: boolean;
  readonly compare: Compare;
}

// Policy variables stand only in String* and Arn* values.
const text =
  (compare: (actual: string, wanted: readonly Token[]) => Truth): Compare =>
  (actual, wanted, { action, context }) => {
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

/** No key of the services served here is binary, and what AWS makes of text is not documented. */
const binary: Compare = () => "unknown";

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
  const slash = wanted.indexOf("/");
  const address = slash < 0 ? wanted : wanted.slice(0, slash);
  const prefix = slash < 0 ? undefined : wanted.slice(slash + 1);
  const bits = isIP(address) === 4 ? 32 : 128;
  const length = prefix === undefined ? bits : /^\d{1,3}$/.test(prefix) ? Number(prefix) : bits + 1;
  if (isIP(address) === 0 || isIP(actual) === 0 || length > bits) return "unknown";
  if (isIP(address) !== isIP(actual)) return false;
  const family = bits === 32 ? "ipv4" : "ipv6";
  const block = new BlockList();
  block.addSubnet(address, length, family);
  return block.check(actual, family);
};

const readNumber = (value: string): number | undefined =>
  /^-?\d{1,15}(\.\d{1,15})?$/.test(value) ? Number(value) : undefined;

const isoDate = /^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d))?$/;

/** ISO 8601 or seconds since 1970, as IAM takes them. Fewer digits may be a year. */
function readDate(value: string): number | undefined {
  if (/^\d{9,12}$/.test(value)) return Number(value) * 1000;
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

const compares = new Map<string, Compare>([
  ["StringEquals", equal],
  ["StringEqualsIgnoreCase", equalIgnoringCase],
  ["StringLike", like],
  ["ArnEquals", arnLike],
  ["ArnLike", arnLike],
  ["Bool", bool],
  ["BinaryEquals", binary],
  ["IpAddress", inBlock],
  ...Object.entries(orders).map(([name, holds]) => [`Numeric${name}`, ordered(readNumber, holds)] as const),
  ...Object.entries(orders).map(([name, holds]) => [`Date${name}`, ordered(readDate, holds)] as const),
]);

/** StringNotEquals is StringEquals turned round, NotIpAddress is IpAddress; Bool and BinaryEquals have no such form. */
const plainName = (name: string): string =>
  name
    .replace(/^(String|Arn|Numeric|Date)Not(Equals|EqualsIgnoreCase|Like)$/, "$1$2")
    .replace(/^NotIpAddress$/, "IpAddress");

const shape = /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$/;

/** Every operator but Null, which asks about the key and not about its values. */
export function findOperator(operator: string): Operator | undefined {
  const [, quantifier, name = "", ifExists] = shape.exec(operator) ?? [];
  const compare = compares.get(plainName(name));
  if (compare === undefined) return undefined;
  const isNamed = quantifier === "ForAllValues" || quantifier === "ForAnyValue";
  return {
    ...(isNamed ? { quantifier } : {}),
    negated: plainName(name) !== name,
    ifExists: ifExists !== undefined,
    compare,
  };
}

/** Null takes neither IfExists nor a set operator. */
export const isOperator = (name: string): boolean => name === "Null" || findOperator(name) !== undefined;
