// What distributed tracing needs of the way through: each step as it is, with a span round it. Where tracing is off there
// is no Tracing, and the steps are themselves.
import type { Gateway } from "./gateway.js";
import type { RoleSessions } from "./ports.js";
import type { Proxy } from "./proxy.js";

export interface Tracing {
  /** A call's own span, carried on from `traceparent`; `findings.trace` ends it. */
  gateway(gateway: Gateway): Gateway;
  /** A span within the call's, under a name that is the same for all calls. */
  step<Args extends readonly unknown[], Outcome>(
    name: string,
    step: (...args: Args) => Outcome,
  ): (...args: Args) => Outcome;
  /** The call to the upstream: a client's span, which the request carries on. */
  proxy(proxy: Proxy): Proxy;
  roleSessions(roleSessions: RoleSessions): RoleSessions;
}

export const noTracing: Tracing = {
  gateway: (gateway) => gateway,
  step: (_name, step) => step,
  proxy: (proxy) => proxy,
  roleSessions: (roleSessions) => roleSessions,
};
