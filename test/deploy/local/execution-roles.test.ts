// The role of the template that a function runs on.
import { createExecutionRoles, trustsService } from "../../../deploy/local/aws/execution-roles.js";
import type { FunctionDefinition, Role, Template } from "../../../deploy/local/aws/model.js";
import { createSessions } from "../../../deploy/local/aws/sessions.js";
import { now, policy, sampleRole, templateOf } from "./iam/sample-caller.js";

const trusting = (Principal: unknown): Role =>
  sampleRole("runner", { trustPolicy: policy("trust", { Action: "sts:AssumeRole", Principal }) });
const runsOn = (executionRoleArn?: string): FunctionDefinition => ({
  logicalId: "HelloFunction",
  name: "hello",
  arn: "arn:aws:lambda:eu-west-1:123456789012:function:hello",
  codeFolder: "/code",
  handler: "a.b",
  runtime: "nodejs24.x",
  timeoutSeconds: 3,
  memoryMb: 128,
  environment: {},
  ...(executionRoleArn !== undefined && { executionRoleArn }),
});
const template = (role: Role, definition: FunctionDefinition): Template => ({
  ...templateOf(role),
  functions: [definition],
});
const sessions = createSessions({ clock: () => now });

test("a function runs on a session of its role that is named after the function", () => {
  const role = trusting({ Service: "lambda.amazonaws.com" });
  const session = createExecutionRoles(
    template(role, runsOn(role.arn)),
    sessions,
    () => now,
  )(runsOn(role.arn));
  expect(session?.arn).toBe("arn:aws:sts::123456789012:assumed-role/runner/hello");
});

test("a role that Lambda may not assume fails the start, by the function's name", () => {
  const role = trusting({ Service: "ecs-tasks.amazonaws.com" });
  expect(() => createExecutionRoles(template(role, runsOn(role.arn)), sessions, () => now)).toThrow(
    "HelloFunction: its role runner cannot be assumed by lambda.amazonaws.com",
  );
});

test("a function without a role of the template has no credentials", () => {
  const role = trusting({ Service: "lambda.amazonaws.com" });
  expect(createExecutionRoles(template(role, runsOn()), sessions, () => now)(runsOn())).toBeUndefined();
});

test("a role that Lambda may not assume at this time fails the start as well", () => {
  const until = (time: string): Role =>
    sampleRole("runner", {
      trustPolicy: policy(
        "trust",
        { Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } },
        {
          ...{ Effect: "Deny", Action: "sts:AssumeRole", Principal: "*" },
          Condition: { DateGreaterThan: { "aws:CurrentTime": time } },
        },
      ),
    });
  const start = (role: Role) => (): unknown =>
    createExecutionRoles(template(role, runsOn(role.arn)), sessions, () => now);
  expect(start(until("2026-11-21T12:00:00Z"))).not.toThrow();
  expect(start(until("2026-11-21T11:59:59Z"))).toThrow("cannot be assumed by lambda.amazonaws.com");
});

const ecsArn = (rest: string): string => `arn:aws:ecs:eu-west-1:123456789012:${rest}`;

test.each([
  ["its own account", { StringEquals: { "aws:SourceAccount": "123456789012" } }, true],
  ["another account", { StringEquals: { "aws:SourceAccount": "210987654321" } }, false],
  ["ECS of its account and region", { ArnLike: { "aws:SourceArn": ecsArn("*") } }, true],
  ["ECS of another region", { ArnLike: { "aws:SourceArn": "arn:aws:ecs:eu-west-2:123456789012:*" } }, false],
  // What the ARN is in full AWS does not say.
  ["one cluster's tasks", { ArnLike: { "aws:SourceArn": ecsArn("task/grantway/*") } }, false],
])("ECS lends a task a role that asks for %s: %j is %j", (_what, Condition, isLent) => {
  const Principal = { Service: "ecs-tasks.amazonaws.com" };
  const role = sampleRole("task", {
    trustPolicy: policy("trust", { Action: "sts:AssumeRole", Principal, Condition }),
  });
  expect(trustsService(role, "ecs-tasks.amazonaws.com", "eu-west-1", now)).toBe(isLent);
});

test("whom Lambda asks for is not known here, so that a role that asks for it is not lent", () => {
  const role = sampleRole("runner", {
    trustPolicy: policy("trust", {
      Action: "sts:AssumeRole",
      Principal: { Service: "lambda.amazonaws.com" },
      Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
    }),
  });
  expect(trustsService(role, "lambda.amazonaws.com", "eu-west-1", now)).toBe(false);
});
