// Rows of text as columns: for a terminal, and the same as Markdown.

export type Row = readonly string[];

/** The first column to the left, the others, which are figures, to the right. */
export function textTable(rows: readonly Row[]): string {
  const widths = widthsOf(rows);
  return rows.map((row) => padded(row, widths).join("  ").trimEnd() + "\n").join("");
}

/** As Prettier would have it. */
export function markdownTable([head = [], ...rows]: readonly Row[]): string {
  const widths = widthsOf([head, ...rows]);
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |\n`;
  const rule = widths.map((width, index) => (index === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  return [padded(head, widths), rule, ...rows.map((row) => padded(row, widths))].map(line).join("");
}

const padded = (row: Row, widths: readonly number[]): string[] =>
  widths.map((width, index) => {
    const cell = row[index] ?? "";
    return index === 0 ? cell.padEnd(width) : cell.padStart(width);
  });

function widthsOf(rows: readonly Row[]): number[] {
  const columns = Math.max(...rows.map((row) => row.length));
  return Array.from({ length: columns }, (_, index) =>
    Math.max(3, ...rows.map((row) => row[index]?.length ?? 0)),
  );
}
