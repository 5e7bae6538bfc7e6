// As much of TOML as a fly.toml may have (https://toml.io/en/v1.0.0): tables, arrays of tables, strings, numbers, booleans,
// lists and inline tables. Anything else is refused with its line, so that nothing is read as what it is not.
import { accept, refuse, type Result } from "../../core/result.js";

export type TomlValue = string | number | boolean | readonly TomlValue[] | TomlTable;
export type TomlTable = ReadonlyMap<string, TomlValue>;
type Table = Map<string, TomlValue>;

/** The refusal: `line 3 is not understood`. */
export function readToml(text: string): Result<TomlTable, string> {
  const cursor = new Cursor(text);
  try {
    return accept(readDocument(cursor));
  } catch (error) {
    if (!(error instanceof NotUnderstood)) throw error;
    return refuse(`line ${cursor.line} is not understood`);
  }
}

class NotUnderstood extends Error {}

class Cursor {
  #at = 0;
  constructor(readonly text: string) {}

  get isAtEnd(): boolean {
    return this.#at === this.text.length;
  }

  get line(): number {
    return this.text.slice(0, this.#at).split("\n").length;
  }

  /** What stands here goes by, if it is of that (sticky) shape. */
  take(shape: RegExp): RegExpExecArray | undefined {
    shape.lastIndex = this.#at;
    const taken = shape.exec(this.text) ?? undefined;
    if (taken) this.#at = shape.lastIndex;
    return taken;
  }

  need(shape: RegExp): RegExpExecArray {
    const taken = this.take(shape);
    if (!taken) throw new NotUnderstood();
    return taken;
  }
}

const gap = /(?:[ \t\r\n]|#[^\n]*)*/y;
const lineEnd = /[ \t]*(?:#[^\n]*)?(?:\r?\n|$)/y;

function readDocument(cursor: Cursor): TomlTable {
  const root: Table = new Map();
  const opened = new Set<TomlValue>();
  let table = root;
  cursor.take(gap);
  while (!cursor.isAtEnd) {
    const open = cursor.take(/\[\[?[ \t]*/y)?.[0].trim();
    if (open === undefined) readPair(cursor, table);
    else {
      table = enter(root, readKey(cursor), open === "[[");
      cursor.need(open === "[[" ? /[ \t]*\]\]/y : /[ \t]*\]/y);
      if (opened.has(table)) throw new NotUnderstood();
      opened.add(table);
    }
    cursor.need(lineEnd);
    cursor.take(gap);
  }
  return root;
}

function readPair(cursor: Cursor, table: Table, depth = 0): void {
  const path = readKey(cursor);
  cursor.need(/[ \t]*=[ \t]*/y);
  const value = readValue(cursor, depth);
  const [name = "", inner] = [path.at(-1), enter(table, path.slice(0, -1), false)];
  if (inner.has(name)) throw new NotUnderstood();
  inner.set(name, value);
}

/** `services.ports`, each part bare or quoted. */
function readKey(cursor: Cursor): readonly string[] {
  const path: string[] = [];
  do {
    const [, bare, basic, literal] = cursor.need(/([A-Za-z0-9_-]+)|"([^"\\\r\n]*)"|'([^'\r\n]*)'/y);
    path.push(bare ?? basic ?? literal ?? "");
  } while (cursor.take(/[ \t]*\.[ \t]*/y));
  return path;
}

/** A path goes through the newest item of an array of tables. */
function enter(from: Table, path: readonly string[], isItem: boolean): Table {
  return path.reduce((table, name, at) => {
    const there = table.get(name);
    const opensItem = isItem && at === path.length - 1;
    if (opensItem && there !== undefined && !Array.isArray(there)) throw new NotUnderstood();
    if (there === undefined || opensItem) {
      const item: Table = new Map();
      table.set(name, opensItem ? [...((there as readonly TomlValue[] | undefined) ?? []), item] : item);
      return item;
    }
    const inner: unknown = Array.isArray(there) ? there.at(-1) : there;
    if (!(inner instanceof Map)) throw new NotUnderstood();
    return inner as Table;
  }, from);
}

/** Deeper than anything that Fly has; and no stack is deep enough for whatever might be written. */
const mostDepth = 20;

function readValue(cursor: Cursor, depth = 0): TomlValue {
  if (depth > mostDepth) throw new NotUnderstood();
  if (cursor.take(/\[/y)) return readList(cursor, depth + 1);
  if (cursor.take(/\{[ \t]*/y)) return readInline(cursor, depth + 1);
  return readString(cursor) ?? readScalar(cursor);
}

function readList(cursor: Cursor, depth: number): TomlValue {
  const items: TomlValue[] = [];
  cursor.take(gap);
  while (!cursor.take(/\]/y)) {
    items.push(readValue(cursor, depth));
    cursor.take(gap);
    if (!cursor.take(/,/y)) {
      cursor.need(/\]/y);
      break;
    }
    cursor.take(gap);
  }
  return items;
}

function readInline(cursor: Cursor, depth: number): TomlTable {
  const table: Table = new Map();
  if (cursor.take(/\}/y)) return table;
  do readPair(cursor, table, depth);
  while (cursor.take(/[ \t]*,[ \t]*/y));
  cursor.need(/[ \t]*\}/y);
  return table;
}

/** As it is written: no word that counts here has an escape, and one that has is no such word. */
function readString(cursor: Cursor): string | undefined {
  const taken =
    cursor.take(/"""((?:[^\\]|\\[^])*?)"""(?!")/y) ??
    cursor.take(/'''([^]*?)'''(?!')/y) ??
    cursor.take(/"((?:[^"\\\r\n]|\\.)*)"/y) ??
    cursor.take(/'([^'\r\n]*)'/y);
  return taken?.[1];
}

function readScalar(cursor: Cursor): number | boolean {
  const [word] = cursor.need(/[\w.+-]+/y);
  if (word === "true" || word === "false") return word === "true";
  if (!/^[+-]?\d+(?:_\d+)*(?:\.\d+(?:_\d+)*)?(?:[eE][+-]?\d+)?$/.test(word)) throw new NotUnderstood();
  return Number(word.replaceAll("_", ""));
}
