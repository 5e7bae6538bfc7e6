// docs/rules.md, "Expressions": the functions that it lists are those there are, and what it says of an expression holds.
import { readFileSync } from "node:fs";
import { compileExpression } from "../../server/core/cel.js";
import { accepted } from "../fixtures/outcome.js";
import { codeSpans, tableRows } from "./page-tables.js";

const [, section = ""] = /^## Expressions\n([^]*?)^## /m.exec(readFileSync("docs/rules.md", "utf8")) ?? [];
const item = (name: string): string =>
  new RegExp(`^- \\*\\*${name}[^]*?(?=^- |^\\n)`, "m").exec(section)?.[0] ?? "";

const compile = (source: string) =>
  compileExpression(source, { type: "bool", variables: ["claims", "issuer", "route"] });
/** What a refusal says there is: `nothing() is not available here; available are has, size, ...` */
const available = (source: string): string[] => {
  const compiled = compile(source);
  return compiled.ok ? [] : (compiled.denial.split("available are ")[1]?.split(", ") ?? []);
};

test("the functions are those there are", () => {
  expect(codeSpans(item("Functions"))).toEqual(available("bytes('a') == b'a'"));
});

test("the methods are those there are, and `matches` is none", () => {
  const listed = codeSpans(item("Methods"));
  expect(listed.toSorted()).toEqual([...available("claims.a.matches('b')"), "matches"].toSorted());
});

const route = { name: "r", key: "GET /r", params: {} };
const evaluate = (source: string, claims: Record<string, unknown>) =>
  accepted(compile(source)).evaluate({ claims, issuer: "main", route });

const claims = {
  ...{ name: "max x", level: 3, flag: "true", groups: ["x", "analysts", "a"] },
  "https://example.com/roles": ["x"],
};
const rows = tableRows(section, ["Written", "Meant"]).map(({ cells }) =>
  [cells.Written, cells.Meant].map((cell = "") => codeSpans(cell)[0]?.replaceAll("\\|", "|") ?? ""),
);

test("there are some", () => expect(rows.length).toBeGreaterThan(4));

test.each(rows)("%s passes check and never matches; %s does", (written, meant) => {
  expect(evaluate(written, claims)).not.toEqual({ ok: true, value: true });
  expect(evaluate(meant, claims)).toEqual({ ok: true, value: true });
});

test.each(codeSpans(item("A list")).filter((code) => code.includes(" ")))("%s asks a list", (source) => {
  expect(evaluate(source, claims)).toEqual({ ok: true, value: true });
  expect(evaluate(source, { groups: [] })).toEqual({ ok: true, value: false });
});

test("a claim whose name is a URL is asked for and read as the page says", () => {
  const [asks = "", reads = ""] = codeSpans(item("A missing claim")).filter((code) => code.includes("://"));
  expect(evaluate(asks, claims)).toEqual({ ok: true, value: true });
  expect(evaluate(`${reads} == ["x"]`, {})).toMatchObject({ ok: false });
  expect(evaluate(`"x" in ${reads}`, claims)).toEqual({ ok: true, value: true });
});
