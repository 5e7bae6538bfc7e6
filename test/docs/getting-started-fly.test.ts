// docs/getting-started-fly.md: its commands want accounts, so what can be held without one is. Parameters, outputs and names
// are those of the templates and of fly.toml; the configuration loads; what it says of long calls is what the gateway does.
import { existsSync, readFileSync } from "node:fs";
import { parse } from "smol-toml";
import type { Members } from "../../deploy/local/aws/template/fields.js";
import { loadTemplate } from "../../deploy/local/aws/template/load-template.js";
import type { Explanation } from "../../server/cli/explanation.js";
import { grantway } from "../cli/run-grantway.js";
import { readStack } from "../deploy/aws/stack-template.js";
import { codeSpans } from "./page-tables.js";
import { shellBlocks } from "./shell-blocks.js";

const path = "docs/getting-started-fly.md";
const page = readFileSync(path, "utf8");
const configurationFile = "deploy/fly/gateway.yaml";
const configuration = readFileSync(configurationFile, "utf8");
const commands = shellBlocks(path).flatMap((block) => block.commands);
const fly = parse(readFileSync("deploy/fly/fly.toml", "utf8"));
const stacks = { oidc: readStack("../fly/oidc.yaml"), functions: readStack("functions.yaml") };

const commandWith = (words: string): string => {
  const found = commands.filter((command) => command.includes(words));
  expect(found).toHaveLength(1);
  return found[0] ?? "";
};
const parametersOf = (command: string): Record<string, string> => {
  const given = (command.split("--parameter-overrides ")[1] ?? "").matchAll(/(\w+)=(\S+)/g);
  return Object.fromEntries(Array.from(given, ([, key = "", value = ""]) => [key, value]));
};
const check = (text: string) =>
  grantway(["check", configurationFile, "--strict"], { files: { [configurationFile]: text } });

test("the configuration has no faults and nothing to warn of", async () => {
  const [, ...argv] = commandWith("grantway -- check")
    .split(/ -- | /)
    .slice(-4);
  expect(argv).toEqual(["check", configurationFile, "--strict"]);
  const { status, err } = await check(configuration);
  expect({ status, err }).toEqual({ status: 0, err: "" });
});

test("the role's stack takes what it is given, and makes the role that fly.toml and the functions name", async () => {
  const parameters = parametersOf(commandWith("deploy/fly/oidc.yaml"));
  const stackName = / --stack-name (\S+)/.exec(commandWith("deploy/fly/oidc.yaml"))?.[1] ?? "";
  const { roles } = await loadTemplate("deploy/fly/oidc.yaml", {
    ...{ accountId: "123456789012", region: "eu-west-1", stackName },
    parameters,
  });
  const [role] = roles;
  expect(fly.env).toEqual({ AWS_ROLE_ARN: role?.arn });
  expect(parametersOf(commandWith("sam deploy"))).toEqual({ GatewayRoleArn: role?.arn });
  expect(commandWith("doctor")).toContain(`--gateway-role ${role?.arn ?? ""}`);
  expect(parameters.FlyApp).toBe(fly.app);
});

test("the functions' stack takes the role, and has the role that the gateway may lend", async () => {
  const { roles } = await loadTemplate("deploy/aws/functions.yaml", {
    ...{ accountId: "123456789012", region: "eu-west-1", stackName: "grantway" },
    parameters: parametersOf(commandWith("sam deploy")),
  });
  const { InvokeRoleArns } = parametersOf(commandWith("deploy/fly/oidc.yaml"));
  expect(roles.map(({ arn }) => arn)).toContain(InvokeRoleArns);
  expect(configuration).toContain(`roleArn: ${InvokeRoleArns ?? ""}`);
});

test("the functions are built with the esbuild of the clone, which SAM wants on the PATH and does not bring", () => {
  const methods = Object.values(stacks.functions.section("Resources") as Record<string, Members>)
    .filter(({ Type }) => Type === "AWS::Serverless::Function")
    .flatMap(({ Metadata }) => (Metadata as Members | undefined)?.BuildMethod ?? []);
  expect(new Set(methods)).toEqual(new Set(["esbuild"]));
  const { devDependencies } = JSON.parse(readFileSync("package.json", "utf8")) as Record<string, object>;
  expect(Object.keys(devDependencies ?? {})).toContain("esbuild");
  const template = / --template-file (\S+)/.exec(commandWith("sam build"))?.[1] ?? "";
  expect(existsSync(template)).toBe(true);
  expect(commandWith("sam build")).toBe(
    `npm ci && PATH="$PWD/node_modules/.bin:$PATH" sam build --template-file ${template}`,
  );
});

describe("the rule of gateway.yaml", () => {
  const firstTry = [
    [/^ {4}when: .*$/m, 'when: "true"'],
    [/^ {4}tags: .*$/m, `tags: { tenant: "'acme'" }`],
  ] as const;
  const answer = async (text: string, claims: object): Promise<string> => {
    const files = { [configurationFile]: text, "claims.json": claims };
    const asked = ["explain", "--config", configurationFile, "--route", "GET /hello"];
    const { out } = await grantway([...asked, "--claims", "claims.json", "--json"], { files });
    const { answer: given } = JSON.parse(out) as Explanation;
    return given.granted ? "granted" : given.denial.reason;
  };

  test("gives no role without the group, and no session without the tenant: the page names both refusals", async () => {
    const reasons = [
      await answer(configuration, { sub: "alice", tenant: "acme" }),
      await answer(configuration, { sub: "alice", groups: ["analysts"] }),
    ];
    expect(reasons).toEqual(["role_not_granted", "claim_unrepresentable"]);
    for (const reason of reasons) expect(page).toContain(`(troubleshooting.md#${reason})`);
    expect(await answer(configuration, { sub: "alice", groups: ["analysts"], tenant: "acme" })).toBe(
      "granted",
    );
  });

  test("takes any token with the values that the page has for a first try", async () => {
    const tried = firstTry.reduce((text, [line, value]) => {
      expect(page).toContain(`\`${value}\``);
      expect(text).toMatch(line);
      return text.replace(line, `    ${value}`);
    }, configuration);
    expect((await check(tried)).status).toBe(0);
    expect(await answer(tried, { sub: "alice" })).toBe("granted");
  });
});

describe("a deploy", () => {
  test("is told as fly.toml has it", () => {
    const { strategy, ...waits } = fly.deploy as { readonly strategy: string };
    expect(page).toContain(`. \`${strategy}\` starts a new Machine beside each old one`);
    expect(waits).toEqual({ wait_timeout: "10m" });
    expect(page.replaceAll(/\s+/g, " ")).toContain("If they are not within ten minutes");
    const [{ size } = {}] = fly.vm as { readonly size: string }[];
    expect(size).toBe("performance-1x");
    expect(page).toContain("each with a processor of its own");
    const { ready } = fly.checks as Record<string, object>;
    expect(ready).toMatchObject({ path: "/readyz" });
    expect(page).toContain("The check `ready` passes when");
  });

  test("is all that goes by readiness, and every page that speaks of readiness says so of Fly's proxy", () => {
    for (const file of [
      path,
      "docs/operations.md",
      "docs/runbooks/not-ready.md",
      "deploy/prometheus/alerts.yaml",
    ])
      expect(readFileSync(file, "utf8")).toMatch(/Fly(?:\.io)?'s proxy does not go by/);
  });
});

test("every output that it names is one, and every app that it names is fly.toml's", () => {
  const outputs = Object.values(stacks).flatMap(({ section }) => Object.keys(section("Outputs")));
  const named = Array.from(page.matchAll(/outputs? ((?:`\w+`(?:, | and )?)+)/g), ([, names = ""]) =>
    codeSpans(names),
  );
  expect(named.flat().length).toBeGreaterThan(3);
  expect(named.flat().filter((name) => !outputs.includes(name))).toEqual([]);
  const apps = commands.flatMap(
    (command) => /(?: --app | apps create |https:\/\/)([\w-]+)/.exec(command)?.[1] ?? [],
  );
  expect(new Set(apps)).toEqual(new Set([fly.app]));
});

test("it deploys the files that are there, with the command of fly.toml's head", () => {
  const deploy = commandWith("fly deploy .");
  expect(readFileSync("deploy/fly/fly.toml", "utf8")).toContain(`#   ${deploy}\n`);
  const files = Array.from(deploy.matchAll(/(?: --config | --dockerfile |=)(\S+)/g), ([, file = ""]) => file);
  expect(files).toHaveLength(3);
  expect(files.filter((file) => !existsSync(file))).toEqual([]);
  expect(readFileSync("Dockerfile", "utf8")).toContain("\nWORKDIR /app\n");
});

describe("long calls", () => {
  const without = (text: string, line: RegExp): string => {
    expect(text).toMatch(line);
    return text.replace(line, "");
  };
  const mayNotCut = without(configuration, /^ +drainMayCut: true\n/m);
  const fourMinutes = mayNotCut.replace(/timeout: 15m$/m, "timeout: 4m");

  test("the numbers are those of fly.toml and of gateway.yaml", () => {
    expect(page).toContain(`for ${JSON.stringify(fly.kill_timeout)} seconds (\`kill_timeout\``);
    expect(configuration).toContain("\n  drain: 4m45s\n");
    expect(page.replaceAll("\n", " ")).toContain("drains for 4 min 45 s");
  });

  test("15 minutes with a drain that may not cut are told", async () => {
    expect((await check(mayNotCut)).status).not.toBe(0);
  });

  test("`timeout: 4m` for every route, and `drainMayCut` out, is a configuration without a warning", async () => {
    expect(page).toContain("| `timeout: 4m` for every route, and `drainMayCut` out");
    expect(fourMinutes).not.toBe(mayNotCut);
    const { status, err } = await check(fourMinutes);
    expect({ status, err }).toEqual({ status: 0, err: "" });
  });
});

test("no key stands on it, nor a way to one", () => {
  expect(page).not.toMatch(
    /\b(AKIA|ASIA)[A-Z0-9]{16}\b|aws_secret|secret_access|access_key_id|fly secrets|FlyV1/i,
  );
});
