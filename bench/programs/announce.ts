// What every program of the bench does beside its job: it says on standard output where it listens, in the words of the
// gateway's own log, and ends with the process that started it.
import type { Server } from "node:net";
import type { AddressInfo } from "node:net";

/** Listens on a free loopback port and says which. A backlog for thousands that connect at one time. */
export function announce(server: Server): void {
  server.listen({ port: 0, host: "127.0.0.1", backlog: 4096 }, () => {
    const { port } = server.address() as AddressInfo;
    process.stdout.write(`${JSON.stringify({ message: "listening", port })}\n`);
  });
  process.stdin.on("end", () => process.exit()).resume();
}

/** A variable that the bench sets. */
export function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}
