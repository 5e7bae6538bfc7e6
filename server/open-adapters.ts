// What holds connections, keys, counts and sessions: opened together, watched by one set of metrics, and let go of
// together.
import { createAuthorizers } from "./adapters/authorizers.js";
import { createBoundedMap } from "./adapters/bounded-map.js";
import { createKeyLines } from "./adapters/key-lines.js";
import { logProbe, type Log } from "./adapters/log.js";
import { createMetrics } from "./adapters/metrics.js";
import { createPackedPolicyWarning } from "./adapters/packed-policy-warning.js";
import { createRoleProbes } from "./adapters/probe-roles.js";
import { openRateLimits } from "./adapters/rate-limits.js";
import { createRoleSessions } from "./adapters/role-sessions.js";
import { createSigningKeys } from "./adapters/signing-keys.js";
import { startTelemetry } from "./adapters/telemetry.js";
import type { Environment } from "./adapters/telemetry-variables.js";
import { createUpstream } from "./adapters/upstream.js";
import type { Settings } from "./config/compile.js";
import { isProbe, probePlan } from "./core/role-probe.js";
import { packageVersion } from "./package-version.js";
import type { Clock, HeldSession } from "./ports.js";

export type OpenAdapters = Awaited<ReturnType<typeof openAdapters>>;

export interface OpenOptions {
  readonly log: Log;
  readonly clock: Clock;
  readonly environment: Environment;
}

/** @throws AuthorizerFault when a module is no authorizer. */
export async function openAdapters(settings: Settings, { log, clock, environment }: OpenOptions) {
  const telemetry = await startTelemetry(environment, {
    ...{ log, region: settings.sts.region, version: packageVersion() },
  });
  const sessions = createBoundedMap<HeldSession>();
  const prometheus = createMetrics(() => sessions.size, {
    hasExemplars: telemetry?.tracing !== undefined,
    routes: settings.routes,
  });
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
  const rateLimits = await openRateLimits(settings, { clock, log, onStoreError: metrics.limitStoreFailed });
  const close = async (): Promise<void> => {
    rateLimits?.close();
    authorizers.close();
    roleSessions.close();
    await Promise.all([upstream.close(), keys.close(), telemetry?.close()]);
  };

  const faults = await authorizers.check();
  if (faults.length > 0) {
    await close();
    throw new AuthorizerFault(faults);
  }
  const callWindows = rateLimits?.windows;
  return {
    ...{ telemetry, prometheus, metrics, sessions, keys, roleSessions, probes, upstream, authorizers },
    ...{ callWindows, close },
  };
}

/** Modules that are no authorizers: a fault of the configuration that shows once they are loaded. */
export class AuthorizerFault extends Error {
  constructor(readonly faults: readonly { readonly authorizer: string; readonly fault: string }[]) {
    super(faults.map(({ authorizer, fault }) => `authorizer ${authorizer}: ${fault}`).join("; "));
  }
}
