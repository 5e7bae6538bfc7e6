// How the service of ecs.yaml stands: reached by HTTPS alone, spread over zones, sent calls when it is ready, scaled by the
// calls in flight, and what outlives the stack.
import type { Members } from "../../../deploy/local/aws/template/fields.js";
import { pairs, readStack } from "./stack-template.js";

const ecs = readStack("ecs.yaml");
const properties = (id: string): Members => ecs.at(`Resources.${id}.Properties`) as Members;
const ref = (name: string) => ({ Ref: name });

test("clients are met with TLS 1.2 at least, and with a certificate of the reader's", () => {
  const { SslPolicy, Certificates } = properties("HttpsListener");
  // Of the policies of https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html these
  // have 1.2 and 1.3 and no cipher without forward secrecy.
  expect(SslPolicy).toMatch(/^ELBSecurityPolicy-TLS13-1-[23](-Res)?(-FIPS|-PQ|-FIPS-PQ)?-20\d\d-\d\d$/);
  expect(Certificates).toEqual([{ CertificateArn: ref("CertificateArn") }]);
});

test("tasks are in all subnets that are given, at least two of them, on what the image was built for", () => {
  expect(properties("Service").NetworkConfiguration).toMatchObject({
    AwsvpcConfiguration: { Subnets: ref("TaskSubnetIds"), SecurityGroups: [expect.anything()] },
  });
  expect(properties("LoadBalancer").Subnets).toEqual(ref("LoadBalancerSubnetIds"));
  expect(properties("Service").AvailabilityZoneRebalancing).toBe("ENABLED");
  expect(Number(ecs.at("Parameters.MinTasks.MinValue"))).toBeGreaterThanOrEqual(2);
  expect(properties("TaskDefinition").RuntimePlatform).toMatchObject({
    CpuArchitecture: ref("Architecture"),
  });
  expect(ecs.at("Parameters.Architecture.AllowedValues")).toEqual(["ARM64", "X86_64"]);
});

test("no task is on capacity that AWS takes back", () => {
  expect(properties("Service")).toMatchObject({ LaunchType: "FARGATE" });
  expect(properties("Service")).not.toHaveProperty("CapacityProviderStrategy");
});

test("a task is sent calls once it is ready, the one with the fewest in flight first", () => {
  const { HealthCheckPath, HealthCheckTimeoutSeconds, HealthCheckIntervalSeconds, ...group } =
    properties("TargetGroup");
  expect(HealthCheckPath).toBe("/readyz");
  expect(Number(HealthCheckTimeoutSeconds)).toBeLessThan(Number(HealthCheckIntervalSeconds));
  expect(pairs(group.TargetGroupAttributes).get("load_balancing.algorithm.type")).toBe(
    "least_outstanding_requests",
  );
});

test("autoscaling holds the average of calls in flight at CallsPerTask, between MinTasks and MaxTasks of this service", () => {
  expect(properties("ScaleOnCallsInFlight")).toMatchObject({
    PolicyType: "TargetTrackingScaling",
    ScalingTargetId: ref("ScalableTarget"),
    TargetTrackingScalingPolicyConfiguration: {
      TargetValue: ref("CallsPerTask"),
      CustomizedMetricSpecification: { MetricName: "CallsInFlight", Statistic: "Average" },
    },
  });
  expect(properties("ScalableTarget")).toMatchObject({
    ServiceNamespace: "ecs",
    ScalableDimension: "ecs:service:DesiredCount",
    ResourceId: { "Fn::Sub": "service/${Cluster}/${Service.Name}" },
    MinCapacity: ref("MinTasks"),
    MaxCapacity: ref("MaxTasks"),
  });
});

test("tasks are added for CPU too, below what one Node process can use of the task's", () => {
  const policy = properties("ScaleOnCpu").TargetTrackingScalingPolicyConfiguration as Members;
  expect(policy).toMatchObject({
    TargetValue: { "Fn::FindInMap": ["TaskSizes", ref("TaskSize"), "CpuTarget"] },
    PredefinedMetricSpecification: { PredefinedMetricType: "ECSServiceAverageCPUUtilization" },
  });
  const sizes = Object.values(ecs.at("Mappings.TaskSizes") as Record<string, Record<string, string>>);
  expect(sizes).toHaveLength(3);
  for (const { Cpu, CpuTarget } of sizes) {
    // A little more than one vCPU at most; two thirds of that leave the time that a new task needs.
    const mostPercent = Math.min(100, (100 * 1024) / Number(Cpu));
    expect(Number(CpuTarget)).toBeLessThanOrEqual((2 / 3) * mostPercent);
    expect(Number(CpuTarget)).toBeGreaterThanOrEqual(mostPercent / 2);
  }
});

test.each(["Logs", "Configuration"])("%s stays when the stack goes, or puts another in its place", (id) => {
  expect(ecs.at(`Resources.${id}`)).toMatchObject({
    DeletionPolicy: "RetainExceptOnCreate",
    UpdateReplacePolicy: "Retain",
  });
});

test("lines are kept for as long as is said, and go there from the task without holding it up", () => {
  expect(properties("Logs")).toEqual({ RetentionInDays: ref("LogRetentionDays") });
  const options = ecs.at("Resources.TaskDefinition.Properties.ContainerDefinitions.0.LogConfiguration");
  expect(options).toMatchObject({
    LogDriver: "awslogs",
    Options: { "awslogs-group": ref("Logs"), mode: "non-blocking" },
  });
});
