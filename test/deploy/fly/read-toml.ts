// As much of TOML as deploy/fly/fly.toml uses: tables, arrays of tables, and on one line strings, numbers, booleans and
// lists of those. Anything else throws, so that nothing is read as what it is not.
export interface TomlTable {
  [name: string]: TomlValue;
}
export type TomlValue = string | number | boolean | readonly TomlValue[] | TomlTable;

const bare = "[A-Za-z0-9_-]+";
const header = new RegExp(`^(\\[\\[?)(${bare}(?:\\.${bare})*)(\\]\\]?)$`);
const pair = new RegExp(`^(${bare}) = (.+)$`);

export function readToml(text: string): TomlTable {
  const root: TomlTable = {};
  let table = root;
  for (const [at, written] of text.split("\n").entries()) {
    const line = written.trim();
    if (line === "" || line.startsWith("#")) continue;
    const [, open, path, close] = header.exec(line) ?? [];
    const [, name, value] = pair.exec(line) ?? [];
    if (open && path && close?.length === open.length) table = enter(root, path.split("."), open === "[[");
    else if (name && value && !Object.hasOwn(table, name)) table[name] = readValue(value);
    else throw new Error(`line ${at + 1} of the TOML: ${line}`);
  }
  return root;
}

/** A path goes through the newest item of an array of tables. */
function enter(root: TomlTable, path: readonly string[], isItem: boolean): TomlTable {
  return path.reduce<TomlTable>((table, name, at) => {
    const isLast = at === path.length - 1;
    const there = table[name];
    if (isLast && isItem) {
      const item: TomlTable = {};
      table[name] = [...(there === undefined ? [] : tablesOf(there)), item];
      return item;
    }
    if (isLast && there !== undefined) throw new Error(`[${path.join(".")}] stands twice`);
    if (there === undefined) return (table[name] = {});
    const inner = Array.isArray(there) ? tablesOf(there).at(-1) : there;
    if (typeof inner !== "object" || Array.isArray(inner)) throw new Error(`${name} is no table`);
    return inner as TomlTable;
  }, root);
}

export function tablesOf(value: TomlValue | undefined): readonly TomlTable[] {
  if (!Array.isArray(value)) throw new Error("not an array of tables");
  return value as readonly TomlTable[];
}

/** What stands behind a value would be a comment, and is not taken. */
function readValue(text: string): TomlValue {
  if (/^(-?\d+|true|false|"[^"\\]*"|\[("[^"\\]*"(, "[^"\\]*")*)?\])$/.test(text))
    return JSON.parse(text) as TomlValue;
  throw new Error(`not read here: ${text}`);
}
