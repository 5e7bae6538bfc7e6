// The numbers of ecs.yaml against the gateway's own: what one of them allows, the other must not cut.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Members } from "../../../deploy/local/aws/template/fields.js";
import { configurationSchema } from "../../../server/config/schema.js";
import { routeSchema } from "../../../server/config/route-schema.js";
import { keepAliveTimeoutMs } from "../../../server/listener.js";
import { pairs, readStack } from "./stack-template.js";

const ecs = readStack("ecs.yaml");
const dockerfile = readFileSync(join(__dirname, "../../../Dockerfile"), "utf8");
const defaultOf = (name: string): number => Number(ecs.at(`Parameters.${name}.Default`));
const container = (name: string): unknown =>
  ecs.at(`Resources.TaskDefinition.Properties.ContainerDefinitions.0.${name}`);
const targetGroup = (name: string): unknown => ecs.at(`Resources.TargetGroup.Properties.${name}`);
const { listen, limits } = configurationSchema.shape;
const [ownListen, ownLimits] = [listen.parse({}), limits.parse({})];
const timeout = (text?: string): number => routeSchema.shape.timeout.parse(text);
const longestTimeoutMs = timeout("15m");
const shortestTimeoutMs = timeout("1s");

test("fifteen minutes is the longest timeout that a route can have, and the default", () => {
  expect(routeSchema.shape.timeout.safeParse("15m1s").success).toBe(false);
  expect(timeout()).toBe(longestTimeoutMs);
});

test("a silent call of the longest timeout is not cut by the load balancer", () => {
  expect(defaultOf("LongestCallSeconds") * 1000).toBeGreaterThan(longestTimeoutMs);
  expect(Number(ecs.at("Parameters.LongestCallSeconds.MinValue")) * 1000).toBeGreaterThan(shortestTimeoutMs);
});

test("the load balancer lets go of an idle connection before the gateway does", () => {
  const most = Number(ecs.at("Parameters.LongestCallSeconds.MaxValue")) * 1000;
  expect(defaultOf("LongestCallSeconds") * 1000).toBeLessThanOrEqual(most);
  expect(most + 1000).toBe(keepAliveTimeoutMs);
});

test("idle timeout and deregistration delay are that one number, in the ranges that AWS takes", () => {
  const longest = { Ref: "LongestCallSeconds" };
  const attributes = pairs(ecs.at("Resources.LoadBalancer.Properties.LoadBalancerAttributes"));
  expect(attributes.get("idle_timeout.timeout_seconds")).toEqual(longest);
  expect(pairs(targetGroup("TargetGroupAttributes")).get("deregistration_delay.timeout_seconds")).toEqual(
    longest,
  );
  expect(Number(ecs.at("Parameters.LongestCallSeconds.MaxValue"))).toBeLessThanOrEqual(3600);
  const keptAlive = Number(attributes.get("client_keep_alive.seconds"));
  expect(keptAlive).toBeGreaterThanOrEqual(60);
  expect(keptAlive).toBeGreaterThan(longestTimeoutMs / 1000);
});

test("a drain lasts as long as the longest call, and a task has Fargate's most after SIGTERM", () => {
  expect(ownListen.drain).toBeGreaterThanOrEqual(longestTimeoutMs);
  expect(container("StopTimeout")).toBe(120);
});

test("calls come on one port and health checks on the other, wherever ports are named", () => {
  const environment = pairs(container("Environment"));
  const [port, adminPort] = [ownListen.port, ownListen.adminPort];
  expect([environment.get("PORT"), environment.get("ADMIN_PORT")]).toEqual([String(port), String(adminPort)]);
  expect(container("PortMappings.0.ContainerPort")).toBe(port);
  expect(ecs.at("Resources.Service.Properties.LoadBalancers.0.ContainerPort")).toBe(port);
  expect([targetGroup("Port"), targetGroup("HealthCheckPort")]).toEqual([port, String(adminPort)]);
  const opened = ecs.ofType("AWS::EC2::SecurityGroupIngress").map(([, { Properties }]) => {
    const { FromPort, ToPort, SourceSecurityGroupId } = Properties as Members;
    expect(SourceSecurityGroupId).toEqual({ "Fn::GetAtt": ["LoadBalancerSecurityGroup", "GroupId"] });
    expect(ToPort).toBe(FromPort);
    return FromPort;
  });
  expect(opened).toEqual([port, adminPort]);
});

test("security groups let out what is needed: the load balancer to both ports of the tasks, those to HTTPS", () => {
  const egress = (id: string): unknown => ecs.at(`Resources.${id}.Properties.SecurityGroupEgress`);
  const toTasks = { "Fn::GetAtt": ["TaskSecurityGroup", "GroupId"] };
  // One range: the two ports are neighbours.
  expect(ownListen.adminPort).toBe(ownListen.port + 1);
  expect(egress("LoadBalancerSecurityGroup")).toEqual([
    {
      ...{ IpProtocol: "tcp", FromPort: ownListen.port, ToPort: ownListen.adminPort },
      ...{ DestinationSecurityGroupId: toTasks, Description: expect.anything() as unknown },
    },
  ]);
  expect(egress("TaskSecurityGroup")).toEqual([
    {
      ...{ IpProtocol: "tcp", FromPort: 443, ToPort: 443 },
      ...{ CidrIp: "0.0.0.0/0", Description: expect.anything() as unknown },
    },
  ]);
});

test("clients reach the load balancer's two listeners, from where they are allowed to, and no task", () => {
  const ports = ecs
    .ofType("AWS::ElasticLoadBalancingV2::Listener")
    .map(([, { Properties }]) => (Properties as Members).Port);
  const ingress = ecs.at("Resources.LoadBalancerSecurityGroup.Properties.SecurityGroupIngress") as Members[];
  expect(ingress).toMatchObject(
    ports.map((port) => ({
      ...{ IpProtocol: "tcp", FromPort: port, ToPort: port, CidrIp: { Ref: "ClientCidr" } },
    })),
  );
  expect(ecs.at("Resources.TaskSecurityGroup.Properties")).not.toHaveProperty("SecurityGroupIngress");
});

test("no listener of the load balancer leads to the admin port", () => {
  const listeners = ecs
    .ofType("AWS::ElasticLoadBalancingV2::Listener")
    .map(([, { Properties }]) => Properties);
  const [https, http] = listeners as [Members, Members];
  expect(https).toMatchObject({ Port: 443, Protocol: "HTTPS" });
  expect(https.DefaultActions).toEqual([{ Type: "forward", TargetGroupArn: { Ref: "TargetGroup" } }]);
  expect(http.DefaultActions).toMatchObject([
    { Type: "redirect", RedirectConfig: { Protocol: "HTTPS", Port: "443" } },
  ]);
  expect(ecs.ofType("AWS::ElasticLoadBalancingV2::TargetGroup")).toHaveLength(1);
});

test("the task is checked as the image is, and runs as its user", () => {
  const { Command, Interval, Timeout, StartPeriod, Retries } = container("HealthCheck") as Members;
  const [, options = "", command = ""] = /^HEALTHCHECK (.*) \\\n +CMD (\[.*\])$/m.exec(dockerfile) ?? [];
  expect(Command).toEqual(["CMD", ...(JSON.parse(command) as string[])]);
  expect(options).toBe(
    `--interval=${String(Interval)}s --timeout=${String(Timeout)}s --start-period=${String(StartPeriod)}s --retries=${String(Retries)}`,
  );
  expect(dockerfile).toContain(`\nUSER ${String(container("User"))}\n`);
  expect(dockerfile).not.toContain("ENV GATEWAY_CONFIG");
});

test("the task may write nothing and has no capability of the kernel's", () => {
  expect(container("ReadonlyRootFilesystem")).toBe(true);
  expect(container("LinuxParameters.Capabilities")).toEqual({ Drop: ["ALL"] });
  expect(ecs.at("Resources.Service.Properties.EnableExecuteCommand")).toBe(false);
});

test("the smallest task has room for all the bodies that may be held, twice over", () => {
  const memory = Number(ecs.at("Mappings.TaskSizes.Small.Memory")) * 2 ** 20;
  expect(memory).toBeGreaterThan(2 * ownLimits.bufferedBytes);
});

test("the container is told of the task's memory, by which Node sizes its heap", () => {
  const memory = { "Fn::FindInMap": ["TaskSizes", { Ref: "TaskSize" }, "Memory"] };
  expect(container("Memory")).toEqual(memory);
  expect(ecs.at("Resources.TaskDefinition.Properties.Memory")).toEqual(memory);
});

test("each size is a pair that Fargate takes", () => {
  const sizes = Object.values(ecs.section("Mappings").TaskSizes as Record<string, Record<string, string>>);
  expect(Object.keys(ecs.section("Mappings").TaskSizes as Members)).toEqual(
    ecs.at("Parameters.TaskSize.AllowedValues"),
  );
  for (const { Cpu, Memory } of sizes) {
    const perUnit = Number(Memory) / Number(Cpu);
    expect([512, 1024, 2048]).toContain(Number(Cpu));
    expect(perUnit).toBeGreaterThanOrEqual(2);
    expect(perUnit).toBeLessThanOrEqual(8);
  }
});

test("a deployment never has fewer tasks than are wanted, and goes back by itself", () => {
  expect(ecs.at("Resources.Service.Properties.DeploymentConfiguration")).toEqual({
    MinimumHealthyPercent: 100,
    MaximumPercent: 200,
    DeploymentCircuitBreaker: { Enable: true, Rollback: true },
  });
  expect(ecs.section("Resources").Service).not.toHaveProperty("Properties.DesiredCount");
});

test("the configuration is of one version, so that going back brings the old one too", () => {
  expect(container("Secrets")).toEqual([
    { Name: "GATEWAY_CONFIG", ValueFrom: { "Fn::Sub": "${Configuration}:::${ConfigurationVersionId}" } },
  ]);
});
