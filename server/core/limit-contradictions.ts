// Limits that are legal one by one and would break calls together: a drain or a timer that ends before a route's
// `timeout` does. What can never be meant is a fault of the configuration instead (config/check-route.ts).
import { formatDuration } from "./duration.js";
import type { Route } from "./model.js";

export interface CallLimits {
  readonly routes: readonly Pick<Route, "name" | "doors" | "timeoutMs">[];
  readonly listen: { readonly drainMs: number; readonly drainMayCut: boolean };
}

/** Clocks of the libraries below us, as they are at run time, in milliseconds; 0: off. */
export interface EffectiveTimers {
  /** node:http's server. `requestTimeout` and `headersTimeout` stop with the request's last byte: they cut no call. */
  readonly server: { readonly timeout: number; readonly keepAliveTimeout: number };
  /** undici's: before the head of an answer, and between chunks. */
  readonly upstream: { readonly headersTimeout: number; readonly bodyTimeout: number };
}

/** Why the gateway should get no traffic, whatever the time of day; empty when its limits agree. */
export function limitContradictions(limits: CallLimits, timers: EffectiveTimers): string[] {
  const drain = drainContradiction(limits);
  return [...(drain === undefined ? [] : [drain]), ...timerContradictions(limits, timers)];
}

/** A sentence where a restart would break calls that their route allows. */
export function drainContradiction({
  routes,
  listen: { drainMs, drainMayCut },
}: CallLimits): string | undefined {
  if (drainMayCut) return undefined;
  const broken = routes.filter(({ doors, timeoutMs }) => doors.has("proxy") && timeoutMs > drainMs);
  const longest = longestOf(broken);
  if (!longest) return undefined;
  const others = broken.length > 1 ? ` and of ${broken.length - 1} more` : "";
  const limits = `listen.drain ${formatDuration(drainMs)} is shorter than its timeout ${formatDuration(longest.timeoutMs)}`;
  return `a restart would break calls of route ${longest.name}${others}: ${limits}`;
}

/** A sentence for each timer that would end a silent call, or the connection it came over, before its route does. */
function timerContradictions({ routes }: CallLimits, { server, upstream }: EffectiveTimers): string[] {
  const longest = longestOf(routes.filter(({ doors }) => doors.has("proxy")));
  if (!longest) return [];
  const timers = {
    "node:http's timeout": server.timeout,
    // A load balancer keeps its connections longer than the longest call, and must not find one closed here.
    "node:http's keepAliveTimeout": server.keepAliveTimeout,
    "undici's headersTimeout": upstream.headersTimeout,
    "undici's bodyTimeout": upstream.bodyTimeout,
  };
  return Object.entries(timers).flatMap(([name, milliseconds]) => {
    if (milliseconds === 0 || milliseconds >= longest.timeoutMs) return [];
    const limits = `${name} ${formatDuration(milliseconds)} is shorter than its timeout ${formatDuration(longest.timeoutMs)}`;
    return [`a silent call of route ${longest.name} would be cut: ${limits}`];
  });
}

function longestOf<T extends { readonly timeoutMs: number }>(routes: readonly T[]): T | undefined {
  return routes.reduce<T | undefined>(
    (longest, route) => (longest && longest.timeoutMs >= route.timeoutMs ? longest : route),
    undefined,
  );
}
