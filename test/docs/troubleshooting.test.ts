// docs/troubleshooting.md has a section for every refusal that callers can get, each with its status, and none beside:
// for the problems of problem.ts, the reasons behind a bad token, and the codes of the /sts door.
import { readFileSync } from "node:fs";
import { brokenVerdicts, problemCodes, reasons, stsCodes } from "./problem-codes.js";
import { codeSpans, tableRows } from "./page-tables.js";

const page = readFileSync("docs/troubleshooting.md", "utf8");
const sections = Array.from(
  page.matchAll(/^### (\w+)\n\n(\d+)(.*(?:\n(?!#).*)*)/gm),
  ([, code = "", status, text = ""]) => ({
    code,
    status: Number(status),
    text,
  }),
);
const rows = (columns: readonly string[]) => tableRows(page, columns).map(({ cells }) => cells);
const first = (cell = ""): string => codeSpans(cell)[0] ?? "";

test("every code has a section with its status, and no section is without a code", () => {
  const told = sections.map(({ code, status }) => `${code} ${status}`);
  expect(told.toSorted()).toEqual(
    Array.from(problemCodes, ([code, status]) => `${code} ${status}`).toSorted(),
  );
  expect(page.match(/^### /gm)).toHaveLength(sections.length);
});

test.each(sections)("$code says who can mend it", ({ text }) => {
  expect(text).toMatch(/\*\*(?:Caller|Operator|AWS|Nobody|Issuer)\*\*|mends it/i);
});

test("a bad token's reasons are all there", () => {
  const told = rows(["`reason` in the log", "Means"]).map((cells) => first(cells["`reason` in the log"]));
  expect(told.toSorted()).toEqual(reasons.filter((reason) => reason.startsWith("token_")).toSorted());
});

test("the codes of the /sts door are all there, with their statuses", () => {
  const told = rows(["Code", "Reasons in the log"]).map(({ Code = "" }) => Code.replaceAll("`", ""));
  expect(told.toSorted()).toEqual([...stsCodes].toSorted());
});

test("the reasons that it names for them are the log's", () => {
  const named = rows(["Code", "Reasons in the log"]).flatMap((cells) =>
    codeSpans(cells["Reasons in the log"] ?? ""),
  );
  const known = new Set<string>([...reasons, "internal_error"]);
  expect(named.filter((reason) => !reason.includes("*") && !known.has(reason))).toEqual([]);
});

test("every way that an answer breaks off after its head is there", () => {
  const told = rows(["`type` ends with", "Means"]).map((cells) => first(cells["`type` ends with"]));
  expect(told.toSorted()).toEqual(brokenVerdicts.map((verdict) => `stream_${verdict}`).toSorted());
});

test("every status that a refusal has is in docs/doors.md, and none beside", () => {
  const told = tableRows(readFileSync("docs/doors.md", "utf8"), ["Status", "Says"]).flatMap(
    ({ cells: { Status = "" } }) => Status.split(", ").map(Number),
  );
  // 499 is never sent.
  const statuses = new Set([...problemCodes.values()].filter((status) => status !== 499));
  expect(told.toSorted()).toEqual([...statuses].toSorted());
});

test("what /readyz says is what the page looks for", () => {
  const told = rows(["Seen", "Most often"]).flatMap(({ Seen = "" }) =>
    Seen.startsWith("`/readyz`") ? codeSpans(Seen).slice(1) : [],
  );
  const source = ["core/readiness.ts", "core/limit-contradictions.ts", "adapters/probe-roles.ts"].map(
    (file) => readFileSync(`server/${file}`, "utf8"),
  );
  expect(told.length).toBeGreaterThan(2);
  expect(told.filter((words) => !source.some((text) => text.includes(words)))).toEqual([]);
});
