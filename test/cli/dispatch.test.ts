import { grantway } from "./run-grantway.js";

test.each([["--help"], ["-h"], ["help"]])("%s lists the commands", async (option) => {
  const { status, out, err } = await grantway([option]);
  expect([status, err]).toEqual([0, ""]);
  for (const command of ["serve", "check", "explain", "test"]) expect(out).toContain(`\n  ${command} `);
});

test("--version prints the version alone", async () => {
  expect(await grantway(["--version"])).toEqual({ status: 0, out: "1.2.3\n", err: "" });
});

describe.each(["serve", "check", "explain", "test"])("%s", (command) => {
  test.each([["--help"], ["-h"]])("%s tells usage, options, exit statuses and an example", async (option) => {
    const { status, out } = await grantway([command, option]);
    expect(status).toBe(0);
    expect(out).toMatch(new RegExp(`^Usage: grantway ${command} `));
    for (const part of ["Options:", "Exit status:", `Example: `]) expect(out).toContain(part);
    expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  test("refuses an option it does not know, in one line with a hint", async () => {
    const { status, out, err } = await grantway([command, "--confg", "x"]);
    expect([status, out]).toEqual([64, ""]);
    expect(err).toMatch(
      new RegExp(`^grantway ${command}: there is no option --confg.*--help tells more\\)\\n$`),
    );
  });

  test("refuses an option without its value", async () => {
    const { status, err } = await grantway([command, "--config"]);
    expect(status).toBe(64);
    expect(err.trimEnd().split("\n")).toHaveLength(1);
  });
});

test.each([
  [[], "name a command: serve, check, "],
  [["chekc"], 'there is no command "chekc"; did you mean check?'],
  [["toString"], 'there is no command "toString"'],
  [["deploy"], 'there is no command "deploy" ('],
  [["--verbose=secret"], "there is no option --verbose ("],
])("%j is wrong usage, told in one line", async (argv, sentence) => {
  const { status, out, err } = await grantway(argv);
  expect([status, out]).toEqual([64, ""]);
  expect(err).toContain(sentence);
  expect(err).toContain("grantway --help tells more");
  expect(err.trimEnd().split("\n")).toHaveLength(1);
});

test("a mistyped option brings the nearest to mind", async () => {
  expect((await grantway(["check", "--stict"])).err).toContain("did you mean --strict?");
  expect((await grantway(["explain", "--zzzzz"])).err).not.toContain("did you mean");
});

test("serve tells every fault of its configuration and ends with 78", async () => {
  const { status, err } = await grantway(["serve", "--config", "a.yaml"], { files: { "a.yaml": {} } });
  expect(status).toBe(78);
  expect(err).toContain("grantway: a.yaml: 4 faults");
});

test("serve takes no argument", async () => {
  expect((await grantway(["serve", "a.yaml"])).status).toBe(64);
});
