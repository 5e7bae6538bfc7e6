// The sessions that functions run on: of the role that the template gives each, lent by Lambda itself. A role that
// Lambda may not assume fails the start, as it fails a deployment.
// https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
import { arnParts } from "../../../server/core/arn.js";
import type { Clock } from "../../../server/ports.js";
import { principalContext, type Context } from "./iam/context.js";
import { evaluateTrust } from "./iam/evaluate.js";
import type { Caller, FunctionDefinition, Role, Template } from "./model.js";
import type { Sessions } from "./sessions.js";

/** As long as Lambda's own credentials last at most. An environment gets them once, so its pool ends it before them. */
const durationSeconds = 12 * 3600;

/** @throws naming each function whose role Lambda may not assume. */
export function createExecutionRoles(
  template: Template,
  sessions: Sessions,
  clock: Clock,
): (definition: FunctionDefinition) => Caller | undefined {
  const roleOf = ({ executionRoleArn }: FunctionDefinition): Role | undefined =>
    template.roles.find(({ arn }) => arn === executionRoleArn);
  const faults = template.functions.flatMap((definition) => {
    const role = roleOf(definition);
    return role === undefined || trustsService(role, "lambda.amazonaws.com", template.region, clock())
      ? []
      : [`${definition.logicalId}: its role ${role.name} cannot be assumed by lambda.amazonaws.com`];
  });
  if (faults.length > 0) throw new Error(faults.join("\n"));
  return (definition) => {
    const role = roleOf(definition);
    return role && sessions.mint(role, { sessionName: definition.name, durationSeconds, isOfService: true });
  };
}

/** Whether AWS itself may lend this role, for one of its services. */
export function trustsService(role: Role, name: string, region: string, now: number): boolean {
  const { trustPolicy } = role;
  const principal = { kind: "service", name } as const;
  const context = { ...principalContext(principal, region, now), ...sourceOf(role, name, region) };
  const request = { action: "sts:AssumeRole", principal, context };
  return evaluateTrust(trustPolicy, request, () => undefined).allowed;
}

/**
 * For whom the service asks. ECS says it; of which task its ARN is, AWS documents by this pattern alone, so that this is
 * what a condition must be content with.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
 */
function sourceOf({ arn }: Role, service: string, region: string): Context {
  if (service !== "ecs-tasks.amazonaws.com") return {};
  const { accountId: account } = arnParts(arn);
  return { "aws:sourceaccount": account, "aws:sourcearn": `arn:aws:ecs:${region}:${account}:*` };
}
