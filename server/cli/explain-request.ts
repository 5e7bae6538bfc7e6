// One call against one configuration: every step of the way through that needs neither AWS nor the function, in
// gateway.ts's order and by the steps' own functions. The answer is theirs.
import { authorize, variablesOf } from "../authorize.js";
import type { Settings } from "../config/compile.js";
import { assumeRoleInput } from "../core/assume-role-input.js";
import { callerFields } from "../core/caller-fields.js";
import type { Denial } from "../core/denial.js";
import type { Principal, RouteMatch } from "../core/model.js";
import { problemOf } from "../core/problem.js";
import { countedLimits, type RateLimit } from "../core/rate-limit.js";
import type { SigningKeys } from "../ports.js";
import { explainContext } from "./explain-context.js";
import { explainLimits } from "./explain-limits.js";
import { explainRoute } from "./explain-route.js";
import { explainRules } from "./explain-rules.js";
import { explainToken, type Evidence } from "./explain-token.js";
import type { Answer, CallRequest, Explanation, Refused } from "./explanation.js";
import { formatTime } from "./token-checks.js";

export interface Explaining {
  readonly settings: Settings;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Absent: a token's signature is not checked. */
  readonly keys?: SigningKeys | undefined;
  /** The gateway runs on a role: STS then gives no session longer than an hour. */
  readonly isChained: boolean;
}

export async function explainRequest(
  request: CallRequest,
  evidence: Evidence,
  { settings, now, keys, isChained }: Explaining,
): Promise<Explanation> {
  const route = explainRoute(settings.routes, request);
  const begun = { at: formatTime(now), request, route: route.step };
  if (!route.match.ok) return { ...begun, answer: refused(route.match.denial) };
  const match = route.match.value;

  const { issuers, limits } = settings;
  const { authorizer } = match.route;
  const token = authorizer
    ? explainContext(evidence, authorizer, now)
    : await explainToken(evidence, { issuers, tokenBytes: limits.tokenBytes, keys, now });
  if (!token.principal.ok) return { ...begun, token: token.step, answer: refused(token.principal.denial) };
  const principal = token.principal.value;
  const { rateLimits } = settings;
  return {
    ...begun,
    token: token.step,
    scopes: { needsOneOf: match.route.scopes, has: [...principal.scopes] },
    ...explainRules(settings.roles, match, principal),
    ...(rateLimits.length > 0 && { limits: explainLimits(rateLimits, match, principal) }),
    answer: answerOf(match, principal, { now, isChained, rateLimits, sourceIp: request.sourceIp }),
  };
}

function answerOf(
  match: RouteMatch,
  principal: Principal,
  {
    now,
    isChained,
    rateLimits,
    sourceIp,
  }: Pick<Explaining, "now" | "isChained"> &
    Pick<CallRequest, "sourceIp"> & { readonly rateLimits: readonly RateLimit[] },
): Answer {
  const spec = authorize(match, principal, now, sourceIp);
  if (!spec.ok) return refused(spec.denial);
  const counted = countedLimits(rateLimits, principal, variablesOf(match, principal));
  if (!counted.ok) return refused(counted.denial);
  const granted = {
    granted: true,
    rule: spec.value.rule,
    assumeRole: assumeRoleInput(spec.value, { now, isChained }),
  } as const;
  if (match.door === "grant") return granted;
  const caller = callerFields(match.route, variablesOf(match, principal));
  if (!caller.ok) return refused(caller.denial);
  const { identity, tenantId } = caller.value;
  return { ...granted, headers: Object.fromEntries(identity), ...(tenantId !== undefined && { tenantId }) };
}

function refused(denial: Denial): Refused {
  const { status, code, title, detail } = problemOf(denial);
  return { granted: false, denial, problem: { status, code, title, detail } };
}
