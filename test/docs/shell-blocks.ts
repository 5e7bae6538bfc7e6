// The shell blocks of a page, taken apart into commands, with the reason where the page says that one is not run.
import { readdirSync, readFileSync } from "node:fs";

export interface ShellBlock {
  readonly page: string;
  readonly line: number;
  readonly text: string;
  /** From `<!-- not run: why -->` right before the block. */
  readonly notRun: string | undefined;
  /** Without comments; what a backslash continues is one. Of a `console` block what stands behind `$ `. */
  readonly commands: readonly string[];
  /** The comment behind each of them, or nothing. */
  readonly notes: readonly string[];
}

const block = /(?:<!-- not run: ([^]*?) -->\n\n)?^```(sh|bash|shell|console)\n([^]*?)^```$/gm;

export const shellBlocks = (page: string): ShellBlock[] => {
  const text = readFileSync(page, "utf8");
  return Array.from(text.matchAll(block), ({ 0: all, 1: notRun, 2: kind, 3: body = "", index }) => ({
    page,
    line: text.slice(0, index + all.indexOf("```")).split("\n").length,
    text: body,
    notRun,
    ...commandsOf(body, kind === "console"),
  }));
};

const withNote = /^(.*?)(?:(?:^| +)#(?: (.*))?)?$/;

function commandsOf(body: string, isSession: boolean): Pick<ShellBlock, "commands" | "notes"> {
  const lines = body.replaceAll(/ *\\\n */g, " ").split("\n");
  const typed = isSession
    ? lines.filter((line) => line.startsWith("$ ")).map((line) => ({ command: line.slice(2), note: "" }))
    : lines.map((line) => {
        const [, command = "", note = ""] = withNote.exec(line) ?? [];
        return { command: command.trim(), note };
      });
  const all = typed.filter(({ command }) => command !== "");
  return { commands: all.map(({ command }) => command), notes: all.map(({ note }) => note) };
}

export const pages = [
  "README.md",
  ...readdirSync("docs", { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .map((file) => `docs/${file}`),
];

/** What is meant for a second terminal beside `npm run local`, as it stands: first-calls.test.ts runs it. */
export const isForLaptop = ({ page, notRun, text }: ShellBlock): boolean =>
  ["README.md", "docs/first-calls.md", "docs/credentials.md"].includes(page) &&
  notRun === undefined &&
  /127\.0\.0\.1:\d|npm run --silent token|AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"/.test(text) &&
  !text.includes("npm run local");
