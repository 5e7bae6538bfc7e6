// The composition root: settings -> adapters -> steps -> two listeners, and the way back down.
import { createServer, type Server } from "node:http";
import { createAdminApp } from "./admin.js";
import { createAppServer } from "./app-server.js";
import { createApp } from "./app.js";
import { createAuthorizers } from "./adapters/authorizers.js";
import { createBoundedMap } from "./adapters/bounded-map.js";
import { answerConnectionErrors } from "./adapters/connection-errors.js";
import type { Log } from "./adapters/log.js";
import { createMetrics } from "./adapters/metrics.js";
import { createPackedPolicyWarning } from "./adapters/packed-policy-warning.js";
import { createBodyBudget } from "./adapters/request-body.js";
import { createRoleSessions } from "./adapters/role-sessions.js";
import { createSigningKeys } from "./adapters/signing-keys.js";
import { createUpstream, upstreamTimers } from "./adapters/upstream.js";
import { composeGateway } from "./compose-gateway.js";
import type { Settings } from "./config/compile.js";
import type { Abandonment } from "./core/abandonment.js";
import { limitContradictions } from "./core/limit-contradictions.js";
import { drain, listen } from "./listener.js";
import { createMatchRoute } from "./match-route.js";
import type { HeldSession } from "./ports.js";
import { unreadyReasons } from "./readiness.js";

export interface RunningGateway {
  readonly port: number;
  readonly adminPort: number;
  /** Finishes what is in flight, up to `listen.drain`, and lets go of everything. Safe to call twice. */
  stop(): Promise<void>;
}

/** @throws Node's listen error when a port cannot be had; AuthorizerFault when a module is no authorizer. */
export async function startGateway(settings: Settings, log: Log): Promise<RunningGateway> {
  const adapters = openAdapters(settings, log);
  await loadAuthorizers(adapters);
  const { metrics, keys } = adapters;
  let isDraining = false;
  const callsInFlight = new Set<Abandonment>();
  const matchRoute = createMatchRoute(settings.routes);
  const { app, listener } = createApp({
    gateway: composeGateway(settings, matchRoute, { ...adapters, clock }),
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
  const readiness = () =>
    unreadyReasons({ keys, isDraining, contradictions: isDraining ? [] : contradictions() });
  const admin = createServer(createAdminApp({ metrics, unreadyReasons: readiness }));
  const ports = await listenOnBoth(server, admin, settings).catch(async (error: unknown) => {
    // An authorizer's thread would keep the process, which has nothing more to do.
    await adapters.close();
    throw error;
  });
  void keys.warm();
  log.info(ports, "listening");
  for (const contradiction of contradictions()) log.warn({ contradiction }, "limits contradict each other");

  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    isDraining = true;
    log.info({ drainMs: settings.listen.drainMs }, "draining");
    const outcome = await drain(server, settings.listen.drainMs, callsInFlight);
    await drain(admin, 0);
    await adapters.close();
    log.info({ outcome }, "stopped");
  };
  return { ...ports, stop: () => (stopped ??= stop()) };
}

// Not `Date.now` itself: a test that moves this process's time moves it for all of its parts.
const clock = (): number => Date.now();

/** What holds connections, keys and sessions, and is let go of at the end. */
function openAdapters(settings: Settings, log: Log) {
  const sessions = createBoundedMap<HeldSession>();
  const metrics = createMetrics(() => sessions.size);
  const warnOfPackedPolicy = createPackedPolicyWarning({
    clock,
    warn: (fields, text) => log.warn(fields, text),
  });
  const keys = createSigningKeys({ issuers: settings.issuers, clock });
  const roleSessions = createRoleSessions({
    ...settings.sts,
    clock,
    onAssumeRole: (call) => {
      metrics.assumeRole(call);
      warnOfPackedPolicy(call);
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
    await Promise.all([upstream.close(), keys.close()]);
  };
  return { sessions, metrics, keys, roleSessions, upstream, authorizers, close };
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

async function listenOnBoth(server: Server, admin: Server, { listen: { host, ...ports }, routes }: Settings) {
  const keepAliveTimeoutMs = Math.max(...routes.map(({ timeoutMs }) => timeoutMs)) + 60_000;
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
