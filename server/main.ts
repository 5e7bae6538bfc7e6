// The composition root: settings -> adapters -> steps -> two listeners, and the way back down.
import { createServer } from "node:http";
import { createAdminApp } from "./admin.js";
import { createApp, createAppServer } from "./app.js";
import { createAuthenticate } from "./authenticate.js";
import { answerConnectionErrors } from "./adapters/connection-errors.js";
import type { Log } from "./adapters/log.js";
import { createMetrics } from "./adapters/metrics.js";
import { createBodyBudget } from "./adapters/request-body.js";
import { createRoleSessions } from "./adapters/role-sessions.js";
import { createSessionCache } from "./adapters/session-cache.js";
import { createSigningKeys, type FetchedSigningKeys } from "./adapters/signing-keys.js";
import { createUpstream } from "./adapters/upstream.js";
import type { Settings } from "./config/compile.js";
import { createGateway } from "./gateway.js";
import { drain, listen } from "./listener.js";
import { createMatchRoute } from "./match-route.js";
import { createObtainSession } from "./obtain-session.js";
import { createProxy } from "./proxy.js";

export interface RunningGateway {
  readonly port: number;
  readonly adminPort: number;
  /** Finishes what is in flight, up to `listen.drain`, and lets go of everything. Safe to call twice. */
  stop(): Promise<void>;
}

/** @throws Node's listen error when a port cannot be had. */
export async function startGateway(settings: Settings, log: Log): Promise<RunningGateway> {
  const clock = Date.now;
  const cache = createSessionCache();
  const metrics = createMetrics(() => cache.size);
  const keys = createSigningKeys({ issuers: settings.issuers, clock });
  const roleSessions = createRoleSessions({
    ...settings.sts,
    clock,
    onAssumeRole: (outcome) => metrics.assumeRole(outcome),
  });
  const upstream = createUpstream();
  let isDraining = false;

  const gateway = createGateway({
    clock,
    matchRoute: createMatchRoute(settings.routes),
    authenticate: createAuthenticate({
      issuers: settings.issuers,
      keys,
      clock,
      tokenBytes: settings.limits.tokenBytes,
    }),
    obtainSession: createObtainSession({ roleSessions, cache, clock }),
    proxy: createProxy({
      upstream,
      clock,
      bodyBytes: settings.limits.bodyBytes,
      ownsCors: settings.cors !== undefined,
    }),
  });
  const app = createApp({
    gateway,
    budget: createBodyBudget(settings.limits.bufferedBytes),
    log,
    metrics,
    clock,
    cors: settings.cors,
    trustProxy: settings.listen.trustProxy,
    isDraining: () => isDraining,
  });
  const server = createAppServer(app, settings.limits.tokenBytes + otherHeaderBytes);
  answerConnectionErrors(server, log);
  // A request that asks before it sends its body is answered like any other; the body is asked for once allowed.
  server.on("checkContinue", app);
  const admin = createServer(
    createAdminApp({ metrics, unreadyReasons: () => unreadyReasons(keys, isDraining) }),
  );

  const { host } = settings.listen;
  const keepAliveTimeoutMs = Math.max(...settings.routes.map(({ timeoutMs }) => timeoutMs)) + 60_000;
  const port = await listen(server, { host, port: settings.listen.port, keepAliveTimeoutMs });
  const adminPort = await listen(admin, { host, port: settings.listen.adminPort, keepAliveTimeoutMs }).catch(
    (error: unknown) => {
      server.close();
      throw error;
    },
  );
  void keys.warm();
  log.info({ port, adminPort }, "listening");

  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    isDraining = true;
    log.info({ drainMs: settings.listen.drainMs }, "draining");
    const outcome = await drain(server, settings.listen.drainMs);
    await drain(admin, 0);
    roleSessions.close();
    await Promise.all([upstream.close(), keys.close()]);
    log.info({ outcome }, "stopped");
  };
  return { port, adminPort, stop: () => (stopped ??= stop()) };
}

/** Room for everything but the token in a request's head: Node's own default for all of it. */
const otherHeaderBytes = 16_384;

function unreadyReasons(keys: FetchedSigningKeys, isDraining: boolean): string[] {
  const missing = keys.status().filter(({ ready }) => !ready);
  return [
    ...(isDraining ? ["draining"] : []),
    ...missing.map(
      ({ issuer, lastError }) => `no keys of issuer ${issuer}: ${lastError ?? "not fetched yet"}`,
    ),
  ];
}
