// Prometheus metrics of the gateway (prom-client). Labels come from the configuration, never from a caller, so that
// nobody can grow them.
import {
  Counter,
  Gauge,
  Histogram,
  Registry,
  collectDefaultMetrics,
  type RegistryContentType,
} from "prom-client";
import type { Findings, Inbound, Verdict } from "../core/inbound.js";
import type { AskedAuthorizer } from "../ports.js";
import type { Probed } from "./probe-roles.js";
import type { AssumeRoleCall } from "./role-sessions.js";
import { createStateMetrics, type GatewayState } from "./state-metrics.js";
import {
  sentBy,
  upstreamVerdicts,
  watchedEnds,
  watchedOutcomes,
  watchedReasons,
  type WatchedRoute,
} from "./watched-from-zero.js";

export interface Metrics {
  callStarted(): void;
  callEnded(call: {
    readonly route: string;
    readonly door: string;
    readonly status: number;
    readonly verdict: string;
    readonly seconds: number;
    /** Why it was refused: a denial's, or `internal_error` for a bug. */
    readonly reason?: string | undefined;
    readonly upstream?: UpstreamOutcome | undefined;
    /** Absent where it was no HTTP. No labels here: a method may be anything. */
    readonly http?: { readonly inbound: Inbound; readonly findings: Findings };
    /** Of a trace that is kept. */
    readonly traceId?: string | undefined;
  }): void;
  /** Of a caller's. */
  assumeRole(call: Omit<AssumeRoleCall, "spec">): void;
  readonly roleProbed: (probed: Pick<Probed, "rules" | "outcome">) => void;
  readonly authorizerAsked: (asked: AskedAuthorizer) => void;
  /** Refused by the rate limit of this name. */
  readonly callLimited: (limit: string) => void;
  /** Calls could not be counted for all replicas. */
  readonly limitStoreFailed: () => void;
  /** Text exposition format and its content type. */
  read(): Promise<{ readonly contentType: string; readonly text: string }>;
}

/** What Prometheus alone is told. */
export interface PrometheusMetrics extends Metrics {
  keysFetched(fetched: { readonly issuer: string; readonly ok: boolean }): void;
  readonly taskProtectionAnswered: (asked: {
    readonly wish: "protected" | "released";
    readonly ok: boolean;
  }) => void;
  /** Once, when there is a gateway to look at. */
  watch(state: GatewayState): void;
}

/** What became of a call that was sent to the upstream, and what it cost. */
export interface UpstreamOutcome {
  readonly verdict: Verdict;
  /** Of the answer. Absent where there was none; no label here. */
  readonly status?: number | undefined;
  /** From sending the request to the end of the answer. */
  readonly milliseconds: number;
  /** Of the answer's body, handed to the caller. */
  readonly bytes: number;
}

/** From a cached answer to Lambda's 15 minutes. */
const secondsBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 900];

/** STS answers in tens of milliseconds; the gateway waits 8 s for it at most. */
const stsSecondsBuckets = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8];
/** From a module in memory to the longest `timeout`. */
const authorizerSecondsBuckets = [0.001, 0.005, 0.025, 0.1, 0.5, 1, 2.5, 5, 10, 30];
/** STS says `no` above 100. */
const percentBuckets = [10, 20, 30, 40, 50, 60, 70, 80, 90, 100];
/** A token travels in each call's header. */
const tokenBytesBuckets = [512, 1024, 1536, 2048, 3072, 4096, 8192];

/**
 * `routes`: those that alerts can be of from the first call on.
 * `hasExemplars`: the duration's buckets name a trace each, which OpenMetrics alone has room for: then that is the format
 * here (Prometheus keeps exemplars with --enable-feature=exemplar-storage), and exposition.ts makes the other one of it.
 */
export function createMetrics(
  sessionsHeld: () => number,
  {
    hasExemplars = false,
    routes = [],
  }: { readonly hasExemplars?: boolean; readonly routes?: readonly WatchedRoute[] } = {},
): PrometheusMetrics {
  const registry = new Registry<RegistryContentType>();
  if (hasExemplars) registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    name: "grantway_requests_total",
    help: "Requests answered, by route, door, status and how the answer ended.",
    labelNames: ["route", "door", "status", "verdict"] as const,
    registers,
  });
  for (const end of watchedEnds(routes)) requests.inc(end, 0);
  const observe = createDurations(registers, hasExemplars);
  const inFlight = new Gauge({
    name: "grantway_calls_in_flight",
    help: "Requests not yet answered to the end.",
    registers,
  });
  const refusals = createRefusals(registers);
  const recordUpstream = createUpstreamMetrics(registers, sentBy(routes));
  const recordAssumeRole = createAssumeRoleMetrics(registers);
  new Gauge({
    name: "grantway_sessions_cached",
    help: "Role sessions held.",
    registers,
    collect() {
      this.set(sessionsHeld());
    },
  });

  return {
    callStarted: () => inFlight.inc(),
    callEnded: ({ route, door, status, verdict, seconds, reason, upstream, traceId }) => {
      inFlight.dec();
      requests.inc({ route, door, status, verdict });
      if (reason !== undefined) refusals.inc({ reason });
      observe({ route, door, status }, seconds, traceId);
      if (upstream) recordUpstream(route, upstream);
    },
    assumeRole: recordAssumeRole,
    roleProbed: createProbeMetrics(registers),
    authorizerAsked: createAuthorizerMetrics(registers),
    ...createLimitMetrics(registers),
    keysFetched: createKeyFetches(registers),
    taskProtectionAnswered: createTaskProtectionMetrics(registers),
    watch: (state) => createStateMetrics(registers, state),
    read: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}

function createRefusals(registers: Registry<RegistryContentType>[]) {
  const refusals = new Counter({
    name: "grantway_refusals_total",
    help: "Calls that the gateway refused, by reason as in the log; internal_error: a bug.",
    labelNames: ["reason"] as const,
    registers,
  });
  for (const reason of watchedReasons) refusals.inc({ reason }, 0);
  return refusals;
}

function createKeyFetches(registers: Registry<RegistryContentType>[]): PrometheusMetrics["keysFetched"] {
  const fetches = new Counter({
    name: "grantway_signing_key_fetches_total",
    help: "Fetches of an issuer's signing keys, by issuer and outcome: ok or failed.",
    labelNames: ["issuer", "outcome"] as const,
    registers,
  });
  return ({ issuer, ok }) => fetches.inc({ issuer, outcome: ok ? "ok" : "failed" });
}

function createTaskProtectionMetrics(
  registers: Registry<RegistryContentType>[],
): PrometheusMetrics["taskProtectionAnswered"] {
  const asked = new Counter({
    name: "grantway_task_protection_requests_total",
    help: "Requests to the ECS agent to protect this task or to release it, by outcome: ok or failed.",
    labelNames: ["wish", "outcome"] as const,
    registers,
  });
  return ({ wish, ok }) => asked.inc({ wish, outcome: ok ? "ok" : "failed" });
}

/** prom-client takes other arguments where there are exemplars. */
function createDurations(registers: Registry<RegistryContentType>[], hasExemplars: boolean) {
  const durations = new Histogram<"route" | "door" | "status" | "trace_id">({
    name: "grantway_request_duration_seconds",
    help: "From the request's head to the end of its answer.",
    labelNames: ["route", "door", "status"],
    buckets: secondsBuckets,
    registers,
    ...(hasExemplars && { enableExemplars: true }),
  });
  interface Labels {
    readonly route: string;
    readonly door: string;
    readonly status: number;
  }
  if (!hasExemplars) return (labels: Labels, seconds: number) => durations.observe(labels, seconds);
  return (labels: Labels, seconds: number, traceId: string | undefined) =>
    durations.observe({
      labels: { ...labels },
      value: seconds,
      exemplarLabels: traceId === undefined ? {} : { trace_id: traceId },
    });
}

function createUpstreamMetrics(
  registers: Registry<RegistryContentType>[],
  watched: readonly string[],
): (route: string, outcome: UpstreamOutcome) => void {
  const seconds = new Counter({
    name: "grantway_upstream_seconds_total",
    help: "From sending a call to the upstream to the end of its answer, by route and how it ended.",
    labelNames: ["route", "verdict"] as const,
    registers,
  });
  const bytes = new Counter({
    name: "grantway_upstream_bytes_total",
    help: "Bytes of the upstream's answers handed to callers, by route and how the call ended.",
    labelNames: ["route", "verdict"] as const,
    registers,
  });
  const abandoned = new Counter({
    name: "grantway_abandoned_seconds_total",
    help: "Seconds that functions had worked when their caller left. Lambda runs on and bills: the least that was for nobody.",
    labelNames: ["route"] as const,
    registers,
  });
  for (const route of watched) {
    for (const verdict of upstreamVerdicts) seconds.inc({ route, verdict }, 0);
    abandoned.inc({ route }, 0);
  }
  return (route, outcome) => {
    const { verdict } = outcome;
    seconds.inc({ route, verdict }, outcome.milliseconds / 1000);
    bytes.inc({ route, verdict }, outcome.bytes);
    if (verdict === "client_gone") abandoned.inc({ route }, outcome.milliseconds / 1000);
  };
}

function createAuthorizerMetrics(
  registers: Registry<RegistryContentType>[],
): (asked: AskedAuthorizer) => void {
  const asked = new Counter({
    name: "grantway_authorizer_total",
    help: "Calls of custom authorizers, by authorizer and outcome: allow, or the reason of the refusal.",
    labelNames: ["authorizer", "outcome"] as const,
    registers,
  });
  const durations = new Histogram({
    name: "grantway_authorizer_duration_seconds",
    help: "Calls of custom authorizers, by authorizer.",
    labelNames: ["authorizer"] as const,
    buckets: authorizerSecondsBuckets,
    registers,
  });
  return ({ authorizer, outcome, seconds }) => {
    asked.inc({ authorizer, outcome });
    durations.observe({ authorizer }, seconds);
  };
}

function createLimitMetrics(
  registers: Registry<RegistryContentType>[],
): Pick<Metrics, "callLimited" | "limitStoreFailed"> {
  const limited = new Counter({
    name: "grantway_rate_limited_total",
    help: "Calls refused by a rate limit, by its name.",
    labelNames: ["limit"] as const,
    registers,
  });
  const failed = new Counter({
    name: "grantway_rate_limit_store_errors_total",
    help: "Counts and connections that Valkey failed. While it cannot be asked, each process counts for itself.",
    registers,
  });
  return { callLimited: (limit) => limited.inc({ limit }), limitStoreFailed: () => failed.inc() };
}

function createProbeMetrics(registers: Registry<RegistryContentType>[]): Metrics["roleProbed"] {
  const probes = new Counter({
    name: "grantway_role_probes_total",
    help: "AssumeRole calls made to learn whether a role can be had, by rule and outcome: ok, or the reason of the refusal.",
    labelNames: ["rule", "outcome"] as const,
    registers,
  });
  return ({ rules, outcome }) => {
    for (const rule of rules) probes.inc({ rule, outcome });
  };
}

function createAssumeRoleMetrics(registers: Registry<RegistryContentType>[]): Metrics["assumeRole"] {
  const calls = new Counter({
    name: "grantway_assume_role_total",
    help: "AssumeRole calls, by outcome: ok, or the reason of the refusal.",
    labelNames: ["outcome"] as const,
    registers,
  });
  for (const outcome of watchedOutcomes) calls.inc({ outcome }, 0);
  const durations = new Histogram({
    name: "grantway_assume_role_duration_seconds",
    help: "AssumeRole calls with their retries, by outcome.",
    labelNames: ["outcome"] as const,
    buckets: stsSecondsBuckets,
    registers,
  });
  const packedPolicySizes = new Histogram({
    name: "grantway_packed_policy_size_percent",
    help: "How much of STS's room for session policy and tags a new session uses, by rule.",
    labelNames: ["rule"] as const,
    buckets: percentBuckets,
    registers,
  });
  const tokenSizes = new Histogram({
    name: "grantway_session_token_bytes",
    help: "Size of the session token of a new session, by rule.",
    labelNames: ["rule"] as const,
    buckets: tokenBytesBuckets,
    registers,
  });
  return ({ rule, outcome, seconds, session }) => {
    calls.inc({ outcome });
    durations.observe({ outcome }, seconds);
    if (!session) return;
    tokenSizes.observe({ rule }, Buffer.byteLength(session.credentials.sessionToken));
    if (session.packedPolicySize !== undefined) packedPolicySizes.observe({ rule }, session.packedPolicySize);
  };
}
