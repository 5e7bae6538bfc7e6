// The Upstream port over undici's `dispatch`: no timer of undici's own, no buffering beyond one socket read, and no retry
// but where the connection was refused, so that not a byte had left.
import { Agent, type Dispatcher } from "undici";
import { denialOf } from "../core/abandonment.js";
import type { EffectiveTimers } from "../core/limit-contradictions.js";
import { refuse } from "../core/result.js";
import type { Upstream, UpstreamRequest } from "../ports.js";
import { createHeldConnections } from "./held-connections.js";
import { Call } from "./upstream-call.js";

const connectTimeoutMs = 10_000;
// NAT gateways forget a TCP connection after 350 s of silence; a probe a minute keeps it known.
// https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html
const keepAliveProbeMs = 60_000;

/** undici's 300 s for the head and between chunks would cut silent calls; the route's timeouts govern alone. */
export const upstreamTimers: EffectiveTimers["upstream"] = { headersTimeout: 0, bodyTimeout: 0 };

export interface UpstreamOptions {
  /** How long to wait before each further try after a refused connection. */
  readonly refusedWaitsMs?: readonly number[];
}

/** `close` waits for nothing: calls still in flight are broken. */
export function createUpstream({ refusedWaitsMs = [100, 400] }: UpstreamOptions = {}): Upstream & {
  close(): Promise<void>;
} {
  const connections = createHeldConnections({
    timeout: connectTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelay: keepAliveProbeMs,
    allowH2: false,
  });
  const agent = new Agent({
    ...upstreamTimers,
    pipelining: 1,
    allowH2: false,
    connect: connections.connect,
  });
  const dispatch = (
    { origin, method, path, headers, body }: UpstreamRequest,
    handler: Dispatcher.DispatchHandler,
  ): void => void agent.dispatch({ origin, method, path, headers, body }, handler);
  const transport = { dispatch, currentConnection: () => connections.current(), refusedWaitsMs };
  return {
    send: (request) => {
      const { reason } = request.abandonment;
      if (reason) return Promise.resolve(refuse(denialOf(reason)));
      return new Promise((resolve) => new Call(request, transport, resolve).begin());
    },
    close: () => agent.destroy(),
  };
}
