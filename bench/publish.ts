// Where a run's figures go: the terminal, a JSON file, and the block between two marks in bench/README.md, so that what
// is written there was always measured.
import { readFileSync, writeFileSync } from "node:fs";
import type { Figures } from "./figures.js";
import { machineLine, sectionsOf } from "./report.js";
import { markdownTable, textTable } from "./text-table.js";

export function terminalText(figures: Figures): string {
  const sections = sectionsOf(figures).map(({ title, rows }) => `\n${title}\n${textTable(rows)}`);
  return `${machineLine(figures)}\n${sections.join("")}`;
}

export function writeJson(file: string, figures: Figures, holds: unknown): void {
  writeFileSync(file, `${JSON.stringify({ ...figures, holds }, rounded, 2)}\n`);
}

/** Four digits are more than any of these figures has. */
const rounded = (_key: string, value: unknown): unknown =>
  typeof value === "number" ? Number(value.toPrecision(4)) : value;

const start = "<!-- figures: written by npm run bench -->\n";
const end = "<!-- /figures -->\n";

export function updateReadme(file: string, figures: Figures): void {
  writeFileSync(file, withFigures(readFileSync(file, "utf8"), figures));
}

/** @throws when the marks are not there, once each and in order. */
export function withFigures(text: string, figures: Figures): string {
  const [before, rest, ...more] = text.split(start);
  const [, after] = rest?.split(end) ?? [];
  if (before === undefined || after === undefined || more.length > 0)
    throw new Error("the marks of the figures are not in the text");
  const sections = sectionsOf(figures).map(({ title, rows }) => `**${title}**\n\n${markdownTable(rows)}\n`);
  return `${before}${start}\n${machineLine(figures)}.\n\n${sections.join("")}${end}${after}`;
}
