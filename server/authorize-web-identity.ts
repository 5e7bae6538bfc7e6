// Which session a verified caller gets who asks for a role and not for a route, as users of AWS SDKs do: the rules decide
// as they do at the grant door, for each route that may be meant; the caller may only have less than they give.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
import type { Authorize } from "./authorize.js";
import { maxPolicyLength } from "./core/compile-policy.js";
import { jointSpec, type RouteSpec } from "./core/joint-spec.js";
import type { Principal, Route, SessionSpec } from "./core/model.js";
import { narrowPolicy, type PolicyFlaw } from "./core/narrow-policy.js";
import { accept, refuse, type Result } from "./core/result.js";
import { stsRefusal } from "./core/sts-refusal.js";
import type { WebIdentityRequest } from "./core/sts-request.js";

export interface WebIdentityCall {
  readonly request: WebIdentityRequest;
  /** That may be meant. */
  readonly routes: readonly Route[];
  readonly principal: Principal;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly clientAddress: string;
}

export interface AuthorizedWebIdentity {
  readonly spec: SessionSpec;
  /** That the session is for: at least one. */
  readonly routes: readonly Route[];
}

/** Refuses as `authorize` does, and with `sts_route_ambiguous` or `sts_request_refused`. */
export function authorizeWebIdentity(
  call: WebIdentityCall,
  authorize: Authorize,
): Result<AuthorizedWebIdentity> {
  const { request } = call;
  const specs = specsOfRole(call, authorize);
  if (!specs.ok) return specs;
  const joint = jointSpec(specs.value);
  if (!joint.ok) return joint;
  const spec = { ...joint.value, durationSeconds: durationOf(request, joint.value) };
  const narrowed = request.policy === undefined ? accept(spec) : narrow(spec, request.policy);
  if (!narrowed.ok) return narrowed;
  const fitting = fits(narrowed.value);
  if (!fitting.ok) return fitting;
  const names = specs.value.map(({ route }) => route);
  return accept({ spec: fitting.value, routes: call.routes.filter(({ name }) => names.includes(name)) });
}

/** At least one. A made-up role, one of another rule and none at all are refused alike. */
function specsOfRole(
  { request, routes, principal, now, clientAddress }: WebIdentityCall,
  authorize: Authorize,
): Result<readonly [RouteSpec, ...RouteSpec[]]> {
  const specs: RouteSpec[] = [];
  const reasons: string[] = [];
  for (const route of routes) {
    const spec = authorize({ route, door: "grant", params: {} }, principal, now, clientAddress);
    if (!spec.ok && routes.length === 1) return spec;
    if (!spec.ok) reasons.push(`${route.name}: ${spec.denial.reason}`);
    else if (spec.value.roleArn !== request.roleArn)
      reasons.push(`${route.name}: the rules give another role`);
    else specs.push({ route: route.name, spec: spec.value });
  }
  const [first, ...others] = specs;
  if (first) return accept([first, ...others]);
  return refuse({ reason: "role_not_granted", cause: `RoleArn: ${reasons.join("; ")}` });
}

const durationOf = ({ durationSeconds }: WebIdentityRequest, spec: SessionSpec): number =>
  Math.min(spec.durationSeconds, durationSeconds ?? spec.durationSeconds);

/**
 * Managed policies stand beside the inline one. With them the session could do what the caller left out; without them,
 * what they deny. What they hold is not known here, so they and a policy of the caller's do not go together.
 */
function narrow(spec: SessionSpec, asked: string): Result<SessionSpec> {
  if (spec.policyArns.length > 0) return refuse(stsRefusal("AccessDenied", besideManaged));
  const policy = narrowPolicy(spec.policy, asked);
  return policy.ok ? accept({ ...spec, policy: policy.value }) : refuse(policyRefusal(policy.denial));
}

const besideManaged =
  "Policy: it cannot narrow a session with managed policies (policyArns of the rule): send none.";

const policyCodes = {
  malformed: "MalformedPolicyDocument",
  wider: "AccessDenied",
  too_large: "PackedPolicyTooLarge",
} as const;

const policyRefusal = ({ kind, cause }: PolicyFlaw) => stsRefusal(policyCodes[kind], `Policy: ${cause}.`);

function fits(spec: SessionSpec): Result<SessionSpec> {
  const length = spec.policy.length + spec.policyArns.join("").length;
  if (length <= maxPolicyLength) return accept(spec);
  const cause = `the session policy has ${length} characters; STS takes ${maxPolicyLength}`;
  return refuse({ reason: "session_too_large", slot: "policy", cause });
}
