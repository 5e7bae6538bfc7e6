// The way through, top to bottom: each step takes what the one before it gave, so the compiler keeps the order, and a
// step that refuses ends the way. The body is not read before the caller is authorised.
import type { Authenticate } from "./authenticate.js";
import type { Authorize } from "./authorize.js";
import type { ConsultAuthorizer } from "./consult-authorizer.js";
import { requestedUri } from "./core/http-uri.js";
import type { Findings, Inbound, Reply } from "./core/inbound.js";
import type { RoleSession } from "./core/model.js";
import { requestTargetOf } from "./core/request-target.js";
import { accept, type Result } from "./core/result.js";
import type { DoubtSession } from "./doubt-session.js";
import { grant as handOver, type Grant } from "./grant.js";
import type { LimitCalls } from "./limit-calls.js";
import type { MatchRoute } from "./match-route.js";
import type { ObtainSession } from "./obtain-session.js";
import type { BoundedMap, Clock } from "./ports.js";
import type { Proxy } from "./proxy.js";
import { isStsPath, type Sts } from "./sts.js";

export interface GatewaySteps {
  readonly matchRoute: MatchRoute;
  readonly authenticate: Authenticate;
  /** In place of `authenticate`, where the route says so. */
  readonly consultAuthorizer: ConsultAuthorizer;
  readonly authorize: Authorize;
  /** Absent: callers may call as often as they like. */
  readonly limitCalls?: LimitCalls | undefined;
  readonly obtainSession: ObtainSession;
  readonly doubtSession: DoubtSession;
  readonly proxy: Proxy;
  readonly grant?: Grant;
  /** The same steps for STS's clients, who send their token in a form. */
  readonly sts: Sts;
  /** What was handed out, by access key id: the /sts door names its holder. */
  readonly handedOut: BoundedMap<RoleSession>;
  readonly clock: Clock;
  /** The gateway's own, where the configuration names them. */
  readonly origins?: readonly string[];
}

export type Gateway = (inbound: Inbound, findings: Findings) => Promise<Result<Reply>>;

export function createGateway({
  matchRoute,
  authenticate,
  consultAuthorizer,
  authorize,
  limitCalls,
  obtainSession,
  doubtSession,
  proxy,
  grant = handOver,
  sts,
  handedOut,
  clock,
  origins,
}: GatewaySteps): Gateway {
  return async (inbound, findings) => {
    const target = requestTargetOf(inbound);
    if (!target.ok) return target;
    if (isStsPath(target.value)) return sts({ inbound, target: target.value, findings });

    const match = matchRoute(inbound.method, target.value);
    if (!match.ok) return match;
    const { route, door } = match.value;
    Object.assign(findings, { route, door });

    const principal = route.authorizer
      ? await consultAuthorizer(route.authorizer, inbound, match.value, target.value)
      : await authenticate(inbound.headers, {
          allowBare: door === "grant",
          method: inbound.method,
          uri: requestedUri(inbound, origins),
        });
    if (!principal.ok) return principal;
    findings.principal = principal.value;

    const spec = authorize(match.value, principal.value, clock(), inbound.client.address);
    if (!spec.ok) return spec;
    findings.spec = spec.value;

    const within = limitCalls && (await limitCalls([match.value], principal.value, inbound.abandonment));
    if (within && !within.ok) return within;

    const session = await obtainSession(spec.value, door, findings);
    if (!session.ok) return session;
    findings.session = session.value;
    if (door === "grant") {
      handedOut.set(session.value.credentials.accessKeyId, session.value);
      return accept(grant(route, principal.value, spec.value, session.value));
    }

    const answer = await proxy({
      inbound,
      findings,
      target: target.value,
      match: match.value,
      principal: principal.value,
      session: session.value,
    });
    if (!answer.ok && answer.denial.reason === "upstream_refused") doubtSession(spec.value, session.value);
    return answer;
  };
}
