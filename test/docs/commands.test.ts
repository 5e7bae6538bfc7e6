// Every command in the documentation is run by a test, or says why not: right before its block
// (`<!-- not run: why -->`), or here, where a page is about something else than this machine.
import { existsSync, readFileSync } from "node:fs";
import { isForLaptop, pages, shellBlocks, type ShellBlock } from "./shell-blocks.js";

interface Known {
  /** Which pages, and how the command begins. */
  readonly page: RegExp;
  readonly begins: string;
  /** The test that runs it, and words in it that show so. */
  readonly runBy?: readonly [test: string, words: string];
  readonly notRun?: string;
}

const placeholders = "its hosts and files stand for the reader's own";

const known: readonly Known[] = [
  {
    page: /^README/,
    begins: "npm ci && npm run local",
    runBy: ["test/deploy/local/run-local.test.ts", '"run", "local"'],
  },
  { page: /^README/, begins: "npm ci && npm test", notRun: "it is what runs the tests" },
  { page: /rules/, begins: "grantway check", runBy: ["test/cli/check.test.ts", '["check"'] },
  { page: /rules/, begins: "sed ", runBy: ["test/docs/rules-page.test.ts", "sed 's/when"] },
  { page: /rules/, begins: "echo '{", runBy: ["test/docs/rules-page.test.ts", "explain"] },
  { page: /rules/, begins: "grantway test", runBy: ["test/docs/rules-page.test.ts", '"test"'] },
  {
    page: /rules/,
    begins: "grantway()",
    notRun: "a name for the shell; its command is run all over test/cli",
  },
  {
    page: /rules/,
    begins: "export GATEWAY_CONFIG",
    runBy: ["test/docs/rules-page.test.ts", "GATEWAY_CONFIG"],
  },
  {
    page: /^README/,
    begins: "npm ci && npm run build",
    runBy: ["test/package/packed.ts", "tsconfig.build.json"],
  },
  { page: /^README/, begins: "npm start", runBy: ["test/cli/compiled-bin.test.ts", '"serve"'] },
  {
    page: /^README/,
    begins: "docker ",
    notRun: "there is no Docker where the tests run; ci.yml builds the image",
  },
  {
    page: /releases/,
    begins: "npm run local -- --hold-aliases",
    runBy: ["test/release/release-twin.ts", "holdAliases"],
  },
  {
    page: /releases/,
    begins: "npm run --silent grantway -- release",
    runBy: ["test/release/release-on-twin.test.ts", "release"],
  },
  {
    page: /credentials/,
    begins: "npm run --silent grantway -- credentials --gateway http://127.0.0.1:8080 --route hello --issuer",
    runBy: ["test/cli/credentials-process.test.ts", "client-id"],
  },
  { page: /image/, begins: "npm run --silent sbom", runBy: ["test/image/sbom.ts", '"sbom"'] },
  { page: /credentials/, begins: "AWS_", notRun: placeholders },
  {
    page: /getting-started-fly/,
    begins: "npm run --silent grantway -- check deploy/fly/gateway.yaml",
    runBy: ["test/docs/getting-started-fly.test.ts", '"check"'],
  },
  { page: /^deploy\/(?:aws|fly)/, begins: "", notRun: "they take an account; the page says what tests hold" },
  {
    page: /^deploy\/local/,
    begins: "npm run local -- --explain",
    runBy: ["test/deploy/local/run-local.test.ts", '"--explain"'],
  },
  {
    page: /^deploy\/local/,
    begins: "npm run local -- --template",
    runBy: ["test/deploy/local/run-local.test.ts", '"--template"'],
  },
  {
    page: /^deploy\/local/,
    begins: "npm run local -- --hold-aliases",
    runBy: ["test/release/release-twin.ts", "holdAliases"],
  },
  {
    page: /^deploy\/local/,
    begins: "npm run local -- --sts-fault",
    runBy: ["test/deploy/local/options.test.ts", '"--sts-fault"'],
  },
  {
    page: /^deploy\/local/,
    begins: "npm run local -- --help",
    runBy: ["test/deploy/local/options.test.ts", '"--help"'],
  },
  { page: /^bench/, begins: "npm run bench", runBy: ["test/bench/run-bench.test.ts", '"--only"'] },
  {
    page: /^bench/,
    begins: "npm run soak",
    notRun: "it lasts 15 minutes; test/bench/soak has its parts",
  },
  { page: /identity-providers/, begins: "AWS_CONTAINER_CREDENTIALS_FULL_URI=", notRun: placeholders },
  { page: /identity-providers/, begins: "grantway credentials", notRun: placeholders },
  { page: /identity-providers/, begins: "curl ", notRun: placeholders },
];

const knownTo = (page: string, command: string): Known | undefined =>
  known.find((one) => one.page.test(page) && command.startsWith(one.begins));

const commandsToKnow = ({ page, notRun, commands, ...block }: ShellBlock) =>
  notRun === undefined
    ? commands.filter(
        (command) => !isForLaptop({ page, notRun, commands, ...block }) || command.includes("--client-id"),
      )
    : [];

/** Beside README.md and docs/: what stands by the code. */
const pagesByCode = [
  "bench/README.md",
  "deploy/aws/README.md",
  "deploy/fly/README.md",
  "deploy/local/README.md",
];
const allPages = [...pages, ...pagesByCode];
const blocks = allPages.flatMap(shellBlocks);

test("there are blocks, and the laptop's are most of them", () => {
  expect(blocks.length).toBeGreaterThan(25);
  expect(blocks.filter(isForLaptop).length).toBeGreaterThan(12);
});

test.each(allPages)("every command of %s is run, or it is said why not", (page) => {
  const unknown = shellBlocks(page).flatMap((block) =>
    commandsToKnow(block)
      .filter((command) => knownTo(page, command) === undefined)
      .map((command) => `line ${block.line}: ${command}`),
  );
  expect(unknown).toEqual([]);
});

test.each(known)("$begins", ({ page, begins, runBy, notRun }) => {
  const isThere = blocks.some(
    (block) => page.test(block.page) && block.commands.some((command) => command.startsWith(begins)),
  );
  expect({ begins, isThere }).toEqual({ begins, isThere: true });
  if (runBy === undefined) expect(notRun).toMatch(/\w{3}/);
  else {
    expect(existsSync(runBy[0])).toBe(true);
    expect(readFileSync(runBy[0], "utf8")).toContain(runBy[1]);
  }
});

test("a reason is a sentence", () => {
  expect(blocks.filter(({ notRun }) => notRun !== undefined && notRun.length < 15)).toEqual([]);
});
