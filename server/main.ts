// The composition root: settings -> adapters -> steps -> two listeners, and the way back down.
import { createServer, type Server } from "node:http";
import { totalmem } from "node:os";
import { createAdminApp } from "./admin.js";
import { createAppServer } from "./app-server.js";
import { createApp } from "./app.js";
import type { After } from "./adapters/after.js";
import { createAudit } from "./adapters/audit.js";
import { createAuthorizers } from "./adapters/authorizers.js";
import { createBoundedMap } from "./adapters/bounded-map.js";
import { answerConnectionErrors } from "./adapters/connection-errors.js";
import { createKeyLines } from "./adapters/key-lines.js";
import { createLoadLines } from "./adapters/load-lines.js";
import { droppedLines, logProbe, type Log } from "./adapters/log.js";
import { createMetrics } from "./adapters/metrics.js";
import { createPackedPolicyWarning } from "./adapters/packed-policy-warning.js";
import { createRoleProbes } from "./adapters/probe-roles.js";
import { createBodyBudget } from "./adapters/request-body.js";
import { openRateLimits } from "./adapters/rate-limits.js";
import { createRoleSessions } from "./adapters/role-sessions.js";
import { createSigningKeys } from "./adapters/signing-keys.js";
import { createTaskProtection } from "./adapters/task-protection.js";
import { startTelemetry, type Telemetry } from "./adapters/telemetry.js";
import type { Environment } from "./adapters/telemetry-variables.js";
import { createUpstream, upstreamTimers } from "./adapters/upstream.js";
import { composeGateway } from "./compose-gateway.js";
import type { Settings } from "./config/compile.js";
import type { Abandonment } from "./core/abandonment.js";
import { limitContradictions } from "./core/limit-contradictions.js";
import { drain, keepAliveTimeoutMs, listen } from "./listener.js";
import { isProbe, probePlan } from "./core/role-probe.js";
import { createMatchRoute } from "./match-route.js";
import type { Clock, HeldSession } from "./ports.js";
import { packageVersion } from "./package-version.js";
import { checksOf, readinessOf, type Readiness, type ReadinessParts } from "./readiness.js";

export interface RunningGateway {
  readonly port: number;
  readonly adminPort: number;
  /** Finishes what is in flight, up to `listen.drain`, and lets go of everything. Safe to call twice. */
  stop(): Promise<void>;
}

/** Where the gateway runs. */
export interface Surroundings {
  /** ECS_AGENT_URI: there the task asks not to be ended while long calls are in flight. */
  readonly agentUri?: string | undefined;
  readonly clock?: Clock;
  readonly after?: After;
  /** OpenTelemetry's standard variables. Absent: no telemetry. */
  readonly environment?: Environment;
}

/** @throws Node's listen error when a port cannot be had; AuthorizerFault when a module is no authorizer. */
export async function startGateway(
  settings: Settings,
  log: Log,
  surroundings: Surroundings = { agentUri: process.env.ECS_AGENT_URI, environment: process.env },
): Promise<RunningGateway> {
  const { region } = settings.sts;
  const telemetry = await startTelemetry(surroundings.environment ?? {}, { log, region, clock });
  const adapters = openAdapters(settings, log, telemetry);
  await loadAuthorizers(adapters);
  const { metrics, prometheus, keys, probes } = adapters;
  const rateLimits = await openRateLimits(settings, { clock, log, onStoreError: metrics.limitStoreFailed });
  const audit = createAudit({ log, clock });
  let isDraining = false;
  const callsInFlight = new Set<Abandonment>();
  const matchRoute = createMatchRoute(settings.routes);
  const { app, listener } = createApp({
    gateway: composeGateway(settings, matchRoute, {
      ...adapters,
      callWindows: rateLimits?.windows,
      clock,
      tracing: telemetry?.tracing,
      onIssued: (issued) => {
        probes.worked(issued.spec);
        audit(issued);
      },
    }),
    matchRoute,
    budget: createBodyBudget(settings.limits.bufferedBytes),
    log,
    metrics,
    clock,
    cors: settings.cors,
    trustProxy: settings.listen.trustProxy,
    isDraining: () => isDraining,
    callsInFlight,
  });
  const server = createAppServer(
    app,
    { maxHeaderSize: settings.limits.tokenBytes + otherHeaderBytes },
    listener,
  );
  answerConnectionErrors(server, { log, metrics });
  const contradictions = () => limitContradictions(settings, { server, upstream: upstreamTimers });
  const readinessParts = (): ReadinessParts => {
    const roles = isDraining ? { reasons: [], notes: [] } : probes.readiness();
    return { keys, roles, isDraining, contradictions: isDraining ? [] : contradictions() };
  };
  const readiness = (): Readiness => {
    if (!isDraining) keys.keepFresh();
    if (!isDraining) probes.refresh();
    return readinessOf(readinessParts());
  };
  const admin = createServer(createAdminApp({ metrics, readiness }));
  const ports = await listenOnBoth(server, admin, settings).catch(async (error: unknown) => {
    // An authorizer's thread would keep the process, which has nothing more to do; so would a connection.
    rateLimits?.close();
    await adapters.close();
    throw error;
  });
  void keys.warm();
  probes.refresh();
  log.info(ports, "listening");
  const { agentUri } = surroundings;
  const protection = agentUri
    ? createTaskProtection({
        clock,
        ...surroundings,
        ...{ agentUri, callsInFlight, log },
        onAnswered: prometheus.taskProtectionAnswered,
      })
    : undefined;
  // On ECS the log is what autoscaling counts by (deploy/aws/ecs.yaml).
  const loadLines = agentUri ? createLoadLines({ ...surroundings, callsInFlight, log }) : undefined;
  prometheus.watch({
    version: packageVersion(),
    memoryLimitBytes: memoryLimitBytes(),
    checks: () => checksOf(readinessParts()),
    heldKeys: () => keys.held(),
    droppedLogLines: () => droppedLines(log),
    failedExports: () => telemetry?.failedExports() ?? 0,
    isTaskProtected: protection && (() => protection.isHeld()),
  });
  for (const contradiction of contradictions()) log.warn({ contradiction }, "limits contradict each other");

  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    isDraining = true;
    probes.close();
    log.info({ drainMs: settings.listen.drainMs }, "draining");
    const outcome = await drain(server, settings.listen.drainMs, callsInFlight);
    // Up to here: an answer still on its way is what the task was protected for.
    if (protection) await protection.close();
    loadLines?.close();
    await drain(admin, 0);
    rateLimits?.close();
    await adapters.close();
    log.info({ outcome }, "stopped");
  };
  return { ...ports, stop: () => (stopped ??= stop()) };
}

// Not `Date.now` itself: a test that moves this process's time moves it for all of its parts.
const clock = (): number => Date.now();

/** The container's, where it has one. */
function memoryLimitBytes(): number {
  const limit = process.constrainedMemory();
  return limit > 0 && limit < totalmem() ? limit : totalmem();
}

/** What holds connections, keys and sessions, and is let go of at the end. */
function openAdapters(settings: Settings, log: Log, telemetry: Telemetry | undefined) {
  const sessions = createBoundedMap<HeldSession>();
  const prometheus = createMetrics(() => sessions.size, { hasExemplars: telemetry?.tracing !== undefined });
  const metrics = telemetry?.metrics(prometheus) ?? prometheus;
  const warnOfPackedPolicy = createPackedPolicyWarning({
    clock,
    warn: (fields, text) => log.warn(fields, text),
  });
  const logKeys = createKeyLines(log);
  const keys = createSigningKeys({
    issuers: settings.issuers,
    clock,
    onFetched: ({ name: issuer }, outcome) => {
      prometheus.keysFetched({ issuer, ok: outcome.ok });
      logKeys(issuer, outcome);
    },
  });
  const roleSessions = createRoleSessions({
    ...settings.sts,
    clock,
    onAssumeRole: (call) => {
      if (isProbe(call.spec)) return;
      metrics.assumeRole(call);
      warnOfPackedPolicy(call);
    },
  });
  const probes = createRoleProbes({
    plan: probePlan(settings.roles),
    roleSessions,
    clock,
    onProbed: (probed) => {
      metrics.roleProbed(probed);
      logProbe(log, probed);
    },
  });
  const upstream = createUpstream();
  const authorizers = createAuthorizers({
    authorizers: settings.authorizers,
    upstream,
    ownCredentials: () => roleSessions.ownCredentials(),
    clock,
    onLine: (authorizer, line) => log.info({ authorizer, line }, "authorizer printed"),
  });
  const close = async (): Promise<void> => {
    authorizers.close();
    roleSessions.close();
    await Promise.all([upstream.close(), keys.close(), telemetry?.close()]);
  };
  return { sessions, metrics, prometheus, keys, roleSessions, probes, upstream, authorizers, close };
}

/** Modules that are no authorizers: a fault of the configuration that shows once they are loaded. */
export class AuthorizerFault extends Error {
  constructor(readonly faults: readonly { readonly authorizer: string; readonly fault: string }[]) {
    super(faults.map(({ authorizer, fault }) => `authorizer ${authorizer}: ${fault}`).join("; "));
  }
}

async function loadAuthorizers({ authorizers, close }: ReturnType<typeof openAdapters>): Promise<void> {
  const faults = await authorizers.check();
  if (faults.length === 0) return;
  await close();
  throw new AuthorizerFault(faults);
}

async function listenOnBoth(server: Server, admin: Server, { listen: { host, ...ports } }: Settings) {
  const port = await listen(server, { host, port: ports.port, keepAliveTimeoutMs });
  const adminPort = await listen(admin, { host, port: ports.adminPort, keepAliveTimeoutMs }).catch(
    (error: unknown) => {
      server.close();
      throw error;
    },
  );
  return { port, adminPort };
}

/** Room for everything but the token in a request's head: Node's own default for all of it. */
const otherHeaderBytes = 16_384;
