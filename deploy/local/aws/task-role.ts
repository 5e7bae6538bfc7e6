// The roles whose credentials the gateway's task and the person at the keyboard get.
import type { Clock } from "../../../server/ports.js";
import { administrator } from "./administrator.js";
import { trustsService } from "./execution-roles.js";
import type { Role, Template } from "./model.js";

/**
 * An administrator where no name is given.
 *
 * @throws naming the role, where the template has none of that name or where no task would get it.
 */
export function findTaskRole(template: Template, name: string | undefined, clock: Clock): Role {
  if (name === undefined) return administrator(template.accountId);
  const role = template.roles.find((candidate) => candidate.name === name);
  const names = template.roles.map((each) => each.name).join(", ");
  if (!role) throw new Error(`the template has no role ${name} for the task to run on; it has ${names}`);
  // ECS lends a task its role only where the role trusts it; on Fly.io it trusts an OpenID provider instead.
  const trustsTasks = trustsService(role, "ecs-tasks.amazonaws.com", template.region, clock());
  const trustsProvider = role.trustPolicy.statements.some(
    ({ effect, principals }) => effect === "Allow" && (principals?.federated.length ?? 0) > 0,
  );
  if (trustsTasks || trustsProvider) return role;
  throw new Error(
    `role ${name} trusts neither ecs-tasks.amazonaws.com nor an OpenID provider: no task gets it`,
  );
}

/**
 * The role of a person at the keyboard, such as who releases functions; an administrator where no name is given.
 *
 * @throws naming the role, where the template has none of that name.
 */
export function findOperatorRole(
  template: Template,
  name: string | undefined,
  whom = "whoever releases functions",
): Role {
  if (name === undefined) return administrator(template.accountId);
  const role = template.roles.find((candidate) => candidate.name === name);
  if (!role) throw new Error(`the template has no role ${name} for ${whom}`);
  return role;
}
