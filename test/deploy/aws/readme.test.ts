// The commands of deploy/aws/README.md, which need an account to run, name what the templates have.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readStack } from "./stack-template.js";

const text = readFileSync(join(__dirname, "../../../deploy/aws/README.md"), "utf8");
const ecs = readStack("ecs.yaml");
const blocks = Array.from(text.matchAll(/```sh\n(.*?)```/gs), ([, block = ""]) =>
  block.replaceAll("\\\n", " "),
);

test("the way to deploy stands on one page, and this one leads there", () => {
  expect(text).toContain("(../../docs/getting-started-aws.md#2-on-ecs)");
  for (const elsewhere of ["sam build", "docker build", "put-secret-value", "VpcId="])
    expect(text).not.toContain(elsewhere);
});

test("its commands give parameters that there are", () => {
  const given = blocks.flatMap((block) =>
    Array.from(
      (block.split("--parameter-overrides ")[1] ?? "").matchAll(/(?:^|[\s"])([A-Z]\w+)=/g),
      ([, name = ""]) => name,
    ),
  );
  expect(given.length).toBeGreaterThan(0);
  for (const name of given) expect(ecs.section("Parameters")).toHaveProperty(name);
});

test("a task that has no more calls stays for as long as the template says", () => {
  const [, named = "", minutes = ""] = /stay for `(\w+)` more, ([\d.]+) minutes/.exec(text) ?? [];
  expect(ecs.at(`Parameters.${named}.Default`)).toBe(Number(minutes) * 60);
});

test("it tells the percentages of CPU above which tasks are added", () => {
  const [, most = "", size = "", large = ""] =
    /above (\d+) % of a task's CPU, with `TaskSize` (\w+) above\s(\d+) %/.exec(text) ?? [];
  const targets = Object.entries(ecs.at("Mappings.TaskSizes") as Record<string, { CpuTarget: string }>);
  expect(targets.map(([name, { CpuTarget }]) => [name, CpuTarget])).toEqual(
    targets.map(([name]) => [name, name === size ? large : most]),
  );
});

test("every alarm has its row", () => {
  const rows = Array.from(text.matchAll(/^\| `STACK-([a-z-]+)`/gm), ([, name = ""]) => name);
  const alarms = ecs.ofType("AWS::CloudWatch::Alarm").map(([, { Properties }]) => {
    const { AlarmName } = Properties as { AlarmName: { "Fn::Sub": string } };
    return AlarmName["Fn::Sub"].replace("${AWS::StackName}-", "");
  });
  expect(rows.sort()).toEqual(alarms.sort());
});
