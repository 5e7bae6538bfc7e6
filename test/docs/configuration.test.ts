// docs/configuration.md and the README's screen of configuration: what they show loads, no key of the schema is left out, and
// what is called a default is one.
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { configurationSchema } from "../../server/config/schema.js";
import { targetSchema } from "../../server/config/target-schema.js";
import { grantway } from "../cli/run-grantway.js";

const page = readFileSync("docs/configuration.md", "utf8");
const yamlBlocks = (text: string): string[] =>
  Array.from(text.matchAll(/^```yaml\n([^]*?)^```$/gm), ([, block = ""]) => block);
const documentIn = (text: string): string =>
  yamlBlocks(text).find((block) => block.startsWith("issuers:")) ?? "";

const document = documentIn(page);
const targets = (yamlBlocks(page).find((block) => block.startsWith("target:")) ?? "").split("---\n");

test.each([
  ["docs/configuration.md", document],
  ["README.md", documentIn(readFileSync("README.md", "utf8"))],
])("the document of %s has no faults", async (_, text) => {
  const files = { "gateway.yaml": text };
  const env = { VALKEY_PASSWORD: "of the reader's own" };
  const { status, err } = await grantway(["check", "gateway.yaml"], { files, env });
  expect({ status, err }).toEqual({ status: 0, err: "" });
});

test.each(targets.map((text) => [text.split("\n")[0], text]))("%s loads", (_, text = "") => {
  const { target } = parse(text) as { target: unknown };
  expect(targetSchema.safeParse(target).error?.issues ?? []).toEqual([]);
});

/** Names of keys, wherever they stand in the schema; those of IAM's statements and of records are not ours. */
function keysOf(schema: unknown): string[] {
  if (typeof schema !== "object" || schema === null) return [];
  const { properties, ...others } = schema as { properties?: Record<string, unknown> };
  const own = Object.entries(properties ?? {}).flatMap(([key, inner]) => [key, ...keysOf(inner)]);
  return [...own, ...Object.values(others).flatMap(keysOf)];
}

test("no key of the schema is left out", () => {
  const schema: unknown = JSON.parse(readFileSync("server/config/gateway.schema.json", "utf8"));
  const keys = [...new Set(keysOf(schema))].filter((key) => /^[a-z]/.test(key));
  const shown = yamlBlocks(page).join("\n");
  // `module` stands in the place of `lambda`, `region` and `service` go with any target: told in words.
  const isShown = (key: string): boolean =>
    ["module", "region", "service"].includes(key)
      ? new RegExp(`\\b${key}\\b`).test(page)
      : new RegExp(`(?:^|[ {])${key}:`, "m").test(shown);
  expect(keys.length).toBeGreaterThan(60);
  expect(keys.filter((key) => !isShown(key))).toEqual([]);
});

const lines = document.split("\n");
const without = (at: number): string => lines.filter((_, index) => index !== at).join("\n");
const read = (text: string): string => JSON.stringify(configurationSchema.parse(parse(text)));

const defaults = lines.flatMap((line, at) =>
  / # the default\b/.test(line) ? [{ line: line.trim(), at }] : [],
);

test.each(defaults)("$line: so it is without that line", ({ at }) => {
  expect(read(without(at))).toBe(read(document));
});

const optional = lines.flatMap((line, at) =>
  /^ +\w+: .* # .*\bdefault\b/.test(line) && !line.includes("# the default")
    ? [{ line: line.trim(), at }]
    : [],
);

test.each(optional)("$line: it may be left out, and is then something else", ({ at }) => {
  const parsed = configurationSchema.safeParse(parse(without(at)));
  expect(parsed.error?.issues ?? []).toEqual([]);
  expect(JSON.stringify(parsed.data)).not.toBe(read(document));
});

test("there are defaults, and keys without", () => {
  expect(defaults.length).toBeGreaterThan(20);
  expect(optional.length).toBeGreaterThan(15);
});
