// deploy/aws/ecs.yaml names only what is there, and has nothing that is not used.
import { TemplateError } from "../../../deploy/local/aws/template/faults.js";
import { isMembers, type Members } from "../../../deploy/local/aws/template/fields.js";
import { loadTemplate } from "../../../deploy/local/aws/template/load-template.js";
import { ecsParameters, pairs, readStack, stackFile, stacks, usedNames } from "./stack-template.js";

const ecs = readStack("ecs.yaml");
const parameters = Object.entries(ecs.section("Parameters")) as [string, Members][];
const ids = Object.keys(ecs.section("Resources"));
const uses = usedNames([ecs.section("Resources"), ecs.section("Conditions"), ecs.section("Outputs")]);
const load = (changes: Record<string, string> = {}) =>
  loadTemplate(stackFile("ecs.yaml"), { ...stacks.ecs, parameters: { ...ecsParameters, ...changes } });

/** Condition names that stand at `Condition` and in `Fn::If`, anywhere below. */
function conditionsIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, member]: [string, unknown]) => {
    const own = key === "Condition" && typeof member === "string" ? [member] : [];
    const [chosen] = key === "Fn::If" ? (member as [string]) : [];
    return [...own, ...(chosen === undefined ? [] : [chosen]), ...conditionsIn(member)];
  });
}

test("every name that is referred to is a parameter, a resource or AWS's own", () => {
  const known = new Set([...parameters.map(([name]) => name), ...ids]);
  expect(uses.length).toBeGreaterThan(80);
  const strange = uses.filter(
    ({ name }) => !name.startsWith("AWS::") && !known.has(name.split(".")[0] ?? ""),
  );
  expect(strange).toEqual([]);
});

test("every parameter is used, said what it is for, and bounded", () => {
  const used = new Set(uses.map(({ name }) => name));
  expect(parameters.filter(([name]) => !used.has(name))).toEqual([]);
  expect(parameters.filter(([, { Description }]) => typeof Description !== "string")).toEqual([]);
  const unbounded = parameters.filter(([, { Type, AllowedPattern, AllowedValues, MinValue, MaxValue }]) => {
    const isRange = MinValue !== undefined && MaxValue !== undefined;
    return (
      AllowedPattern === undefined && AllowedValues === undefined && !isRange && !String(Type).includes("EC2")
    );
  });
  expect(unbounded).toEqual([]);
});

test("every condition is used, and every one that is used is there", () => {
  const used = new Set(conditionsIn(ecs.section("Resources")));
  expect([...used].sort()).toEqual(Object.keys(ecs.section("Conditions")).sort());
});

test("what stands without a service needs no resource that comes with one", () => {
  const late = ids.filter(
    (id) => ecs.section("Resources")[id] && "Condition" in (ecs.at(`Resources.${id}`) as object),
  );
  expect(late).toEqual(expect.arrayContaining(["TaskDefinition", "Service", "ScalableTarget"]));
  const early = ids.filter((id) => !late.includes(id)).map((id) => ecs.at(`Resources.${id}`));
  const names = usedNames([early, ecs.section("Outputs")]).map(({ name }) => name.split(".")[0] ?? "");
  expect(names.filter((name) => late.includes(name))).toEqual([]);
});

test.each(["", ecsParameters.ConfigurationVersionId])(
  "it loads whole, each attribute and policy of it, with the configuration's version %j",
  async (ConfigurationVersionId) => {
    const { functions, roles, notices } = await load({ ConfigurationVersionId });
    expect(functions).toEqual([]);
    expect(roles.map(({ name }) => name)).toEqual(["grantway-gateway-task", "grantway-gateway-execution"]);
    expect(notices).toContain(
      "Resources: no function is among them, so there is none to call; roles can be assumed",
    );
  },
);

test.each([
  ["a role with a wildcard", { InvokeRoleArns: "arn:aws:iam::123456789012:role/*" }],
  ["a second role that is none", { InvokeRoleArns: `${ecsParameters.InvokeRoleArns},*` }],
  ["an image by its tag", { ImageDigest: "latest" }],
  ["an idle timeout of just too much", { LongestCallSeconds: "960" }],
  ["one task alone", { MinTasks: "1" }],
  ["one subnet alone", { TaskSubnetIds: "subnet-0000000000000000c" }],
  ["a topic of another service", { AlarmTopicArn: "arn:aws:sqs:eu-west-1:123456789012:alarms" }],
])("%s is refused", async (_what, changes) => {
  await expect(load(changes)).rejects.toThrow(TemplateError);
});

test("it fits into one request to CloudFormation, without a bucket between", () => {
  expect(Buffer.byteLength(ecs.text)).toBeLessThan(51_200);
});

describe("metrics of our own", () => {
  const namespace = { "Fn::Sub": "Grantway/${AWS::StackName}" };
  const made = ecs.ofType("AWS::Logs::MetricFilter").map(([, { Properties }]) => {
    const { MetricTransformations } = Properties as { MetricTransformations: [Members] };
    const [{ MetricNamespace, MetricName }] = MetricTransformations;
    expect(MetricNamespace).toEqual(namespace);
    return MetricName;
  });
  const alarms = ecs.ofType("AWS::CloudWatch::Alarm").map(([, { Properties }]) => Properties as Members);
  const own = ({ Namespace }: Members): boolean => JSON.stringify(Namespace) === JSON.stringify(namespace);
  /** What alarms look at, by themselves or in metric math. */
  const looked = alarms.flatMap((alarm) =>
    alarm.Metrics === undefined
      ? [alarm]
      : (alarm.Metrics as Members[]).flatMap(({ MetricStat }) =>
          isMembers(MetricStat) ? [MetricStat.Metric as Members] : [],
        ),
  );

  test("are made by a metric filter wherever something is watched or scaled by them", () => {
    const scaling =
      "Resources.ScaleOnCallsInFlight.Properties.TargetTrackingScalingPolicyConfiguration.CustomizedMetricSpecification";
    const watched = [...looked.filter(own), ecs.at(scaling) as Members];
    expect(own(ecs.at(scaling) as Members)).toBe(true);
    expect(new Set(watched.map(({ MetricName }) => MetricName))).toEqual(new Set(made));
    expect(dashboardMetrics().filter(([space]) => space === "Grantway/S")).not.toEqual([]);
    for (const [space, name] of dashboardMetrics()) if (space === "Grantway/S") expect(made).toContain(name);
  });

  test("every alarm tells the topic both ways, and has words for who is woken", () => {
    const told = { "Fn::If": ["HasAlarmTopic", [{ Ref: "AlarmTopicArn" }], { Ref: "AWS::NoValue" }] };
    expect(alarms.length).toBeGreaterThan(5);
    for (const { AlarmActions, OKActions, AlarmDescription, TreatMissingData } of alarms) {
      expect([AlarmActions, OKActions]).toEqual([told, told]);
      expect(AlarmDescription).toEqual(expect.stringMatching(/^.{30,}[.?]$/));
      expect(TreatMissingData).toBeDefined();
    }
  });

  test("the load balancer's metrics have its dimensions, and the target group's where hosts are counted", () => {
    const names = ["LoadBalancer", "TargetGroup"];
    for (const { Namespace, MetricName, Dimensions } of looked) {
      if (Namespace !== "AWS/ApplicationELB") continue;
      const expected = String(MetricName).includes("HostCount") ? names : names.slice(0, 1);
      expect([...pairs(Dimensions).keys()]).toEqual(expected);
    }
  });
});

/** The dashboard's body with every name filled in: CloudWatch takes it as JSON or not at all. */
function dashboardMetrics(): unknown[][] {
  const { "Fn::Sub": body } = ecs.at("Resources.Dashboard.Properties.DashboardBody") as { "Fn::Sub": string };
  const filled = body.replaceAll("${AWS::StackName}", "S").replaceAll(/\$\{[\w.:]+\}/g, "7");
  const { widgets } = JSON.parse(filled) as { widgets: { properties: { metrics?: unknown[][] } }[] };
  return widgets.flatMap(({ properties }) => properties.metrics ?? []);
}
