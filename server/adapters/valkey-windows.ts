// The CallWindows port in Valkey (or Redis): one count for all replicas, by one atomic script. While it cannot be asked,
// this process counts in its own memory; no call waits for it twice. https://valkey.io/commands/eval/
import { RateLimiterRes, RateLimiterValkey } from "rate-limiter-flexible";
import type { CallWindow } from "../core/rate-limit.js";
import type { CallWindows, Clock } from "../ports.js";
import { createBoundedMap } from "./bounded-map.js";
import { openValkeyLink, type ValkeyLinkParts } from "./valkey-link.js";

export interface ValkeyWindowsParts extends ValkeyLinkParts {
  /** Counts while Valkey cannot be asked. */
  readonly memory: CallWindows;
  readonly clock: Clock;
}

export interface ValkeyWindows extends CallWindows {
  /** Whether Valkey is asked now. */
  readonly isShared: boolean;
  close(): void;
}

/** Begins a window where there is none, and counts. In `redis.call`'s name, which Redis and every Valkey know. */
const countScript = `
redis.call("SET", KEYS[1], 0, "EX", ARGV[2], "NX")
return { redis.call("INCRBY", KEYS[1], ARGV[1]), redis.call("PTTL", KEYS[1]) }
`;

/** Asked for by each new connection: what counting needs (permissions, memory, a primary) is tried by counting. */
const probeWindow: CallWindow = { requests: Number.MAX_SAFE_INTEGER, milliseconds: 1_000 };

export function createValkeyWindows(parts: ValkeyWindowsParts): ValkeyWindows {
  const { memory, clock } = parts;
  const { prefix } = parts.valkey;
  const link = openValkeyLink(parts, () => waitFor(limiterOf(probeWindow), `${prefix}probe`));
  const limiters = new Map<CallWindow, RateLimiterValkey>();
  const fullUntil = createBoundedMap<{ readonly at: number }>();

  function limiterOf(window: CallWindow): RateLimiterValkey {
    const known = limiters.get(window);
    if (known) return known;
    const limiter = new RateLimiterValkey({
      storeClient: link.client,
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
      const waitMs = Math.min(window.milliseconds, await waitFor(limiterOf(window), prefix + key));
      // Who is over the limit costs Valkey nothing until the window ends.
      if (waitMs > 0) fullUntil.set(key, { at: clock() + waitMs });
      return waitMs;
    } catch (error) {
      link.failed(error);
      return memory.count(key, window);
    }
  }

  return {
    get isShared() {
      return link.isUp;
    },
    count(key, window) {
      const waitMs = (fullUntil.get(key)?.at ?? 0) - clock();
      // Longer than a window is: the clock was set back.
      if (waitMs > 0 && waitMs <= window.milliseconds) return waitMs;
      return link.isUp ? ask(key, window) : memory.count(key, window);
    },
    close() {
      link.close();
    },
  };
}

/** 0 where there was room. Throws where Valkey could not be asked, or gave no count. */
async function waitFor(limiter: RateLimiterValkey, key: string): Promise<number> {
  try {
    assertCount(await limiter.consume(key));
    return 0;
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    assertCount(refusal);
    return Math.max(1, refusal.msBeforeNext);
  }
}

/** What is no number is never more than the bound: nobody would be refused. */
function assertCount({ consumedPoints, msBeforeNext }: RateLimiterRes): void {
  if (!(consumedPoints >= 1) || !Number.isSafeInteger(msBeforeNext))
    throw new Error("the answer is no count");
}
