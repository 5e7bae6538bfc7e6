// The table of claims in docs/configuration.md and their forms is true.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sessionIdentifier, tagValue } from "../../server/core/identifier.js";

const page = readFileSync(join(__dirname, "../../docs/configuration.md"), "utf8");
const [, table = ""] = /\n(\| Claim +\| Session name[^]*?)\n\n/.exec(page) ?? [];
const rows = table
  .split("\n")
  .slice(2)
  .map((line) => line.split(/(?<!\\)\|/).slice(1, -1))
  .map((cells) => cells.map((cell) => cell.trim().replaceAll("\\|", "|")));

const code = (cell: string): string | undefined => /^`(.*)`$/.exec(cell)?.[1];
const isCode = ([claim = ""]: readonly string[]): boolean => code(claim) !== undefined;

/** A list or a number is written as JSON, text as it is. */
const claimOf = (text: string): unknown => (/^(?:\[|\d+$)/.test(text) ? (JSON.parse(text) as unknown) : text);

const isText = (claim: unknown): claim is string | string[] =>
  typeof claim === "string" || Array.isArray(claim);

test("it is there, with the claims that people ask about", () => {
  const claims = rows.map(([claim]) => claim);
  for (const asked of ["`auth0|abc`", "`repo:org/app:ref`", "`alice@example.com`", "`山田`"]) {
    expect(claims).toContain(asked);
  }
  expect(rows.filter((row) => !isCode(row)).map(([claim]) => claim)).toEqual([
    "longer than 64 (tag: 256) characters",
  ]);
});

test.each(rows.filter(isCode))("%s: session name %s, tag value %s", (claimCell, nameCell, tagCell) => {
  const claim = claimOf(code(claimCell) ?? "");
  const name = typeof claim === "string" ? sessionIdentifier(claim) : undefined;
  const tag = isText(claim) ? tagValue(claim) : undefined;
  expect([
    name === undefined ? "refused" : `\`${name}\``,
    tag === undefined ? "refused" : `\`${tag}\``,
  ]).toEqual([nameCell, tagCell]);
});
