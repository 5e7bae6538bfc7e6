// What of a call says who is calling: the route's identity headers and its tenant, from verified claims alone.
import type { Expression, Variables } from "./cel.js";
import type { IdentityFields } from "./forwarded-headers.js";
import { identityHeaders } from "./identity-headers.js";
import type { Route } from "./model.js";
import { accept, type Result } from "./result.js";
import { tenantIdOf } from "./tenant-id.js";

export interface CallerFields {
  readonly identity: IdentityFields;
  /** `X-Amz-Tenant-Id` */
  readonly tenantId: string | undefined;
}

/** Refuses `claim_unrepresentable`. */
export function callerFields(route: Route, variables: Variables): Result<CallerFields> {
  const identity = identityHeaders(route, variables);
  if (!identity.ok) return identity;
  const tenantId = tenantIdOf(route, variables);
  if (!tenantId.ok) return tenantId;
  return accept({ identity: identity.value, tenantId: tenantId.value });
}

/** All that `callerFields` evaluates. */
export function callerExpressions({ headers, target }: Route): readonly Expression[] {
  const expressions = headers.map(({ value }) => value);
  return target.kind === "invoke" && target.tenantId ? [...expressions, target.tenantId] : expressions;
}
