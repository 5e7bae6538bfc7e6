// How a run's figures are shown and kept.
import { readFileSync } from "node:fs";
import { terminalText, withFigures } from "../../bench/publish.js";
import { heldFigures } from "../fixtures/bench-figures.js";

const page = "before\n\n<!-- figures: written by npm run bench -->\nstale\n<!-- /figures -->\n\nafter\n";

test("the terminal shows every contender with its ratios to the bare relay", () => {
  const text = terminalText(heldFigures);
  expect(text).toMatch(/^2026-01-01, Node v20\.19\.0, 2 cores \(a CPU\), wrk, /);
  expect(text).toMatch(/^Grantway +12,000 +0\.60 +5\.33 +1\.67 +10\.67 +1\.67 +100 +1\.00 +99 %$/m);
  expect(text).toMatch(/^Memory per silent call, 10,000 in flight, KB +25\.0$/m);
});

test("what was not measured is not shown", () => {
  const text = terminalText({ ...heldFigures, throughput: {} });
  expect(text).not.toContain("req/s");
  expect(text).toContain("Held to");
});

test("the page keeps its words, and gets new figures between the marks", () => {
  const written = withFigures(page, heldFigures);
  expect(written.startsWith("before\n\n<!-- figures")).toBe(true);
  expect(written.endsWith("<!-- /figures -->\n\nafter\n")).toBe(true);
  expect(written).not.toContain("stale");
  expect(written).toContain("| Grantway ");
  expect(withFigures(written, heldFigures)).toBe(written);
});

test.each([
  ["no marks", "before"],
  ["no end", page.replace("<!-- /figures -->\n", "")],
  ["two beginnings", page + page],
])("a page with %s is left alone", (_, text) => {
  expect(() => withFigures(text, heldFigures)).toThrow("marks");
});

test("bench/README.md has the marks", () => {
  expect(() => withFigures(readFileSync("bench/README.md", "utf8"), heldFigures)).not.toThrow();
});
