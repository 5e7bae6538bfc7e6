// The pages that point into this repository keep true: the tests that test/README.md names are there, and every
// relative link leads somewhere. Nothing is checked of links to elsewhere.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

interface Row {
  readonly requirement: string;
  readonly file: string;
  readonly title: string;
  /** Rows of a `test.each` table that show this requirement. */
  readonly cases: readonly string[];
}

const tableLine = /^\| (.+?) +\| \[[^\]]+\]\((\S+\.test\.ts)\) +\| (`.+`) +\|$/gm;

const codeSpans = (text: string): string[] =>
  Array.from(text.matchAll(/`([^`]+)`/g), ([, code = ""]) => code);

const rows = Array.from(
  readFileSync("test/README.md", "utf8").matchAll(tableLine),
  ([, requirement = "", file = "", tests = ""]): Row => {
    const [title = "", ...cases] = codeSpans(tests);
    return { requirement, file, title, cases };
  },
);

/** As a test's own title (of one that needs POSIX or root, too), or as the title of a table of tests. */
const isTitle = (source: string, title: string): boolean =>
  ["test(", "it(", "onPosix(", "asRoot(", ")("].some((call) =>
    new RegExp(`${escaped(call)}\\s*${escaped(JSON.stringify(title))}`).test(source),
  );

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

const isCase = (source: string, name: string): boolean =>
  new RegExp(`["'\\s]${escaped(name)}["':]`).test(source);

test("the table has its rows", () => {
  const lines = readFileSync("test/README.md", "utf8").match(/^\| .*\.test\.ts\).*$/gm);
  expect(rows.length).toBeGreaterThan(80);
  expect(rows).toHaveLength(lines?.length ?? 0);
});

test.each(rows)("$file shows: $requirement", ({ file, title, cases }) => {
  const source = readFileSync(join("test", file), "utf8");
  expect({ title, found: isTitle(source, title) }).toEqual({ title, found: true });
  expect(cases.filter((name) => !isCase(source, name))).toEqual([]);
});

test.each(["README.md", "CONTRIBUTING.md", "test/README.md", "deploy/local/README.md"])(
  "every relative link of %s leads somewhere",
  (page) => {
    const links = Array.from(
      readFileSync(page, "utf8").matchAll(/\]\(([^)#\s]+)[^)]*\)/g),
      ([, to = ""]) => to,
    );
    const relative = links.filter((link) => !/^[a-z]+:/.test(link));
    expect(relative).not.toEqual([]);
    expect(relative.filter((link) => !existsSync(join(dirname(page), link)))).toEqual([]);
  },
);
