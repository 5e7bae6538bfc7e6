// The tables of an array of tables in fly.toml.
import type { TomlTable } from "smol-toml";

export function tablesOf(value: unknown): readonly TomlTable[] {
  if (!Array.isArray(value)) throw new Error("not an array of tables");
  return value as readonly TomlTable[];
}
