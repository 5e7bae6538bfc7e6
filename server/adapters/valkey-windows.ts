// The CallWindows port in Valkey (or Redis): one count for all replicas, by one atomic script. While it cannot be asked,
// this process counts in its own memory; no call waits for it twice. https://valkey.io/commands/eval/
import { isIP } from "node:net";
import { Redis } from "iovalkey";
import { RateLimiterRes, RateLimiterValkey } from "rate-limiter-flexible";
import type { CallWindow } from "../core/rate-limit.js";
import type { ValkeySettings } from "../core/valkey-url.js";
import type { CallWindows, Clock } from "../ports.js";
import { createBoundedMap } from "./bounded-map.js";
import { causeOf } from "./connect-error.js";

export interface ValkeyWindowsParts {
  readonly valkey: ValkeySettings;
  /** Counts while Valkey cannot be asked. */
  readonly memory: CallWindows;
  readonly clock: Clock;
  readonly log: {
    info(fields: object, message: string): void;
    warn(fields: object, message: string): void;
  };
  /** Called for each count and each connection that failed. */
  readonly onStoreError: () => void;
  /** After a failure; doubled with each further one. */
  readonly retryMs?: number;
}

export interface ValkeyWindows extends CallWindows {
  /** Whether Valkey is asked now. */
  readonly isShared: boolean;
  close(): void;
}

/** Valkey answers within a millisecond in its own network. Who takes a quarter of a second would slow every call. */
const answerMs = 250;
const connectMs = 2_000;
const firstRetryMs = 1_000;
const longestRetryMs = 5_000;

/** Begins a window where there is none, and counts. In `redis.call`'s name, which Redis and every Valkey know. */
const countScript = `
redis.call("SET", KEYS[1], 0, "EX", ARGV[2], "NX")
return { redis.call("INCRBY", KEYS[1], ARGV[1]), redis.call("PTTL", KEYS[1]) }
`;

/** Asked for by each new connection: what counting needs (permissions, memory, a primary) is tried by counting. */
const probeWindow: CallWindow = { requests: Number.MAX_SAFE_INTEGER, milliseconds: 1_000 };

export function createValkeyWindows({
  valkey,
  memory,
  clock,
  log,
  onStoreError,
  retryMs = firstRetryMs,
}: ValkeyWindowsParts): ValkeyWindows {
  const server = `${valkey.host}:${valkey.port}`;
  let [isShared, isOutageTold, isClosed, failures] = [false, false, false, 0];
  const client = connectTo(valkey, () => Math.min(longestRetryMs, retryMs * 2 ** Math.min(failures++, 10)));
  const limiters = new Map<CallWindow, RateLimiterValkey>();
  const fullUntil = createBoundedMap<{ readonly at: number }>();

  function failed(error: unknown): void {
    isShared = false;
    if (isClosed) return;
    onStoreError();
    if (!isOutageTold) log.warn({ server, cause: tellable(error, valkey) }, "valkey cannot be asked");
    isOutageTold = true;
  }

  /** Drops the connection too: one that does not answer may be dead, and one to a replica leads elsewhere next time. */
  function brokenBy(error: unknown): void {
    const wasReady = client.status === "ready";
    failed(error);
    if (wasReady) client.disconnect(true);
  }

  async function probe(): Promise<void> {
    try {
      await waitFor(limiterOf(probeWindow), `${valkey.prefix}probe`);
    } catch (error) {
      brokenBy(error);
      return;
    }
    [isShared, isOutageTold, failures] = [true, false, 0];
    log.info({ server }, "calls are counted in valkey");
  }

  client.on("ready", () => void probe());
  client.on("error", failed);
  client.on("close", () => {
    if (isShared) failed(new Error("the connection was closed"));
  });

  function limiterOf(window: CallWindow): RateLimiterValkey {
    const known = limiters.get(window);
    if (known) return known;
    const limiter = new RateLimiterValkey({
      storeClient: client,
      keyPrefix: "",
      points: window.requests,
      duration: window.milliseconds / 1000,
      customIncrTtlLuaScript: countScript,
    });
    limiters.set(window, limiter);
    return limiter;
  }

  async function ask(key: string, window: CallWindow): Promise<number> {
    try {
      const waitMs = await waitFor(limiterOf(window), valkey.prefix + key);
      // Who is over the limit costs Valkey nothing until the window ends.
      if (waitMs > 0) fullUntil.set(key, { at: clock() + waitMs });
      return waitMs;
    } catch (error) {
      if (isShared) brokenBy(error);
      else failed(error);
      return memory.count(key, window);
    }
  }

  return {
    get isShared() {
      return isShared;
    },
    count(key, window) {
      const waitMs = (fullUntil.get(key)?.at ?? 0) - clock();
      // Longer than a window is: the clock was set back.
      if (waitMs > 0 && waitMs <= window.milliseconds) return waitMs;
      return isShared ? ask(key, window) : memory.count(key, window);
    },
    close() {
      isClosed = true;
      client.disconnect();
    },
  };
}

/** 0 where there was room. Throws where Valkey could not be asked. */
async function waitFor(limiter: RateLimiterValkey, key: string): Promise<number> {
  try {
    await limiter.consume(key);
    return 0;
  } catch (refusal) {
    if (refusal instanceof RateLimiterRes) return Math.max(1, refusal.msBeforeNext);
    throw refusal;
  }
}

function connectTo(valkey: ValkeySettings, retryDelayMs: () => number): Redis {
  const { host, port, username, password, database, isTls } = valkey;
  return new Redis({
    ...{ host, port, db: database, ...(username && { username }), ...(password && { password }) },
    ...(isTls && { tls: isIP(host) === 0 ? { servername: host } : {} }),
    // IPv4 and IPv6 alike.
    ...{ family: 0, familyFallback: { enabled: false } },
    ...{ connectTimeout: connectMs, commandTimeout: answerMs, disconnectTimeout: answerMs },
    // What cannot be asked now is counted in memory: nothing waits for a connection, and nothing is counted twice.
    ...{ enableOfflineQueue: false, autoResendUnfulfilledCommands: false, maxRetriesPerRequest: 0 },
    // It asks for INFO, which a user with few permissions may not; the probe tells more.
    enableReadyCheck: false,
    retryStrategy: retryDelayMs,
  });
}

/** The text alone: the client hangs the command that failed on its errors, and AUTH's holds the password. */
function tellable(error: unknown, { password }: ValkeySettings): string {
  const cause = causeOf(typeof error === "object" && error ? error : undefined).slice(0, 300);
  return password === undefined ? cause : cause.replaceAll(password, "***");
}
