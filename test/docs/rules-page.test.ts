// docs/rules.md, run: what its sessions show is what the command prints, to the letter.
import { readFileSync } from "node:fs";
import { laptopFiles } from "../cli/configurations.js";
import { grantway } from "../cli/run-grantway.js";
import { shellBlocks } from "./shell-blocks.js";

const laptop = "deploy/local/gateway.yaml";
const proposed = "deploy/local/proposed.yaml";
const files = {
  ...laptopFiles(laptop),
  // The page's own line: sed 's/when: .*/when: claims.tenant == "acme"/'
  [proposed]: readFileSync(laptop, "utf8").replace(/when: .*/g, 'when: claims.tenant == "acme"'),
  "deploy/local/rules.test.yaml": readFileSync("deploy/local/rules.test.yaml", "utf8"),
  "-": '{"sub":"bob","groups":[],"tenant":"acme"}\n',
};

const blocks = shellBlocks("docs/rules.md");
/** The page's own line, and nothing beside it: a reader has no more. `export GATEWAY_CONFIG=... NAME=VALUE ...` */
const env = Object.fromEntries(
  blocks
    .flatMap(({ commands }) => commands)
    .filter((command) => command.startsWith("export GATEWAY_CONFIG="))
    .flatMap((command) => Array.from(command.matchAll(/(\w+)=(\S+)/g), ([, name, value]) => [name, value])),
) as Record<string, string>;

const sessions = blocks
  .filter(({ text }) => text.startsWith("$ "))
  .map(({ text, commands }) => ({
    command: (commands.at(-1) ?? "").replace(/^.*\| /, ""),
    shown: text.replace(/^\$ .*\n/gm, ""),
  }))
  // Its configuration is told in words: test/cli/check.test.ts has it.
  .filter(({ command }) => !command.startsWith("grantway check"));

/** `a "b c"` -> its arguments. */
const argumentsOf = (command: string): string[] =>
  Array.from(command.matchAll(/"([^"]*)"|(\S+)/g), ([, quoted, plain]) => quoted ?? plain ?? "").slice(1);

const moment = (shown: string): number =>
  Date.parse(/ at (\S+Z), by/.exec(shown)?.[1] ?? "2026-11-22T00:00:00Z");

test("there are sessions of explain and of test", () => {
  expect(sessions.map(({ command }) => command.split(" ")[1])).toEqual(["explain", "test", "test"]);
});

test.each(sessions)("$command", async ({ command, shown }) => {
  const { out } = await grantway(argumentsOf(command), { files, env, now: moment(shown) });
  expect(out).toBe(shown);
});
