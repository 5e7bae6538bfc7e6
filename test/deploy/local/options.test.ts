// What may stand behind `npm run local --`.
import { readOptions, servesPage, usage, type LocalOptions } from "../../../deploy/local/options.js";

function options(...argv: string[]): LocalOptions {
  const read = readOptions(argv);
  if (!read.ok || read.value === "help") throw new Error(JSON.stringify(read));
  return read.value;
}
const refusal = (...argv: string[]): string => {
  const read = readOptions(argv);
  return read.ok ? "accepted" : read.denial;
};

test("without options it is the product's own template, with its gateway", () => {
  expect(options()).toEqual({
    templateFile: "deploy/aws/functions.yaml",
    configFile: "deploy/local/gateway.yaml",
    role: "grantway-gateway",
    operatorRole: "grantway-release",
    doctorRole: "grantway-doctor",
    parameters: {},
    explain: false,
  });
});

test("another template runs without a gateway, and for an administrator, unless told otherwise", () => {
  expect(options("--template", "a.yaml")).toEqual({
    templateFile: "a.yaml",
    parameters: {},
    explain: false,
  });
  expect(options("--template", "a.yaml", "--config", "g.yaml", "--role", "app")).toMatchObject({
    configFile: "g.yaml",
    role: "app",
  });
});

test("without a gateway the product's own template keeps its roles, and tells where its token is", () => {
  const alone = options("--without-gateway", "--task-token", "token");
  expect(alone).toMatchObject({ role: "grantway-gateway", taskTokenFile: "token" });
  expect(alone).not.toHaveProperty("configFile");
  expect(servesPage(alone)).toBe(false);
  expect(servesPage(options())).toBe(true);
});

test("the product's own template takes another configuration or role", () => {
  expect(options("--config", "g.yaml", "--role", "grantway-analyst")).toMatchObject({
    templateFile: "deploy/aws/functions.yaml",
    configFile: "g.yaml",
    role: "grantway-analyst",
  });
});

test("parameters of the template come one by one, and may hold anything", () => {
  expect(options("--parameter", "Stage=dev", "--parameter", "Note=a=b").parameters).toEqual({
    Stage: "dev",
    Note: "a=b",
  });
});

test.each(["throttle", "deny", "drop"])("--sts-fault %s is what STS does to each request", (name) => {
  expect(options("--sts-fault", name).fault?.()).toBe(name);
});

test("--sts-fault slow lets each request wait for itself", () => {
  const { fault } = options("--sts-fault", "slow");
  const [first, second] = [fault?.(), fault?.()];
  expect([first, second]).toEqual([
    { slow: expect.anything() as unknown },
    { slow: expect.anything() as unknown },
  ]);
  expect(first).not.toBe(second);
});

test.each([
  [["--tempalte", "a"], "there is no option --tempalte; did you mean --template?"],
  [["template.yaml"], 'takes options only, not "template.yaml"'],
  [["--parameter", "Stage"], "--parameter takes NAME=VALUE"],
  [["--without-gateway", "--config", "g.yaml"], "--without-gateway leaves nothing for --config to configure"],
  [["--sts-fault", "burn"], "--sts-fault takes throttle, deny, slow, drop"],
])("%j: %s", (argv, sentence) => {
  expect(refusal(...argv)).toBe(sentence);
});

test("--help names every option", () => {
  expect(readOptions(["--help"])).toEqual({ ok: true, value: "help" });
  for (const name of [
    "template",
    "config",
    "role",
    "parameter",
    "explain",
    "sts-fault",
    "without-gateway",
    "task-token",
  ])
    expect(usage).toContain(`--${name}`);
});
