// The composition root: settings -> adapters -> steps -> two listeners, and the way back down.
import { createServer, type Server } from "node:http";
import { totalmem } from "node:os";
import { createAdminApp } from "./admin.js";
import { createAppServer } from "./app-server.js";
import { createApp } from "./app.js";
import type { After } from "./adapters/after.js";
import { createAudit } from "./adapters/audit.js";
import { answerConnectionErrors } from "./adapters/connection-errors.js";
import { createLoadLines } from "./adapters/load-lines.js";
import { droppedLines, type Log } from "./adapters/log.js";
import { createBodyBudget } from "./adapters/request-body.js";
import type { GatewayState } from "./adapters/state-metrics.js";
import { createTaskProtection, type TaskProtection } from "./adapters/task-protection.js";
import type { Environment } from "./adapters/telemetry-variables.js";
import { upstreamTimers } from "./adapters/upstream.js";
import { composeGateway } from "./compose-gateway.js";
import type { Settings } from "./config/compile.js";
import type { Abandonment } from "./core/abandonment.js";
import { limitContradictions } from "./core/limit-contradictions.js";
import { checksOf, readinessOf, type Readiness, type ReadinessParts } from "./core/readiness.js";
import { drain, keepAliveTimeoutMs, listen } from "./listener.js";
import { createMatchRoute } from "./match-route.js";
import { openAdapters, type OpenAdapters } from "./open-adapters.js";
import { packageVersion } from "./package-version.js";
import type { Clock } from "./ports.js";

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
  /** Of the task's protection and load lines alone, as `after` is; all else has the process's own. */
  readonly clock?: Clock;
  readonly after?: After;
  /** OpenTelemetry's standard variables. Absent: no telemetry. */
  readonly environment?: Environment;
}

/** What the parts of a running gateway know of each other. */
interface Running {
  readonly settings: Settings;
  readonly adapters: OpenAdapters;
  readonly log: Log;
  readonly callsInFlight: Set<Abandonment>;
  isDraining: boolean;
}

/** @throws Node's error when a port cannot be had or the host does not resolve; AuthorizerFault when a module is no authorizer. */
export async function startGateway(
  settings: Settings,
  log: Log,
  surroundings: Surroundings = { agentUri: process.env.ECS_AGENT_URI, environment: process.env },
): Promise<RunningGateway> {
  const adapters = await openAdapters(settings, { log, clock, environment: surroundings.environment ?? {} });
  const running: Running = { settings, adapters, log, callsInFlight: new Set(), isDraining: false };
  const server = createGatewayServer(running);
  const readiness = readinessView(running, server);
  const admin = createServer(createAdminApp({ metrics: adapters.metrics, readiness: readiness.asked }));
  const ports = await listenOnBoth(server, admin, settings).catch(async (error: unknown) => {
    // An authorizer's thread would keep the process, which has nothing more to do; so would a connection.
    await adapters.close();
    throw error;
  });
  void adapters.keys.warm();
  adapters.probes.refresh();
  log.info(ports, "listening");

  const task = standAsTask(running, surroundings);
  adapters.prometheus.watch(stateOf(running, readiness, task.protection));
  for (const contradiction of readiness.contradictions())
    log.warn({ contradiction }, "limits contradict each other");

  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    running.isDraining = true;
    adapters.probes.close();
    log.info({ drainMs: settings.listen.drainMs, callsInFlight: running.callsInFlight.size }, "draining");
    const outcome = await drain(server, settings.listen.drainMs, running.callsInFlight);
    // Up to here: an answer still on its way is what the task was protected for.
    await task.close();
    await drain(admin, 0);
    await adapters.close();
    log.info({ outcome }, "stopped");
  };
  return { ...ports, stop: () => (stopped ??= stop()) };
}

// Not `Date.now` itself: a test that moves this process's time moves it for all of its parts.
const clock = (): number => Date.now();

function createGatewayServer(running: Running): Server {
  const { settings, adapters, log, callsInFlight } = running;
  const { metrics, probes, telemetry } = adapters;
  const audit = createAudit({ log, clock });
  const matchRoute = createMatchRoute(settings.routes);
  const gateway = composeGateway(settings, matchRoute, {
    ...adapters,
    clock,
    tracing: telemetry?.tracing,
    onIssued: (issued) => {
      probes.worked(issued.spec);
      audit(issued);
    },
  });
  const { app, listener } = createApp({
    gateway,
    matchRoute,
    budget: createBodyBudget(settings.limits.bufferedBytes),
    log,
    metrics,
    clock,
    cors: settings.cors,
    trustProxy: settings.listen.trustProxy,
    isDraining: () => running.isDraining,
    callsInFlight,
  });
  const maxHeaderSize = settings.limits.tokenBytes + otherHeaderBytes;
  const server = createAppServer(app, { maxHeaderSize }, listener);
  answerConnectionErrors(server, { log, metrics });
  return server;
}

interface ReadinessView {
  /** Has what is due fetched and tried again. */
  readonly asked: () => Readiness;
  readonly parts: () => ReadinessParts;
  readonly contradictions: () => string[];
}

function readinessView(running: Running, server: Server): ReadinessView {
  const { keys, probes } = running.adapters;
  const contradictions = () => limitContradictions(running.settings, { server, upstream: upstreamTimers });
  const parts = (): ReadinessParts =>
    running.isDraining
      ? { keys, roles: { reasons: [], notes: [] }, isDraining: true, contradictions: [] }
      : { keys, roles: probes.readiness(), isDraining: false, contradictions: contradictions() };
  const asked = (): Readiness => {
    if (!running.isDraining) {
      keys.keepFresh();
      probes.refresh();
    }
    return readinessOf(parts());
  };
  return { asked, parts, contradictions };
}

interface Task {
  readonly protection: TaskProtection | undefined;
  close(): Promise<void>;
}

/** On ECS the task asks to be spared while it has calls, and its log is what autoscaling counts by (deploy/aws/ecs.yaml). */
function standAsTask({ adapters, callsInFlight, log }: Running, surroundings: Surroundings): Task {
  const { agentUri } = surroundings;
  if (!agentUri) return { protection: undefined, close: () => Promise.resolve() };
  const protection = createTaskProtection({
    clock,
    ...surroundings,
    ...{ agentUri, callsInFlight, log },
    onAnswered: adapters.prometheus.taskProtectionAnswered,
  });
  const loadLines = createLoadLines({ ...surroundings, callsInFlight, log });
  const close = async (): Promise<void> => {
    await protection.close();
    loadLines.close();
  };
  return { protection, close };
}

const stateOf = (
  { adapters: { keys, telemetry }, log }: Running,
  readiness: ReadinessView,
  protection: TaskProtection | undefined,
): GatewayState => ({
  version: packageVersion(),
  memoryLimitBytes: memoryLimitBytes(),
  checks: () => checksOf(readiness.parts()),
  heldKeys: () => keys.held(),
  droppedLogLines: () => droppedLines(log),
  failedExports: () => telemetry?.failedExports() ?? 0,
  isTaskProtected: protection && (() => protection.isHeld()),
});

/** The container's, where it has one. */
function memoryLimitBytes(): number {
  const limit = process.constrainedMemory();
  return limit > 0 && limit < totalmem() ? limit : totalmem();
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
