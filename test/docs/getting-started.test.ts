// docs/getting-started-aws.md: its commands want an account, so what can be held without one is: the configuration loads
// without a warning, and every parameter and output it names is in the template it is for.
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { grantway } from "../cli/run-grantway.js";
import { codeSpans } from "./page-tables.js";
import { shellBlocks } from "./shell-blocks.js";

interface Template {
  readonly Parameters: Readonly<
    Record<string, { readonly Default?: unknown; readonly AllowedPattern?: string }>
  >;
  readonly Outputs: Readonly<Record<string, unknown>>;
}
const path = "docs/getting-started-aws.md";
const page = readFileSync(path, "utf8");
const template = (name: string) =>
  parse(readFileSync(`deploy/aws/${name}.yaml`, "utf8"), { logLevel: "silent" }) as Template;
const templates = { functions: template("functions"), ecs: template("ecs") };
const commands = shellBlocks(path).flatMap((block) => block.commands);

/** What a deployment is told, by the template it deploys. */
const deployments = commands
  .filter((command) => command.includes("--parameter-overrides"))
  .map((command) => ({
    name: command.startsWith("sam ") ? ("functions" as const) : ("ecs" as const),
    given: Array.from(
      (command.split("--parameter-overrides ")[1] ?? "").matchAll(/(?<=^| )"?(\w+)=([^ "]+)"?/g),
      ([, key = "", value = ""]) => [key, value] as const,
    ),
  }));

test("the configuration has no faults and nothing to warn of", async () => {
  const [, document = ""] = /```json\n([^]*?)```/.exec(page) ?? [];
  const { status, err } = await grantway(["check", "gateway.json", "--strict", "--targets"], {
    files: { "gateway.json": document },
  });
  expect({ status, err }).toEqual({ status: 0, err: "" });
});

test("on the reader's machine nothing stands in front, and on ECS the load balancer does", () => {
  const [first = "", second = ""] = page.split(/^## 2\. /m);
  expect(first).toContain('"trustProxy": 0');
  expect(second).toContain('`"trustProxy": 1`');
});

// SAM looks for it on the PATH, and in a folder of its own that has none.
test("`sam build` finds esbuild, which is one of this repository's packages", () => {
  const builds = commands.filter((command) => command.includes("sam build"));
  const found =
    'npm ci && PATH="$PWD/node_modules/.bin:$PATH" sam build --template-file deploy/aws/functions.yaml';
  expect(builds).toEqual([found, found]);
  const { devDependencies } = JSON.parse(readFileSync("package.json", "utf8")) as {
    devDependencies: Readonly<Record<string, string>>;
  };
  expect(devDependencies).toHaveProperty("esbuild");
});

test.each(deployments)(
  "deployment $# of $name names parameters that there are, in their form",
  ({ name, given }) => {
    const { Parameters } = templates[name];
    expect(given).not.toEqual([]);
    for (const [key, value] of given) {
      expect(Object.keys(Parameters)).toContain(key);
      const pattern = Parameters[key]?.AllowedPattern;
      if (pattern !== undefined && !value.startsWith("$"))
        expect(value).toMatch(new RegExp(`^(?:${pattern})$`));
    }
  },
);

test("the first deployment of ecs.yaml gives all that has no default", () => {
  const first = deployments.find(({ name }) => name === "ecs");
  const asked = Object.entries(templates.ecs.Parameters).filter(([, { Default }]) => Default === undefined);
  expect(first?.given.map(([key]) => key).toSorted()).toEqual(asked.map(([key]) => key).toSorted());
});

test("every output that it names is one", () => {
  const outputs = new Set(Object.values(templates).flatMap(({ Outputs }) => Object.keys(Outputs)));
  const named = Array.from(page.matchAll(/outputs? ((?:`\w+`(?:, | and )?)+)/g), ([, names = ""]) =>
    codeSpans(names),
  );
  expect(named.flat().length).toBeGreaterThan(5);
  expect(named.flat().filter((name) => !outputs.has(name))).toEqual([]);
});
