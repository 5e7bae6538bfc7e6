// The servers of `npm run local`: on loopback, and gone at once when they close.
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** Resolves with the port (0 asks for any free one); rejects with Node's own error, `EADDRINUSE` when it is taken. */
export async function listenOn(server: Server, port: number, host = "127.0.0.1"): Promise<number> {
  server.listen(port, host);
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** All of them, or none: where one does not listen, those that do are closed again. */
export async function allListening<T extends { readonly server: Server }>(
  starts: readonly Promise<T>[],
): Promise<T[]> {
  const settled = await Promise.allSettled(starts);
  try {
    return await Promise.all(starts);
  } catch (error) {
    const listening = settled.flatMap((each) => (each.status === "fulfilled" ? [each.value.server] : []));
    await Promise.all(listening.map(closeAtOnce));
    throw error;
  }
}

export async function closeAtOnce(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}

/** Free now: what takes it in between makes the start of what it is for fail, and that alone. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  const port = await listenOn(probe, 0);
  await closeAtOnce(probe);
  return port;
}
