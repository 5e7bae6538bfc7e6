// Every relative link of a page that users read leads somewhere: to a file, and to a heading in it where it names one.
// Nothing is checked of links to elsewhere.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pages } from "./shell-blocks.js";

const withoutCode = (text: string): string => text.replace(/^```[^]*?^```$/gm, "");

/** As GitHub names a heading: letters, digits and hyphens of it, in lower case. */
const anchorsOf = (page: string): Set<string> =>
  new Set(
    Array.from(withoutCode(readFileSync(page, "utf8")).matchAll(/^#+ (.+)$/gm), ([, heading = ""]) =>
      heading
        .toLowerCase()
        .replace(/[^\w\- ]/g, "")
        .replaceAll(" ", "-"),
    ),
  );

const leadsSomewhere = (page: string, link: string): boolean => {
  const [file = "", anchor] = link.split("#");
  const path = file === "" ? page : join(dirname(page), file);
  return existsSync(path) && (anchor === undefined || anchorsOf(path).has(anchor));
};

test.each([...pages, "SECURITY.md", "CONTRIBUTING.md", "client/README.md", "bench/README.md"])(
  "%s",
  (page) => {
    const links = Array.from(
      withoutCode(readFileSync(page, "utf8")).matchAll(/\]\(([^)\s]+)\)/g),
      ([, link = ""]) => link,
    ).filter((link) => !/^[a-z]+:/.test(link));
    expect(links.filter((link) => !leadsSomewhere(page, link))).toEqual([]);
  },
);

test.each(["docs", "docs/runbooks"])("every page in %s is in its index", (folder) => {
  const index = readFileSync(`${folder}/README.md`, "utf8");
  const inIt = pages.filter((page) => dirname(page) === folder && page !== `${folder}/README.md`);
  expect(inIt.length).toBeGreaterThan(10);
  expect(inIt.filter((page) => !index.includes(`(${page.slice(folder.length + 1)})`))).toEqual([]);
});
