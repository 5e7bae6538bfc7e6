// Which of ECS's events say that a task of ecs.yaml was killed, and whom they reach.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html
import type { Members } from "../../../deploy/local/aws/template/fields.js";
import { fitsPattern } from "./event-pattern.js";
import { readStack } from "./stack-template.js";

const ecs = readStack("ecs.yaml");
const rule = ecs.at("Resources.TaskKilled.Properties") as Members;
const clusterArn = "arn:aws:ecs:eu-west-1:123456789012:cluster/grantway-gateway";

/** With the cluster's ARN filled in. */
const pattern = JSON.parse(
  JSON.stringify(rule.EventPattern).replace('{"Fn::GetAtt":["Cluster","Arn"]}', JSON.stringify(clusterArn)),
) as Members;

const stopped = (detail: Members, container: Members = {}): Members => ({
  source: "aws.ecs",
  "detail-type": "ECS Task State Change",
  detail: {
    clusterArn,
    lastStatus: "STOPPED",
    desiredStatus: "STOPPED",
    stoppedReason: "Scaling activity initiated by deployment ecs-svc/0123456789",
    containers: [{ name: "gateway", lastStatus: "STOPPED", ...container }],
    ...detail,
  },
});
const outOfMemory = "OutOfMemoryError: container killed due to memory usage";

test.each([
  ["that did not end in time", stopped({}, { exitCode: 137 })],
  ["for its memory", stopped({}, { exitCode: 137, reason: outOfMemory })],
  ["for its memory, without a code", stopped({}, { reason: outOfMemory })],
  ["whole, for its memory", stopped({ stoppedReason: outOfMemory })],
])("a task that was killed %s", (_what, event) => {
  expect(fitsPattern(event, pattern)).toBe(true);
});

test.each([
  ["that ended by itself after its drain", stopped({}, { exitCode: 0 })],
  ["whose configuration has faults", stopped({}, { exitCode: 78 })],
  ["that was asked to stop before it had begun", stopped({}, { exitCode: 143 })],
  ["whose image cannot be had", stopped({ stoppedReason: "CannotPullContainerError: not found" })],
  ["of another cluster", stopped({ clusterArn: `${clusterArn}-2` }, { exitCode: 137 })],
  // A task's way to STOPPED has several events: one is counted.
  ["that is still on its way", stopped({ lastStatus: "DEPROVISIONING" }, { exitCode: 137 })],
  ["and another service's event", { ...stopped({}, { exitCode: 137 }), source: "aws.batch" }],
])("leaves alone a task %s", (_what, event) => {
  expect(fitsPattern(event, pattern)).toBe(false);
});

test("a matcher that is not known is not passed over", () => {
  expect(() => fitsPattern({ a: "b" }, { a: [{ "anything-but": "b" }] })).toThrow("anything-but");
});

test("the event goes to the topic, where there is one, and the topic's own policy stays", () => {
  expect(rule.Targets).toEqual({
    "Fn::If": ["HasAlarmTopic", [{ Id: "topic", Arn: { Ref: "AlarmTopicArn" } }], { Ref: "AWS::NoValue" }],
  });
  expect([...ecs.ofType("AWS::SNS::TopicPolicy"), ...ecs.ofType("AWS::SNS::TopicInlinePolicy")]).toEqual([]);
  expect(ecs.at("Parameters.AlarmTopicArn.Description")).toContain("let events.amazonaws.com publish");
});

// A topic that lets only its account publish refuses EventBridge, and nobody would hear of it.
test("the alarm does not need the event to arrive: it counts the rule's matches", () => {
  expect(ecs.at("Resources.TaskKilledAlarm.Properties")).toMatchObject({
    Namespace: "AWS/Events",
    MetricName: "TriggeredRules",
    Dimensions: [{ Name: "RuleName", Value: { Ref: "TaskKilled" } }],
  });
  // The metric of a rule that is on another bus has another dimension as well.
  expect(rule).not.toHaveProperty("EventBusName");
});
