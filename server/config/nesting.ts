// Whether a text is nested deeper than any valid document. Asked before YAML's composer is, which calls itself for every
// level: where the stack ends while V8 compiles a regular expression, V8 ends the process, and nothing can catch that.
import { type CST, LineCounter, Parser } from "yaml";
import { maxDepth } from "./environment.js";
import type { Fault } from "./fault.js";

/** This parser calls nothing of itself, however deep. */
export function findTooDeep(text: string): Fault | undefined {
  const lines = new LineCounter();
  for (const token of new Parser(lines.addNewLine).parse(text)) {
    const offset = token.type === "document" ? offsetTooDeep(token.value) : undefined;
    if (offset === undefined) continue;
    const { line, col } = lines.linePos(offset);
    return { path: `line ${line}, column ${col}`, message: `is nested deeper than ${maxDepth}` };
  }
  return undefined;
}

interface Nested {
  readonly token: CST.Token | null | undefined;
  readonly depth: number;
}

function offsetTooDeep(top: CST.Token | undefined): number | undefined {
  const left: Nested[] = [{ token: top, depth: 0 }];
  for (let next = left.pop(); next; next = left.pop()) {
    const { token, depth } = next;
    if (!token || !("items" in token)) continue;
    if (depth > maxDepth) return token.offset;
    for (const { key, value } of token.items)
      left.push({ token: key, depth: depth + 1 }, { token: value, depth: depth + 1 });
  }
  return undefined;
}
