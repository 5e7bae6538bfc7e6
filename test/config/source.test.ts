import { loadConfiguration } from "../../server/config/load.js";
import { nameSource } from "../../server/config/source.js";
import { load, minimal } from "./documents.js";

/** Loads with every file readable and tells which was read. */
function readWith(file: string | undefined, env: Record<string, string>) {
  const paths: string[] = [];
  const readFile = (path: string) => {
    paths.push(path);
    return JSON.stringify(minimal);
  };
  const loaded = loadConfiguration({ ...(file !== undefined && { file }), env, readFile });
  return { ok: loaded.ok, paths, name: nameSource({ ...(file !== undefined && { file }), env }) };
}

const document = JSON.stringify(minimal);

test.each<[string, string | undefined, Record<string, string>, string[], string]>([
  ["--config before all", "a.yaml", { GATEWAY_CONFIG: "b.yaml" }, ["a.yaml"], "a.yaml"],
  ["GATEWAY_CONFIG as a path", undefined, { GATEWAY_CONFIG: "b.yaml" }, ["b.yaml"], "b.yaml"],
  ["GATEWAY_CONFIG as the document", undefined, { GATEWAY_CONFIG: document }, [], "GATEWAY_CONFIG"],
  ["a document behind white space", undefined, { GATEWAY_CONFIG: `\n ${document}` }, [], "GATEWAY_CONFIG"],
  ["gateway.yaml", undefined, {}, ["gateway.yaml"], "gateway.yaml"],
])("reads %s", (_name, file, env, paths, name) => {
  expect(readWith(file, env)).toEqual({ ok: true, paths, name });
});

test("an empty GATEWAY_CONFIG is a fault, not a silent default", () => {
  expect(readWith(undefined, { GATEWAY_CONFIG: " " })).toEqual({
    ok: false,
    paths: [],
    name: "GATEWAY_CONFIG",
  });
});

test("a file that cannot be read is a fault with its path", () => {
  const readFile = () => {
    throw new Error("ENOENT: no such file");
  };
  expect(loadConfiguration({ file: "x.yaml", env: {}, readFile })).toEqual({
    ok: false,
    denial: [{ path: "x.yaml", message: "cannot be read: ENOENT: no such file" }],
  });
});

const aliases = ["a: &a [1,1,1,1,1,1,1,1,1,1]"];
for (const [name, of] of ["ba", "cb", "dc", "ed", "fe"]) {
  aliases.push(`${name ?? ""}: &${name ?? ""} [${Array.from({ length: 10 }, () => `*${of ?? ""}`).join()}]`);
}

describe("text that is refused before it is a document", () => {
  test.each([
    ["a key given twice", "sts: {}\nlisten: {}\nsts: {}\n", "line 3, column 1", "unique"],
    ["a key given twice in JSON", '{"sts": {},\n "sts": {}}', "line 2, column 2", "unique"],
    ["a broken list", "issuers: [1,\nroles: 2", "line 2, column 1", "Flow sequence"],
    ["a tag", "sts: !secret x", "line 1, column 6", "Unresolved tag"],
    ["a tag of YAML 1.1", "sts: !!binary aGVsbG8=", "line 1, column 6", "Unresolved tag"],
    [
      "two documents",
      "a: 1\n---\nb: 2",
      "line 2, column 1",
      "begins a second document, and a configuration is one",
    ],
    ["three documents", "---\na: 1\n---\nb: 2\n---\n", "line 3, column 1", "begins a second document"],
    ["keys that are lists", "? [a]\n: 1", "line 1, column 3", "must be strings"],
    ["aliases that multiply", aliases.join("\n"), "(document)", "alias"],
    ["nesting without end", "[".repeat(100_000), "line 1, column 34", "is nested deeper than 32"],
    [
      "nesting that YAML can write without brackets",
      "- ".repeat(1_000),
      "line 1, column 67",
      "deeper than 32",
    ],
    ["nesting in keys", `a: 1\n${"? ".repeat(34)}`, "line 2, column 67", "is nested deeper than 32"],
    ["nesting in a second document", `a\n---\n${"- ".repeat(1_000)}`, "line 3, column 67", "deeper than 32"],
    ["more than a megabyte", `# ${"x".repeat(1_048_576)}`, "test.yaml", "is longer than 1048576"],
  ])("%s", (_name, text, path, message) => {
    const loaded = load(text);
    expect(loaded.ok).toBe(false);
    if (loaded.ok) return;
    expect(loaded.denial[0]?.path).toContain(path);
    expect(loaded.denial[0]?.message).toContain(message);
    expect(loaded.denial.length).toBeLessThanOrEqual(10);
  });

  test("nesting of just 32 is still a document", () => {
    for (const text of ["[".repeat(33) + "]".repeat(33), "- ".repeat(33), "{a: ".repeat(33) + "}".repeat(33)])
      expect(JSON.stringify(load(text))).not.toContain("nested");
  });

  test("an alias that contains itself", () => {
    expect(load("sts: &x { region: *x }")).toMatchObject({ ok: false });
  });

  test("no line of the source stands in a message, since it may hold a secret", () => {
    const loaded = load('sts: { externalId: hunter2\nroles: "x');
    expect(loaded.ok).toBe(false);
    expect(JSON.stringify(loaded)).not.toContain("hunter2");
  });
});

const toQuote = 'stands inside { } or [ ] and must be in quotes: "${...}"';

test.each([
  ["a mapping", "sts: { region: ${env.REGION} }\nroles: []\nroutes: []\n", ["line 1, column 16"]],
  ["a list", "cors: { origins: [${env.ORIGIN}] }\n", ["line 1, column 19"]],
  ["a slot's text", "policy: [{ Resource: a:${claims.b}/* }]\n", ["line 1, column 24"]],
  [
    "two values",
    "listen:\n  { host: ${env.H}, port: ${env.P} }\n",
    ["line 2, column 11", "line 2, column 27"],
  ],
])("a ${...} without quotes within %s is told as that, and not by what YAML trips over", (_, text, paths) => {
  expect(load(text)).toEqual({
    ok: false,
    denial: paths.map((path) => ({ path, message: toQuote })),
  });
});

test("a brace that opens a mapping of its own is YAML's to tell", () => {
  expect(load("sts: { region: eu-west-1 {x} }")).toMatchObject({
    denial: [{ message: expect.not.stringContaining("quotes") as string }, {}, {}],
  });
});

test("an anchor may be used again", () => {
  const text = JSON.stringify(minimal).replace('"sts":{"region"', '"sts":&s {"region"');
  expect(load(text).ok).toBe(true);
});

test.each([
  ["a tag", "!hunter2 x"],
  ["an alias", "*hunter2"],
  ["the head of a block", "|hunter2"],
  ["what stands behind a bracket", "}hunter2"],
])("a secret that YAML takes for %s is a fault, and not quoted", (_, secret) => {
  const loaded = load(`valkey:\n  password: ${secret}\n`);
  expect(JSON.stringify(loaded)).toMatch(/Unresolved|Block scalar header|Unexpected/);
  expect(JSON.stringify(loaded)).not.toContain("hunter2");
});
