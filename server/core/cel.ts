// CEL expressions over claims (https://github.com/google/cel-spec): compiled and type-checked at load, evaluated
// without exceptions and without I/O. What a token can make one expression cost is bounded: by the nodes of the
// expression, times the values in the claims (cel-values.ts) to the power of two nested walks (cel-screen.ts).
import { Environment } from "@marcbachmann/cel-js";
import { fromCel, toCelMap } from "./cel-values.js";
import type { CelValue } from "./cel-values.js";
import { celSentence } from "./cel-sentence.js";
import { screenExpression } from "./cel-screen.js";
import { accept, refuse } from "./result.js";
import type { Result } from "./result.js";

/** What an expression may read. A variable that the slot does not know is a type error at load. */
export interface Variables {
  readonly claims: Readonly<Record<string, unknown>>;
  readonly issuer?: string;
  readonly route?: {
    readonly name: string;
    readonly key: string;
    readonly params: Readonly<Record<string, string>>;
  };
}

/** A CEL expression that was compiled and type-checked at load. */
export interface Expression {
  readonly source: string;
  /** Never throws: what goes wrong (a missing claim, a wrong type) is the refusal, as a sentence. */
  evaluate(variables: Variables): Result<unknown, string>;
}

export type VariableName = keyof Variables;

export interface ExpressionOptions {
  /** What the value must be. `strings`: text or a list of texts. `any` gives JSON: ints as numbers, maps as objects. */
  readonly type: "bool" | "string" | "strings" | "any";
  readonly variables: readonly VariableName[];
}

export const maxExpressionLength = 2048;

const limits = {
  maxAstNodes: 500,
  maxDepth: 32,
  maxListElements: 200,
  maxMapEntries: 100,
  maxCallArguments: 4,
};
const variableTypes = { claims: "map<string, dyn>", issuer: "string", route: "map<string, dyn>" } as const;

/** Refuses with what is wrong in the source: a syntax error, an unknown variable, another type than asked for. */
export function compileExpression(source: string, options: ExpressionOptions): Result<Expression, string> {
  if (source.length > maxExpressionLength) {
    return refuse(`is longer than ${maxExpressionLength} characters`);
  }
  const program = parse(source, options.variables);
  if (!program.ok) return program;
  const refusal = screenExpression(program.value.ast);
  if (refusal !== undefined) return refuse(refusal);
  const checked = program.value.check();
  if (!checked.valid) return refuse(celSentence(checked.error));
  if (!mayGive(checked.type, options.type)) {
    return refuse(`gives ${String(checked.type)} where ${needed[options.type]} is needed`);
  }
  const evaluate = (variables: Variables) => run(program.value, options, variables);
  return accept({ source, evaluate });
}

const needed = {
  bool: "bool",
  string: "string",
  strings: "string or list<string>",
  any: "anything",
} as const;

/** The checker's name for a list is without its elements' type where that is known at run time only. */
function mayGive(checked: string | undefined, type: ExpressionOptions["type"]): boolean {
  if (type === "any" || checked === "dyn" || checked === type) return true;
  return (
    type === "strings" && checked !== undefined && /^(?:string|list(?:<(?:string|dyn|T)>)?)$/.test(checked)
  );
}

type Program = ReturnType<Environment["parse"]>;

function parse(source: string, variables: readonly VariableName[]): Result<Program, string> {
  try {
    return accept(environmentFor(variables).parse(source));
  } catch (error) {
    return refuse(`is not CEL: ${celSentence(error)}`);
  }
}

const environments = new Map<string, Environment>();

function environmentFor(variables: readonly VariableName[]): Environment {
  const key = variables.join();
  const known = environments.get(key);
  if (known !== undefined) return known;
  const environment = new Environment({ unlistedVariablesAreDyn: false, limits });
  for (const name of variables) environment.registerVariable(name, variableTypes[name]);
  environments.set(key, environment);
  return environment;
}

function run(program: Program, options: ExpressionOptions, variables: Variables): Result<unknown, string> {
  const bound = bind(options.variables, variables);
  if (!bound.ok) return bound;
  let value: unknown;
  try {
    value = program(bound.value);
  } catch (error) {
    return refuse(celSentence(error));
  }
  if (options.type === "any") return fromCel(value);
  if (options.type === "strings" && isListOfStrings(value)) return accept(value);
  if (typeof value === (options.type === "bool" ? "boolean" : "string")) return accept(value);
  return refuse(`gives ${describe(value)} where ${needed[options.type]} is needed`);
}

const isListOfStrings = (value: unknown): boolean =>
  Array.isArray(value) && value.every((element) => typeof element === "string");

// One principal's claims are asked by many expressions and many requests; they are converted once.
const converted = new WeakMap<object, Result<CelValue, string>>();

function convertOnce(object: object): Result<CelValue, string> {
  const known = converted.get(object);
  if (known !== undefined) return known;
  const result = toCelMap(object);
  converted.set(object, result);
  return result;
}

function bind(
  names: readonly VariableName[],
  variables: Variables,
): Result<Record<string, CelValue>, string> {
  const context = Object.create(null) as Record<string, CelValue>;
  for (const name of names) {
    const value = variables[name];
    if (value === undefined) return refuse(`${name} is not known here`);
    const result = typeof value === "string" ? accept(value) : convertOnce(value);
    if (!result.ok) return refuse(`${name} holds ${result.denial}`);
    context[name] = result.value;
  }
  return accept(context);
}

function describe(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "list";
  const kind = typeof value;
  return { bigint: "int", number: "double", boolean: "bool", object: "map" }[kind as string] ?? kind;
}
