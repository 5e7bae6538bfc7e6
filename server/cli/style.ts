// Colours, on a terminal only. https://no-color.org, and FORCE_COLOR as Node reads it.
import type { Style } from "../core/style.js";
import type { Console } from "./console.js";

const codes = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39] } as const;

/** For what goes to standard output. */
export function styleFor(console: Pick<Console, "env" | "isTerminal">): Style {
  const isColoured = takesColour(console);
  const style = (name: keyof typeof codes) => (text: string) =>
    isColoured ? `\u001b[${codes[name][0]}m${text}\u001b[${codes[name][1]}m` : text;
  return {
    bold: style("bold"),
    dim: style("dim"),
    red: style("red"),
    green: style("green"),
    yellow: style("yellow"),
  };
}

/** For what goes to standard error. */
export const errorStyleFor = ({ env, isErrorTerminal }: Pick<Console, "env" | "isErrorTerminal">): Style =>
  styleFor({ env, isTerminal: isErrorTerminal });

function takesColour({ env, isTerminal }: Pick<Console, "env" | "isTerminal">): boolean {
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== "0" && env.FORCE_COLOR !== "false";
  return isTerminal && !env.NO_COLOR && env.TERM !== "dumb";
}
