// The Markdown tables of a page: each row by its columns' headings, with the heading of its section.
export interface PageRow {
  readonly section: string;
  readonly cells: Readonly<Record<string, string>>;
}

const cellsOf = (line: string): string[] =>
  line
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim());

/** Those with at least the columns named. */
export function tableRows(text: string, columns: readonly string[]): PageRow[] {
  const rows: PageRow[] = [];
  let section = "";
  let headings: string[] = [];
  for (const line of text.split("\n")) {
    if (!line.startsWith("|")) headings = [];
    section = /^#+ (.*)/.exec(line)?.[1] ?? section;
    if (!line.startsWith("|") || /^\| *:?-/.test(line)) continue;
    const cells = cellsOf(line);
    if (headings.length === 0) headings = cells;
    else if (columns.every((column) => headings.includes(column))) {
      rows.push({
        section,
        cells: Object.fromEntries(headings.map((heading, at) => [heading, cells[at] ?? ""])),
      });
    }
  }
  return rows;
}

export const codeSpans = (text: string): string[] =>
  Array.from(text.matchAll(/`([^`]+)`/g), ([, code = ""]) => code);
