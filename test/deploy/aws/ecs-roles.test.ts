// What the roles of ecs.yaml may do, judged by the twin's IAM: the task lends the invoke roles of functions.yaml and no
// other; the two stacks fit together.
import { AssumeRoleCommand } from "@aws-sdk/client-sts";
import { trustsService } from "../../../deploy/local/aws/execution-roles.js";
import { authorizeAction } from "../../../deploy/local/aws/iam/authorize-action.js";
import type { Role, Template } from "../../../deploy/local/aws/model.js";
import { findTaskRole } from "../../../deploy/local/aws/task-role.js";
import { loadTemplate } from "../../../deploy/local/aws/template/load-template.js";
import { now, sampleCaller } from "../local/iam/sample-caller.js";
import { startLocalSts, type LocalSts } from "../local/sts/local-sts.js";
import { roleNamed } from "../local/template/sample-template.js";
import { ecsParameters, stackFile, stacks } from "./stack-template.js";

const taskRoleArn = "arn:aws:iam::123456789012:role/grantway-gateway-task";
const analystArn = "arn:aws:iam::123456789012:role/grantway-analyst";
let [ecs, functions] = [] as unknown as [Template, Template];
let sts: LocalSts;

beforeAll(async () => {
  ecs = await loadTemplate(stackFile("ecs.yaml"), { ...stacks.ecs, parameters: ecsParameters });
  const parameters = { GatewayRoleArn: taskRoleArn };
  functions = await loadTemplate(stackFile("functions.yaml"), { ...stacks.functions, parameters });
  sts = await startLocalSts({ roles: [roleNamed(ecs, /-task$/), ...functions.roles] });
});
afterAll(() => sts.close());

interface Asked {
  readonly role?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly sourceIdentity?: string | undefined;
}

/** As the gateway asks: `allowed`, or the name of STS's refusal. */
async function assume({
  role = analystArn,
  tags = { tenant: "acme" },
  sourceIdentity = "main.alice",
}: Asked): Promise<string> {
  const command = new AssumeRoleCommand({
    RoleArn: role,
    RoleSessionName: "main.alice",
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    ...(sourceIdentity === "" ? {} : { SourceIdentity: sourceIdentity }),
  });
  return sts
    .client(sts.mint())
    .send(command)
    .then(
      ({ AssumedRoleUser }) => `allowed: ${AssumedRoleUser?.Arn ?? ""}`,
      (error: unknown) => (error as Error).message,
    );
}

test("the task lends the invoke role, with its tag and source identity", async () => {
  expect(await assume({})).toBe(
    "allowed: arn:aws:sts::123456789012:assumed-role/grantway-analyst/main.alice",
  );
});

test.each([
  ["without a source identity", { sourceIdentity: "" }, "sts:AssumeRole"],
  ["without the tenant", { tags: {} }, "sts:AssumeRole"],
  ["with a tag that the role does not know", { tags: { tenant: "acme", admin: "yes" } }, "sts:AssumeRole"],
])("and not %s: the invoke role's trust policy says no", async (_what, asked, action) => {
  expect(await assume(asked)).toContain(`is not authorized to perform: ${action} on resource: ${analystArn}`);
});

test("a role that trusts the whole account is not lent, since it is not in the list", async () => {
  const release = "arn:aws:iam::123456789012:role/grantway-release";
  expect(await assume({ role: release, tags: {}, sourceIdentity: "" })).toContain(
    `is not authorized to perform: sts:AssumeRole on resource: ${release}`,
  );
});

test("functions.yaml then makes no gateway role of its own, and its invoke role trusts this one alone", () => {
  expect(functions.roles.map(({ name }) => name)).not.toContain("grantway-gateway");
  const { trustPolicy } = roleNamed(functions, /-analyst$/);
  const trusted = trustPolicy.statements.map(({ principals }) => principals?.aws);
  expect(trusted).toEqual([[taskRoleArn], [taskRoleArn], [taskRoleArn]]);
});

const mayDo = (role: Role, action: string, resource: string): boolean => {
  const request = { action, resources: [resource], region: "eu-west-1", sourceIp: "127.0.0.1" };
  return authorizeAction(sampleCaller({ role }), request, () => now, {
    warn: () => undefined,
    explain: false,
  }).ok;
};
const arn = (service: string, rest: string): string => `arn:aws:${service}:eu-west-1:123456789012:${rest}`;

test.each([
  ["sts:AssumeRole", analystArn, true],
  ["sts:TagSession", analystArn, true],
  ["sts:SetSourceIdentity", analystArn, true],
  ["sts:AssumeRole", `${analystArn}-2`, false],
  ["ecs:UpdateTaskProtection", arn("ecs", "task/grantway-gateway/0123456789abcdef"), true],
  ["ecs:UpdateTaskProtection", arn("ecs", "task/another-cluster/0123456789abcdef"), false],
  ["ecs:StopTask", arn("ecs", "task/grantway-gateway/0123456789abcdef"), false],
  ["lambda:InvokeFunction", arn("lambda", "function:grantway-hello:live"), false],
  ["lambda:InvokeFunctionUrl", arn("lambda", "function:grantway-hello:live"), false],
  ["secretsmanager:GetSecretValue", arn("secretsmanager", "secret:grantway-gateway-x"), false],
  ["iam:GetRole", analystArn, false],
])("the task itself may %s on %s: %j", (action, resource, isAllowed) => {
  expect(mayDo(roleNamed(ecs, /-task$/), action, resource)).toBe(isAllowed);
});

test("who starts the task reads the one secret, one repository and one log group, and lends nothing", () => {
  const execution = roleNamed(ecs, /-execution$/);
  const resourceOf = (policy: string): string => {
    const found = execution.policies.find(({ name }) => name === policy);
    return found?.document.statements.at(-1)?.resources[0] ?? "";
  };
  const secret = resourceOf("read-configuration");
  const log = resourceOf("write-log").replace(/\*$/, "log-stream:gateway/gateway/0123");
  const repository = arn("ecr", "repository/grantway");
  expect(secret).toMatch(/^arn:aws:secretsmanager:eu-west-1:123456789012:secret:grantway-gateway-/);
  expect(mayDo(execution, "secretsmanager:GetSecretValue", secret)).toBe(true);
  expect(mayDo(execution, "secretsmanager:GetSecretValue", arn("secretsmanager", "secret:other"))).toBe(
    false,
  );
  expect(mayDo(execution, "secretsmanager:PutSecretValue", secret)).toBe(false);
  expect(mayDo(execution, "ecr:BatchGetImage", repository)).toBe(true);
  expect(mayDo(execution, "ecr:BatchGetImage", `${repository}-2`)).toBe(false);
  expect(mayDo(execution, "ecr:PutImage", repository)).toBe(false);
  expect(mayDo(execution, "logs:PutLogEvents", log)).toBe(true);
  expect(mayDo(execution, "logs:PutLogEvents", arn("logs", "log-group:other:log-stream:x"))).toBe(false);
  expect(mayDo(execution, "sts:AssumeRole", analystArn)).toBe(false);
});

test("ECS gives a task the role for this account, and for no other", () => {
  const task = findTaskRole(ecs, "grantway-gateway-task", () => now);
  expect(task.arn).toBe(taskRoleArn);
  const elsewhere = { ...task, arn: task.arn.replace("123456789012", "210987654321") };
  expect(trustsService(elsewhere, "ecs-tasks.amazonaws.com", "eu-west-1", now)).toBe(false);
  expect(trustsService(task, "lambda.amazonaws.com", "eu-west-1", now)).toBe(false);
});
