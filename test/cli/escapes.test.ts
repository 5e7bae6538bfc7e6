// What stands in a configuration or a case file reaches a terminal, and a build's log, as text: it repaints nothing, and
// writes no line of its own.
import { configuration, alice, analystRole, reportsRoute } from "./configurations.js";
import { grantway, type World } from "./run-grantway.js";

/** ESC, a line break that forges a line, a C1 control that begins a sequence, and one that turns the direction. */
const hostile = "x\u001b[2K\n::add-mask::x\u009b2J\u202ey";
const shown = "x\\u001b[2K\\u000a::add-mask::x\\u009b2J\\u202ey";
const raw = /[\u001b\u009b\u202e]|^::add-mask::/m;

const ran = async (argv: readonly string[], files: Required<World>["files"]): Promise<string> => {
  const { out, err } = await grantway(argv, { files });
  return out + err;
};
const caseNamed = (name: string, members: object = {}) => ({
  name,
  claims: alice,
  route: "GET /reports/7",
  expect: { rule: "analyst" },
  ...members,
});

test.each<[string, object]>([
  ["a key", { ...configuration, [hostile]: 1 }],
  ["a key of a key", { ...configuration, limits: { [hostile]: 1 } }],
  ["a value that is quoted", { ...configuration, sts: { region: hostile } }],
  ["a route's key", { ...configuration, routes: [{ ...reportsRoute, route: `ANY /${hostile}` }] }],
  ["the name of a variable", { ...configuration, sts: { region: `\${env.${hostile}}` } }],
  ["an expression", { ...configuration, roles: [{ ...analystRole, when: `claims["${hostile}" +` }] }],
])("a fault about %s is told in printable characters, on its own line", async (_what, document) => {
  const files = { "gateway.yaml": document, "t.yaml": { cases: [caseNamed("a")] } };
  for (const argv of [["check"], ["test", "t.yaml"]]) {
    const told = await ran(argv, files);
    expect(told).not.toMatch(raw);
    expect(told.split("\n").every((line) => /^(?:grantway: |  |$)/.test(line))).toBe(true);
  }
});

test("a fault shows what stands there", async () => {
  const told = await ran(["check"], { "gateway.yaml": { ...configuration, sts: { region: hostile } } });
  expect(told).toContain("x\\u001b[2K\\n::add-mask::x\\u009b2J\\u202ey");
});

test("a fault of a case file, and the file's own name", async () => {
  const told = await ran(["test", hostile], {
    "gateway.yaml": configuration,
    [hostile]: { cases: [caseNamed("a", { [hostile]: 1 })] },
  });
  expect(told).not.toMatch(raw);
  expect(told).toContain(`  ${shown}: cases[0]`);
});

test("the name of a configuration", async () => {
  for (const document of [configuration, { ...configuration, sts: {} }]) {
    const told = await ran(["check", hostile], { [hostile]: document });
    expect(told).not.toMatch(raw);
    expect(told).toContain(`${shown}: `);
  }
});

test("a finding", async () => {
  const named = hostile.replace("\n", "\\n");
  const document = {
    ...configuration,
    roles: [{ ...analystRole, when: `claims["${named}"] == "a"` }],
    routes: [reportsRoute],
  };
  const told = await ran(["check", "--tests", "t.yaml"], {
    "gateway.yaml": document,
    "t.yaml": { cases: [caseNamed("a")] },
  });
  expect(told).not.toMatch(raw);
  expect(told).toMatch(/^ {2}warning {2}.*x\\u001b\[2K.*::add-mask::x\\u009b2J\\u202ey/m);
});

test("the name of a case that passes, of one that fails, and of its file", async () => {
  const files = {
    "gateway.yaml": configuration,
    [hostile]: { cases: [caseNamed(hostile), caseNamed(hostile, { expect: { rule: "another" } })] },
  };
  const told = await ran(["test", hostile], files);
  expect(told).not.toMatch(raw);
  expect(told).toContain(`✓ ${shown}\n✗ ${shown} (${shown})\n`);
});

test("the name of a case whose outcome changes", async () => {
  const told = await ran(["test", "--diff", "old.yaml", "gateway.yaml", "t.yaml"], {
    "gateway.yaml": configuration,
    "old.yaml": {
      ...configuration,
      roles: configuration.roles.map((role) => ({ ...role, when: "false" })),
    },
    "t.yaml": { cases: [caseNamed(hostile)] },
  });
  expect(told).not.toMatch(raw);
  expect(told).toContain(`: ${shown}\n`);
});
