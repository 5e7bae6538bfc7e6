// The README says of each dependency why it is there, and of none that is gone.
import { readFileSync } from "node:fs";
import { tableRows } from "./page-tables.js";

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}
const manifest = JSON.parse(readFileSync("package.json", "utf8")) as Manifest;
const readme = readFileSync("README.md", "utf8");

const fits = (entry: string, name: string): boolean =>
  entry.endsWith("/*") ? name.startsWith(entry.slice(0, -1)) : entry === name;

test.each([
  ["Package", Object.keys(manifest.dependencies)],
  // Types come with what they are of.
  ["For development", Object.keys(manifest.devDependencies).filter((name) => !name.startsWith("@types/"))],
])("%s: each has its line of why, and each line is of one that is there", (column, names) => {
  const rows = tableRows(readme, [column, "Why"]).map(({ cells }) => cells);
  const entries = rows.flatMap((cells) => (cells[column] ?? "").split(", "));
  expect(names.filter((name) => !entries.some((entry) => fits(entry, name)))).toEqual([]);
  expect(entries.filter((entry) => !names.some((name) => fits(entry, name)))).toEqual([]);
  expect(rows.filter(({ Why = "" }) => Why.length < 5)).toEqual([]);
});
