// docs/security.md: every attack that is tested is among its threats, and the settings that it speaks of are there.
import { readdirSync, readFileSync } from "node:fs";
import { codeSpans, tableRows } from "./page-tables.js";

const page = readFileSync("docs/security.md", "utf8");

test("every attack that has a test is a threat with its answer", () => {
  const held = tableRows(page, ["Threat", "Answer", "Held by"]).map(({ cells }) => cells["Held by"]);
  const attacks = readdirSync("test/attacks").filter((file) => file.endsWith(".test.ts"));
  expect(attacks.length).toBeGreaterThan(20);
  expect(attacks.filter((file) => !held.some((cell) => cell?.includes(`(../test/attacks/${file})`)))).toEqual(
    [],
  );
});

test("every setting that matters is a key of the configuration", () => {
  const schema = readFileSync("server/config/gateway.schema.json", "utf8");
  const keys = tableRows(page, ["Setting", "Safe"])
    .flatMap(({ cells }) => codeSpans(cells.Setting ?? ""))
    .flatMap((path) => path.split(/\[\]\.|\./));
  expect(keys.length).toBeGreaterThan(10);
  expect(keys.filter((key) => !schema.includes(`"${key}":`))).toEqual([]);
});
