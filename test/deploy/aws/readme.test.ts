// The commands of deploy/aws/README.md, which need an account to run, name what the templates have.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Members } from "../../../deploy/local/aws/template/fields.js";
import { readStack } from "./stack-template.js";

const text = readFileSync(join(__dirname, "../../../deploy/aws/README.md"), "utf8");
const ecs = readStack("ecs.yaml");
const blocks = Array.from(text.matchAll(/```sh\n(.*?)```/gs), ([, block = ""]) =>
  block.replaceAll("\\\n", " "),
);

/** Names given to a stack's parameters, one list for each deployment of it. */
const overrides = (stack: string): string[][] =>
  blocks
    .flatMap((block) => block.split("\n"))
    .filter((line) => new RegExp(`deploy .*--stack-name ${stack} `).test(line))
    .map((line) => {
      const given = line.split("--parameter-overrides ")[1] ?? "";
      return Array.from(given.matchAll(/(?:^|\s)([A-Z]\w+)=/g), ([, name = ""]) => name);
    });

test("the first deployment gives every parameter that has no Default, and none that is not there", () => {
  const parameters = Object.entries(ecs.section("Parameters")) as [string, Members][];
  const needed = parameters.filter(([, { Default }]) => Default === undefined).map(([name]) => name);
  const [first = [], second = []] = overrides("grantway-gateway");
  expect([...first].sort()).toEqual([...needed].sort());
  expect(second).toEqual(["ConfigurationVersionId"]);
  expect(overrides("grantway")).toEqual([["GatewayRoleArn"]]);
  expect(readStack("functions.yaml").section("Parameters")).toHaveProperty("GatewayRoleArn");
});

test("every output that a command asks for is one", () => {
  const asked = Array.from(text.matchAll(/\(output grantway-gateway (\w+)\)/g), ([, name = ""]) => name);
  expect(asked.length).toBeGreaterThan(1);
  for (const name of [...asked, "LoadBalancerDomain"]) expect(ecs.section("Outputs")).toHaveProperty(name);
});

test("every alarm has its row", () => {
  const rows = Array.from(text.matchAll(/^\| `STACK-([a-z-]+)`/gm), ([, name = ""]) => name);
  const alarms = ecs.ofType("AWS::CloudWatch::Alarm").map(([, { Properties }]) => {
    const { AlarmName } = Properties as { AlarmName: { "Fn::Sub": string } };
    return AlarmName["Fn::Sub"].replace("${AWS::StackName}-", "");
  });
  expect(rows.sort()).toEqual(alarms.sort());
});
