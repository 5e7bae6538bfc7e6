// What a person is told to type: the program as it was started, and its arguments as a shell takes them.
import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { credentialsCommand, type Started } from "../../server/cli/credentials-command.js";

const started = (script: string, more: Partial<Started> = {}): Started => ({
  argv: ["/usr/bin/node", script],
  argv0: "node",
  execArgv: [],
  env: { PATH: "/usr/bin:/opt/bin" },
  ...more,
});
const source = "/src/grantway/server/cli/grantway.ts";
const npm = {
  npm_lifecycle_event: "grantway",
  npm_package_json: "/src/grantway/package.json",
  INIT_CWD: "/src/grantway",
};

it.each<[string, Started, string]>([
  ["npm run, in the project", started(source, { env: npm }), "npm run --silent grantway --"],
  [
    "npm run --prefix, elsewhere",
    started(source, { env: { ...npm, INIT_CWD: "/home/ann" } }),
    "npm run --silent --prefix /src/grantway grantway --",
  ],
  [
    "node, below another script of npm",
    started("/src/dist/grantway.js", { env: { ...npm, npm_lifecycle_event: "test" } }),
    "node /src/dist/grantway.js",
  ],
  [
    "a node of its own with options",
    started(source, { argv0: "/opt/node 20/node", execArgv: ["--import", "tsx"] }),
    `'/opt/node 20/node' --import tsx ${source}`,
  ],
  ["its name, on the PATH", started("/opt/bin/grantway"), "grantway"],
  ["its path, not on the PATH", started("/opt/other/grantway"), "/opt/other/grantway"],
  [
    "npx",
    started("/src/node_modules/.bin/grantway", { env: { PATH: "/src/node_modules/.bin" } }),
    "/src/node_modules/.bin/grantway",
  ],
  ["something else, such as a test runner", started("/src/node_modules/jest/bin/jest.js"), "grantway"],
  ["nobody knows what", { ...started(""), argv: ["/usr/bin/node"] }, "grantway"],
])("started by %s", (_what, how, program) => {
  expect(credentialsCommand(["--route", "r"], how)).toBe(`${program} credentials --route r`);
});

const onPosix = process.platform === "win32" ? it.skip : it;
onPosix("a shell takes it apart into the same words", () => {
  const word = fc.string({ unit: fc.constantFrom(...Array.from("ab ~'\"$`\\!*?#&;|<>()[]{}\n=%é")) });
  const words = fc.array(word, { maxLength: 20 });
  fc.assert(
    fc.property(words, (argv) => {
      const line = credentialsCommand(argv, started("/opt/bin/grantway"));
      const shown = spawnSync("sh", ["-c", `grantway() { printf '%s\\0' "$@"; }; ${line}`], {
        encoding: "utf8",
      });
      expect(shown.stdout.split("\0")).toEqual(["credentials", ...argv, ""]);
    }),
    { numRuns: 50 },
  );
});
