// Settings and adapters -> the steps of the way through, and what they share: one cache of each kind.
import { randomBytes } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { createAuthenticateToken } from "./authenticate-token.js";
import { createAuthenticate } from "./authenticate.js";
import { createAuthorize } from "./authorize.js";
import { createBoundedMap } from "./adapters/bounded-map.js";
import type { Metrics } from "./adapters/metrics.js";
import { createProofReplays } from "./adapters/proof-replays.js";
import { createVerifiedTokens } from "./adapters/verified-tokens.js";
import { createCallerIdentity } from "./caller-identity.js";
import type { Settings } from "./config/compile.js";
import { createConsultAuthorizer } from "./consult-authorizer.js";
import { createDpopNonces } from "./core/dpop-nonce.js";
import type { RoleSession } from "./core/model.js";
import { createDoubtSession } from "./doubt-session.js";
import { createGateway, type Gateway } from "./gateway.js";
import { grant } from "./grant.js";
import { createLimitCalls, type LimitCalls } from "./limit-calls.js";
import type { MatchRoute } from "./match-route.js";
import { createObtainSession } from "./obtain-session.js";
import type {
  Authorizers,
  BoundedMap,
  CallWindows,
  Clock,
  HeldSession,
  IssuedSession,
  RoleSessions,
  SigningKeys,
  Upstream,
} from "./ports.js";
import { createProxy } from "./proxy.js";
import { createSts } from "./sts.js";
import { noTracing, type Tracing } from "./tracing.js";

export interface GatewayAdapters {
  readonly authorizers: Authorizers;
  readonly keys: SigningKeys;
  readonly metrics: Pick<Metrics, "authorizerAsked" | "callLimited">;
  /** Absent where nothing is limited. */
  readonly callWindows?: CallWindows | undefined;
  readonly roleSessions: RoleSessions;
  readonly sessions: BoundedMap<HeldSession>;
  readonly upstream: Upstream;
  readonly clock: Clock;
  /** Called once for each session that STS gave a caller. */
  readonly onIssued: (issued: IssuedSession) => void;
  /** Absent: the steps are themselves. */
  readonly tracing?: Tracing | undefined;
}

export function composeGateway(
  settings: Settings,
  matchRoute: MatchRoute,
  { authorizers, keys, metrics, roleSessions, sessions, upstream, clock, onIssued, ...more }: GatewayAdapters,
): Gateway {
  const { tracing = noTracing } = more;
  const authentication = {
    issuers: settings.issuers,
    keys,
    verifiedTokens: createVerifiedTokens(),
    replays: createProofReplays({ issuers: settings.issuers, clock }),
    nonces: createDpopNonces(randomBytes(32)),
    clock,
    tokenBytes: settings.limits.tokenBytes,
  };
  const authenticateToken = createAuthenticateToken(authentication);
  const authorize = tracing.step("authorize", createAuthorize());
  const limitCalls = limitCallsOf(settings, metrics, more);
  const handedOut = createBoundedMap<RoleSession>();
  const obtain = createObtainSession({
    roleSessions: tracing.roleSessions(roleSessions),
    sessions,
    refusals: createBoundedMap(),
    budgets: createBoundedMap(),
    clock,
    // Nothing may keep the process that only waits.
    pause: (ms) => setTimeout(ms, undefined, { ref: false }),
    random: Math.random,
    onIssued,
  });
  const obtainSession = tracing.step("obtain session", obtain);
  const gateway = createGateway({
    clock,
    ...(settings.listen.origins && { origins: settings.listen.origins }),
    matchRoute: tracing.step("match route", matchRoute),
    authenticate: tracing.step("authenticate", createAuthenticate(authentication, authenticateToken)),
    consultAuthorizer: tracing.step(
      "consult authorizer",
      createConsultAuthorizer({
        authorizers,
        decisions: createBoundedMap(),
        clock,
        secret: randomBytes(32),
        identityBytes: settings.limits.tokenBytes,
        onAsked: metrics.authorizerAsked,
      }),
    ),
    authorize,
    limitCalls,
    obtainSession,
    doubtSession: createDoubtSession({ sessions, clock }),
    proxy: tracing.proxy(createProxy({ upstream, clock, bodyBytes: settings.limits.bodyBytes })),
    grant: tracing.step("grant", grant),
    handedOut,
    sts: createSts({
      routes: settings.routes,
      authenticateToken: tracing.step("authenticate", authenticateToken),
      authorize,
      limitCalls,
      obtainSession,
      callerIdentity: createCallerIdentity({ granted: handedOut, clock }),
      handedOut,
      clock,
      tokenBytes: settings.limits.tokenBytes,
      bufferedBytes: settings.limits.bufferedBytes,
    }),
  });
  return tracing.gateway(gateway);
}

function limitCallsOf(
  { rateLimits }: Settings,
  metrics: GatewayAdapters["metrics"],
  { callWindows, tracing = noTracing }: Pick<GatewayAdapters, "callWindows" | "tracing">,
): LimitCalls | undefined {
  if (!callWindows || rateLimits.length === 0) return undefined;
  const parts = { limits: rateLimits, windows: callWindows, onLimited: metrics.callLimited };
  return tracing.step("limit calls", createLimitCalls(parts));
}
