// Every `grantway COMMAND --option` and every `npm run SCRIPT` that a page names is one there is, be it in a block that is run,
// in one that is not, or within a sentence.
import { readFileSync } from "node:fs";
import { grantway } from "../cli/run-grantway.js";
import { pages } from "./shell-blocks.js";

const allPages = [
  ...pages,
  ...["CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "client/README.md", "bench/README.md"],
  ...["deploy/aws/README.md", "deploy/fly/README.md", "deploy/local/README.md"],
];

const shellBlock = /^ *```(?:sh|bash|shell|console|ini)?\n([^]*?)^ *```$/gm;

/** Shell lines and code spans, cut where the shell would end a command; what a backslash continues is one. */
const codeOf = (text: string): string[] => {
  const blocks = Array.from(text.matchAll(shellBlock), ([, body = ""]) => body);
  const spans = text.replace(/^ *```[^]*?^ *```$/gm, "").matchAll(/`([^`]+)`/g);
  return [...blocks, ...Array.from(spans, ([, code = ""]) => code)]
    .flatMap((code) => code.replaceAll(/ *\\\n */g, " ").split("\n"))
    .flatMap((line) => line.replace(/ # .*/, "").split(/ (?:&&|\|\||\||>|;) |; /));
};

interface Line {
  readonly page: string;
  readonly command: string;
  readonly options: readonly string[];
}

const named = /(?:\bgrantway(?: --(?= ))?|grantway\.js) ([a-z]+)((?: .*)?)$|\bnpm start -- ((?:.*)?)$/;

const linesOf = (page: string): Line[] =>
  codeOf(readFileSync(page, "utf8")).flatMap((code) => {
    const [, command, rest, ofServe] = named.exec(code) ?? [];
    const words = rest ?? ofServe;
    if (words === undefined) return [];
    const options = Array.from(` ${words}`.matchAll(/ (--?[a-z][\w-]*)/g), ([, option = ""]) => option);
    return [{ page, command: command ?? "serve", options }];
  });

const lines = allPages.flatMap(linesOf);
const commands = [...new Set(lines.map(({ command }) => command))];

test("all commands of grantway are told of, and nearly all with options", () => {
  expect(commands.toSorted()).toEqual([
    "check",
    "credentials",
    "doctor",
    "explain",
    "release",
    "rollback",
    "serve",
    "status",
    "test",
  ]);
  expect(lines.filter(({ options }) => options.length > 0).length).toBeGreaterThan(20);
});

test.each(commands)("grantway %s has the options that the pages name", async (command) => {
  const { status, out } = await grantway([command, "--help"]);
  expect(status).toBe(0);
  const unknown = lines
    .filter((line) => line.command === command)
    .flatMap(({ page, options }) =>
      options
        .filter((option) => !new RegExp(`${option}(?![\\w-])`).test(out))
        .map((option) => `${page}: ${option}`),
    );
  expect(unknown).toEqual([]);
});

test("every script of npm that a page names is there", () => {
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> };
  const unknown = allPages.flatMap((page) =>
    codeOf(readFileSync(page, "utf8")).flatMap((code) =>
      Array.from(code.matchAll(/\bnpm run (?:--silent )?([\w-]+)/g), ([, script = ""]) => script)
        .filter((script) => !(script in scripts))
        .map((script) => `${page}: ${script}`),
    ),
  );
  expect(unknown).toEqual([]);
});
