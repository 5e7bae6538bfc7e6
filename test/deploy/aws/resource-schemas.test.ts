// The templates against CloudFormation's own schemas, where the twin does not read a resource: cfn-lint's part, without it.
import { isMembers, type Members } from "../../../deploy/local/aws/template/fields.js";
import { resourceSchemas, schemaFaults } from "./resource-schemas.js";
import { readStack, usedNames } from "./stack-template.js";

const stacks = ["ecs.yaml", "functions.yaml", "../fly/oidc.yaml"].map((file) => ({
  file,
  ...readStack(file),
}));
// Read, and refused where they are misspelt, by the twin itself: test/deploy/local/template.
const readByTwin = /^AWS::(Serverless|IAM|Lambda|SQS)::/;

const resources = stacks.flatMap(({ file, section }) =>
  Object.entries(section("Resources") as Record<string, Members>).map(([id, { Type, Properties }]) => ({
    file,
    id,
    type: String(Type),
    properties: Properties,
  })),
);
const named = resources.filter(({ type }) => !readByTwin.test(type));

test("the twin only names most of what the gateway's stack has", () => {
  expect(named.length).toBeGreaterThan(25);
  expect(named.map(({ type }) => type)).toEqual(expect.arrayContaining(Object.keys(resourceSchemas)));
});

test.each(named)("$file: $id has only properties of $type, and all that it must", ({ type, properties }) => {
  expect(schemaFaults(type, properties)).toEqual([]);
});

test.each([
  ["a property that is misspelt", { Clutser: "x" }, ["Properties.Clutser is no property"]],
  [
    "one of a list's members",
    { LoadBalancers: [{ ContainerName: "a" }, { Containerport: 1 }] },
    ["Properties.LoadBalancers[1].Containerport is no property"],
  ],
  [
    "what is missing below",
    { DeploymentConfiguration: { DeploymentCircuitBreaker: { Enable: true } } },
    ["Properties.DeploymentConfiguration.DeploymentCircuitBreaker lacks Rollback"],
  ],
  [
    "either side of an If",
    { NetworkConfiguration: { "Fn::If": ["A", { Ref: "AWS::NoValue" }, { Subnets: [] }] } },
    ["Properties.NetworkConfiguration.Subnets is no property"],
  ],
  ["nothing where a function gives the value", { LoadBalancers: { Ref: "Some" } }, []],
])("%s is found", (_what, properties, faults) => {
  expect(schemaFaults("AWS::ECS::Service", properties)).toEqual(faults);
});

test("a resource that lacks what it must have is found, and a type that is not listed", () => {
  expect(schemaFaults("AWS::CloudWatch::Dashboard", {})).toEqual(["Properties lacks DashboardBody"]);
  expect(schemaFaults("AWS::ECS::Servise", {})).toEqual(["AWS::ECS::Servise is not in resource-schemas.txt"]);
});

test.each(stacks)("$file asks for no attribute that its resource does not have", ({ section }) => {
  const types = section("Resources") as Record<string, Members>;
  const asked = usedNames([section("Resources"), section("Outputs")])
    .map(({ name }) => name.split(/\.(.*)/) as [string, string?])
    .flatMap(([id, attribute]) =>
      attribute === undefined ? [] : [{ type: String(types[id]?.Type), attribute }],
    );
  const strange = asked.filter(
    ({ type, attribute }) => resourceSchemas[type]?.attributes.includes(attribute) === false,
  );
  expect(asked.length).toBeGreaterThan(0);
  expect(strange).toEqual([]);
});

test.each(stacks)("$file: every parameter is described, for who has only the console", ({ section }) => {
  const parameters = Object.entries(section("Parameters") as Record<string, Members>);
  expect(parameters.length).toBeGreaterThan(1);
  for (const [name, { Description }] of parameters)
    expect([name, Description]).toEqual([name, expect.stringMatching(/^.{12,4000}\.$/s)]);
});

test("descriptions of security groups have no character that EC2 refuses, an apostrophe among them", () => {
  const described = (value: unknown): string[] => {
    if (Array.isArray(value)) return value.flatMap(described);
    if (!isMembers(value)) return [];
    return Object.entries(value).flatMap(([key, member]) =>
      /^(Group)?Description$/.test(key) ? [String(member)] : described(member),
    );
  };
  const texts = described(named.filter(({ type }) => type.startsWith("AWS::EC2::")));
  expect(texts.length).toBeGreaterThan(6);
  // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
  for (const text of texts) expect(text).toMatch(/^[A-Za-z0-9 ._\-:/()#,@[\]+=&;{}!$*]{1,255}$/);
});
