// The connection to Valkey (or Redis): how it is made, and what may be told of its failures.
import { isIP } from "node:net";
import { Redis } from "iovalkey";
import type { ValkeySettings } from "../core/valkey-url.js";
import { causeOf } from "./connect-error.js";

const connectMs = 2_000;
const disconnectMs = 250;

export const connectionClosed = "the connection was closed";

/** It is made anew after each end, as long after as `retryDelayMs` says. */
export function connectTo(valkey: ValkeySettings, retryDelayMs: () => number): Redis {
  const { host, port, username, password, database, isTls, answerMs } = valkey;
  return new Redis({
    ...{ host, port, db: database, ...(username && { username }), ...(password && { password }) },
    ...(isTls && { tls: isIP(host) === 0 ? { servername: host } : {} }),
    // IPv4 and IPv6 alike.
    ...{ family: 0, familyFallback: { enabled: false } },
    ...{ connectTimeout: connectMs, commandTimeout: answerMs, disconnectTimeout: disconnectMs },
    // What cannot be asked now is counted in memory: nothing waits for a connection, and nothing is counted twice.
    ...{ enableOfflineQueue: false, autoResendUnfulfilledCommands: false, maxRetriesPerRequest: 0 },
    // It asks for INFO, which a user with few permissions may not; the first count tells more.
    enableReadyCheck: false,
    retryStrategy: retryDelayMs,
  });
}

/** Of the client's errors: the command that failed hangs on those the server gave. */
interface ClientError {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly command?: { readonly name?: unknown };
}

/**
 * For the log: a text of one error, without the password. A server that does not know AUTH repeats what was sent to it, cut
 * short, so that replacing the password would leave most of it; then only the error's code is told.
 */
export function tellableCause(error: unknown, { password }: ValkeySettings): string {
  const known: ClientError = typeof error === "object" && error ? error : {};
  // How the client puts that nothing is asked again on another connection.
  if (known.name === "MaxRetriesPerRequestError") return connectionClosed;
  const cause = causeOf(known);
  const showsPassword = password !== undefined && cause.includes(password.slice(0, 4));
  if (known.command?.name !== "auth" && !showsPassword) return cause.slice(0, 300);
  return `AUTH was refused: ${/\b[A-Z]{3,20}\b/.exec(cause)?.[0] ?? "no code"}`;
}
