// Whether Valkey is asked now: not before each new connection has been tried, and no more once anything has failed on it.
import type { Redis } from "iovalkey";
import type { ValkeySettings } from "../core/valkey-url.js";
import { connectionClosed, connectTo, tellableCause } from "./valkey-client.js";

export interface ValkeyLinkParts {
  readonly valkey: ValkeySettings;
  readonly log: {
    info(fields: object, message: string): void;
    warn(fields: object, message: string): void;
  };
  /** Called for each count and each connection that failed. */
  readonly onStoreError: () => void;
  /** After a failure; doubled with each further one. */
  readonly retryMs?: number;
}

export interface ValkeyLink {
  readonly client: Redis;
  readonly isUp: boolean;
  /** What was asked has failed. */
  failed(error: unknown): void;
  close(): void;
}

const firstRetryMs = 1_000;
const longestRetryMs = 5_000;

/** After so many failures in a row. */
export const retryAfterMs = (failures: number, firstMs = firstRetryMs): number =>
  Math.min(longestRetryMs, firstMs * 2 ** Math.min(failures, 10));

/** `probe` throws where a new connection does not serve. */
export function openValkeyLink(parts: ValkeyLinkParts, probe: () => Promise<unknown>): ValkeyLink {
  const { valkey, log, onStoreError, retryMs } = parts;
  const server = `${valkey.host}:${valkey.port}`;
  let [isUp, isOutageTold, isClosed, failures, timesBroken] = [false, false, false, 0, 0];
  const client = connectTo(valkey, () => retryAfterMs(failures++, retryMs));

  function tell(error: unknown): void {
    isUp = false;
    if (isClosed) return;
    onStoreError();
    if (!isOutageTold) log.warn({ server, cause: tellableCause(error, valkey) }, "valkey cannot be asked");
    isOutageTold = true;
  }

  /** Drops the connection too: one that does not answer may be dead, and one to a replica leads elsewhere next time. */
  function brokenBy(error: unknown): void {
    const wasReady = client.status === "ready";
    timesBroken += 1;
    tell(error);
    if (wasReady) client.disconnect(true);
  }

  async function tryOut(): Promise<void> {
    const before = timesBroken;
    try {
      await probe();
    } catch (error) {
      brokenBy(error);
      return;
    }
    // As another user, or in another database, than was asked for, a count would be answered too.
    if (timesBroken > before) return;
    [isUp, isOutageTold, failures] = [true, false, 0];
    log.info({ server }, "calls are counted in valkey");
  }

  client.on("ready", () => void tryOut());
  client.on("error", brokenBy);
  client.on("close", () => {
    if (isUp) tell(new Error(connectionClosed));
  });
  return {
    client,
    get isUp() {
      return isUp;
    },
    // Who asked before the first failure must not end the connection that was made after it.
    failed: (error) => (isUp ? brokenBy : tell)(error),
    close() {
      isClosed = true;
      client.disconnect();
    },
  };
}
