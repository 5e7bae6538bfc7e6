// A node:http server that takes connections, and lets go of them without cutting a call.
import { once } from "node:events";
import type { Server } from "node:http";
import { Server as NetServer, type AddressInfo, type Socket } from "node:net";
import type { Abandonment } from "./core/abandonment.js";

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
 * How long an idle connection is kept: a minute more than the longest call that a route may have, whatever the routes
 * here allow. Who is in front goes by that, and must let go first: what is on its way on a connection that ends is a 502.
 */
export const keepAliveTimeoutMs = 16 * 60_000;

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
  const open = new Set<Socket>();
  connections.set(server, open);
  server.on("connection", (socket) => {
    socket.setKeepAlive(true, keepAliveProbeMs);
    open.add(socket);
    socket.once("close", () => open.delete(socket));
  });
  server.listen(options.port, options.host);
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/**
 * Takes no new connection and waits up to `limitMs` for what is in flight. What is left then is abandoned (`calls`: a 503
 * where no head has gone out, a broken transfer where one has), and shortly after the connections are closed.
 */
export async function drain(
  server: Server,
  limitMs: number,
  calls: ReadonlySet<Abandonment> = new Set(),
): Promise<"finished" | "cut"> {
  let outcome: "finished" | "cut" = "finished";
  // Not http's own `close`, which ends idle connections at once, be a request on its way on one of them: it is answered,
  // and told that it was its connection's last.
  const closed = new Promise<void>((resolve) => NetServer.prototype.close.call(server, () => resolve()));
  const sweep = setTimeout(() => closeIdleConnections(server), idleGraceMs);
  // An answer that began before the drain could not say `Connection: close`: node:http gives its connection this long.
  server.keepAliveTimeout = idleGraceMs;
  let limit = setTimeout(() => {
    outcome = "cut";
    limit = setTimeout(() => server.closeAllConnections(), calls.size > 0 ? lastWordsMs : 0);
    for (const call of calls) call.abandon("drained");
  }, limitMs);
  await closed;
  clearTimeout(limit);
  clearTimeout(sweep);
  // Now that no connection is left: stops node:http's look-out for slow requests.
  server.close();
  return outcome;
}

const connections = new WeakMap<Server, ReadonlySet<Socket>>();

/**
 * As node:http's, with two differences. It counts a connection as idle once its answer is handed over, be most of it
 * still waiting for a slow reader: that one ends when all of it has left. And it takes one that never sent a byte (a
 * browser's spare, a port check) for one whose request is late, which would hold the drain up for all of `headersTimeout`:
 * that one ends here. Where a part of a head is there a call has begun, and has the rest of that time to arrive.
 */
function closeIdleConnections(server: Server): void {
  const open = Array.from(connections.get(server) ?? []);
  for (const socket of open.filter(({ bytesRead }) => bytesRead === 0)) socket.destroy();
  const flushing = open.filter(({ writableLength }) => writableLength > 0);
  for (const socket of flushing) {
    socket.destroy = () => {
      Reflect.deleteProperty(socket, "destroy");
      socket.destroySoon();
      return socket;
    };
  }
  server.closeIdleConnections();
  for (const socket of flushing) Reflect.deleteProperty(socket, "destroy");
}

/** How long a connection may be idle once the drain has begun: busy ones are used again sooner. */
const idleGraceMs = 500;
/** For a 503 to leave, or the `error` event of an event stream, which is given a second. */
const lastWordsMs = 1_500;
