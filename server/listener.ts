// A node:http server that takes connections, and lets go of them without cutting a call.
import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface ListenerOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** An idle connection is kept this long; more than any load balancer in front keeps its own. */
  readonly keepAliveTimeoutMs: number;
  /** Time for the head of a request to arrive whole. */
  readonly headersTimeoutMs?: number;
  /** Time for all of a request to arrive, read or thrown away. */
  readonly requestTimeoutMs?: number;
}

// Proxies and NAT gateways forget a silent TCP connection after 350 s; a probe a minute keeps it known.
const keepAliveProbeMs = 60_000;

/**
 * Resolves with the port once the server listens.
 * @throws Node's error (`EADDRINUSE`, `EACCES`...) when it cannot.
 */
export async function listen(server: Server, options: ListenerOptions): Promise<number> {
  server.headersTimeout = options.headersTimeoutMs ?? 30_000;
  server.requestTimeout = options.requestTimeoutMs ?? 120_000;
  // Node's clock for silent sockets is off: an answer may take 15 minutes to begin.
  server.timeout = 0;
  server.keepAliveTimeout = options.keepAliveTimeoutMs;
  server.on("connection", (socket) => {
    socket.setKeepAlive(true, keepAliveProbeMs);
    socket.setNoDelay(true);
  });
  server.listen(options.port, options.host);
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** Takes no new connection, waits for what is in flight up to `limitMs`, then breaks what is left. */
export async function drain(server: Server, limitMs: number): Promise<"finished" | "cut"> {
  let outcome: "finished" | "cut" = "finished";
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const limit = setTimeout(() => {
    outcome = "cut";
    server.closeAllConnections();
  }, limitMs);
  // An answer that began before the drain could not say `Connection: close`; its connection is idle when it ends.
  server.on("request", (_request, response) => {
    response.once("close", () => server.closeIdleConnections());
  });
  const sweep = setInterval(() => server.closeIdleConnections(), sweepMs);
  await closed;
  clearTimeout(limit);
  clearInterval(sweep);
  return outcome;
}

const sweepMs = 500;
