// What a file exports, another one wants: an export that nobody takes is either dead, or a private matter that looks like
// a promise. Types and classes are left out: what an exported function takes, gives or throws is exported with it.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));

const own = ["server", "deploy", "client", "bench"].flatMap(filesIn);
const texts = new Map(
  [...own, ...["handlers", "test"].flatMap(filesIn)]
    .filter((file) => file !== join("test", "exports.test.ts"))
    .map((file) => [file, readFileSync(file, "utf8")] as const),
);

/** Word -> the files it stands in. */
const places = new Map<string, Set<string>>();
for (const [file, text] of texts)
  for (const [word] of text.matchAll(/[A-Za-z_$][\w$]*/g))
    places.set(word, (places.get(word) ?? new Set()).add(file));

const exported = /^export (?:async )?(?:const|let|function\*?) ([\w$]+)/gm;
const valuesOf = (file: string): string[] =>
  Array.from((texts.get(file) ?? "").matchAll(exported), ([, name = ""]) => name);

// Whoever copies an example takes what he wants of it.
const isExample = (file: string): boolean => file.startsWith(join("client", "examples"));

test("a function or constant is exported only where another file names it", () => {
  const values = own
    .filter((file) => !isExample(file))
    .flatMap((file) => valuesOf(file).map((name) => ({ file, name })));
  expect(values.length).toBeGreaterThan(500);
  expect(values.filter(({ name }) => places.get(name)?.size === 1)).toEqual([]);
});
