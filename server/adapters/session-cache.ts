// The SessionCache port: a bounded, least-recently-used map. What to keep and for how long is obtain-session.ts's.
import { LRUCache } from "lru-cache";
import type { HeldSession, SessionCache } from "../ports.js";

/** About 3 KB each: 10,000 callers cost some 30 MB. */
const maxSessions = 10_000;

export function createSessionCache(max = maxSessions): SessionCache & { readonly size: number } {
  const cache = new LRUCache<string, HeldSession>({ max });
  return {
    get: (key) => cache.get(key),
    set: (key, held) => void cache.set(key, held),
    get size() {
      return cache.size;
    },
  };
}
