// A route's `tenantId`: which tenant's execution environment Lambda takes for the call.
// https://docs.aws.amazon.com/lambda/latest/dg/tenant-isolation-invoke.html
import type { Variables } from "./cel.js";
import type { Route } from "./model.js";
import { accept, refuse, type Result } from "./result.js";

// Lambda's alphabet. It takes spaces too; at the ends a header field would lose them and inside SigV4 would fold them,
// so that two tenants could be one.
const tenantIdPattern = /^(?! )(?!.* $)(?!.* {2})[A-Za-z0-9._:/=+\-@ ]{1,256}$/;

/** Nothing where the route names none. Refuses `claim_unrepresentable`: an error, or no text of Lambda's alphabet. */
export function tenantIdOf(
  { target }: Pick<Route, "target">,
  variables: Variables,
): Result<string | undefined> {
  if (target.kind !== "invoke" || target.tenantId === undefined) return accept(undefined);
  const { source } = target.tenantId;
  const slot = "target.tenantId";
  const result = target.tenantId.evaluate(variables);
  if (!result.ok) return refuse({ reason: "claim_unrepresentable", slot, cause: result.denial });
  if (typeof result.value === "string" && tenantIdPattern.test(result.value)) return accept(result.value);
  const cause = `${source} is not 1 to 256 letters, digits, single spaces inside, or any of ._:/=+-@`;
  return refuse({ reason: "claim_unrepresentable", slot, cause });
}
