// What can be said of a CEL expression without evaluating it: its normal spelling, what it reads, and when one
// expression holds wherever another does. For lint only: nothing here decides about a request.
import { parse, serialize } from "@marcbachmann/cel-js";
import type { ASTNode } from "@marcbachmann/cel-js";

export interface ExpressionFacts {
  /** The same for two spellings that differ only in blanks, quotes and needless brackets. */
  readonly normal: string;
  /** What `&&` joins, in normal spelling; the whole where there is none. */
  readonly conjuncts: readonly string[];
  /** What `||` joins, in normal spelling; the whole where there is none. */
  readonly disjuncts: readonly string[];
  /** Names of claims, `*` where it reads all of them or one whose name is computed. */
  readonly claims: readonly string[];
  /** Variables and, of `route`, its members: `claims`, `issuer`, `route.name`, `route.params`. */
  readonly reads: ReadonlySet<string>;
}

// One expression is asked about many times over, and a process that lints ends soon.
const known = new Map<string, ExpressionFacts>();

/** `source` has compiled before. */
export function factsOf(source: string): ExpressionFacts {
  const facts = known.get(source) ?? readFacts(source);
  known.set(source, facts);
  return facts;
}

function readFacts(source: string): ExpressionFacts {
  const { ast } = parse(source);
  const members = membersRead(ast);
  return {
    normal: serialize(ast),
    conjuncts: joinedBy("&&", ast).map((node) => serialize(node)),
    disjuncts: joinedBy("||", ast).map((node) => serialize(node)),
    claims: [...new Set(members.flatMap(([name, member]) => (name === "claims" ? [member ?? "*"] : [])))],
    reads: new Set(
      members.map(([name, member]) => (name === "route" && member !== undefined ? `route.${member}` : name)),
    ),
  };
}

/**
 * Whether `b` is sure to hold wherever `a` does. Only what the spelling shows: true, the same, one more condition
 * joined by `&&`, one more choice joined by `||` (in CEL a choice that holds outweighs one that fails).
 */
export function implies(a: string, b: string): boolean {
  const [left, right] = [factsOf(a), factsOf(b)];
  if (right.normal === "true" || left.normal === right.normal) return true;
  const { disjuncts, conjuncts } = left;
  if (disjuncts.length > 1) return disjuncts.every((each) => implies(each, b));
  if (right.conjuncts.length > 1) return right.conjuncts.every((each) => implies(a, each));
  return [left.normal, ...conjuncts].some((each) => right.disjuncts.includes(each));
}

function joinedBy(operator: "&&" | "||", node: ASTNode): ASTNode[] {
  if (node.op !== operator) return [node];
  const [left, right] = node.args;
  return [...joinedBy(operator, left), ...joinedBy(operator, right)];
}

type Member = readonly [variable: string, member: string | undefined];

function membersRead(node: ASTNode): Member[] {
  if (node.op === "id") return [[node.args, undefined]];
  if (node.op === "value") return [];
  const member = memberOf(node);
  if (member !== undefined) return [member];
  return childrenOf(node.args).flatMap(membersRead);
}

/** `claims.tenant` and `claims["tenant"]`. */
function memberOf(node: ASTNode): Member | undefined {
  if (node.op === ".") {
    const [receiver, name] = node.args;
    return receiver.op === "id" ? [receiver.args, name] : undefined;
  }
  if (node.op !== "[]") return undefined;
  const [receiver, key] = node.args;
  const isNamed = receiver.op === "id" && key.op === "value" && typeof key.args === "string";
  return isNamed ? [receiver.args, key.args] : undefined;
}

/** Nodes stand in arguments as they are, in lists, and in lists of pairs. */
function childrenOf(args: unknown): ASTNode[] {
  if (Array.isArray(args)) return args.flatMap(childrenOf);
  return typeof args === "object" && args !== null && "op" in args ? [args as ASTNode] : [];
}
