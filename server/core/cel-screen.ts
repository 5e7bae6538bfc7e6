// Which expressions are let in, beyond what CEL's own type check asks. A token must not be able to make an
// expression slow, so functions whose time cannot be bounded stay out, and walks over lists nest twice at most.
import type { ASTNode } from "@marcbachmann/cel-js";

// Left out on purpose: `matches` (a JavaScript regular expression backtracks), `duration` (cubic on long digits in
// the library), `lowerAscii` and `upperAscii` (they fold more than ASCII there, so two callers could become one),
// `cel.bind` (doubling), bytes and time zones (no use in claims).
const functions = new Set(["has", "size", "string", "int", "double", "bool", "dyn", "type", "timestamp"]);
const macros = new Set(["all", "exists", "exists_one", "map", "filter"]);
const methods = new Set([
  ...macros,
  ...[
    "size",
    "startsWith",
    "endsWith",
    "contains",
    "indexOf",
    "lastIndexOf",
    "substring",
    "trim",
    "split",
    "join",
  ],
]);

/** How many walks may stand inside each other: macros, `in` on anything but a literal list, and `textWalks`. */
const maxWalks = 2;
/** These read a text from end to end, and one claim may be nearly the whole token. */
const textWalks = new Set(["size", "trim", "contains", "indexOf", "lastIndexOf"]);
/** What these give is as long as all that they read, so what they read is a walk further in. */
const lengthening = new Set(["join", "split"]);

/** The reason why an expression is refused, if it is. */
export function screenExpression(node: ASTNode, walks = 0): string | undefined {
  if (walks > maxWalks) return tooManyWalks;
  switch (node.op) {
    case "value":
    case "id":
      return undefined;
    case ".":
    case ".?":
      return screenExpression(node.args[0], walks);
    case "!_":
    case "-_":
      return screenExpression(node.args, walks);
    case "map":
      return screenAll(node.args.flat(), walks);
    case "in":
      return screenAll(node.args, node.args[1].op === "list" ? walks : walks + 1);
    case "call":
      return (
        screenName(node.args[0], functions) ??
        screenTextWalk(node.args[0], walks) ??
        screenAll(node.args[1], walks)
      );
    case "rcall":
      return screenMethod(node.args, walks);
    default:
      return screenAll(node.args, walks);
  }
}

function screenMethod(
  [name, receiver, args]: [string, ASTNode, ASTNode[]],
  walks: number,
): string | undefined {
  const refusal = screenName(name, methods) ?? screenTextWalk(name, walks);
  if (refusal !== undefined) return refusal;
  // One string splits into as many parts as it has characters: once is fine, once per element is not.
  if (name === "split" && walks > 0) return "split() may not stand inside a macro";
  return (
    screenExpression(receiver, lengthening.has(name) ? walks + 1 : walks) ??
    screenAll(args, macros.has(name) ? walks + 1 : walks)
  );
}

const tooManyWalks = `walks over lists and texts (macros, \`in\`, join(), ${[...textWalks].join("(), ")}()) may stand only ${maxWalks} deep in each other`;

const screenTextWalk = (name: string, walks: number): string | undefined =>
  textWalks.has(name) && walks >= maxWalks ? tooManyWalks : undefined;

function screenAll(nodes: readonly ASTNode[], walks: number): string | undefined {
  for (const node of nodes) {
    const refusal = screenExpression(node, walks);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function screenName(name: string, available: ReadonlySet<string>): string | undefined {
  if (available.has(name)) return undefined;
  return `${name}() is not available here; available are ${[...available].join(", ")}`;
}
