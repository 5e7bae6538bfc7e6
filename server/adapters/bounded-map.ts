// The BoundedMap port: the least recently used entry goes first. What to keep, and how long it counts, is for whoever holds
// the map: sessions, refusals, budgets, decisions of authorizers, windows of calls.
import { LRUCache } from "lru-cache";
import type { BoundedMap } from "../ports.js";

/** For sessions, the largest of all entries at about 3 KB each: 10,000 callers cost some 30 MB. */
const maxEntries = 10_000;

export function createBoundedMap<Value extends object>(
  max = maxEntries,
): BoundedMap<Value> & { readonly size: number } {
  const cache = new LRUCache<string, Value>({ max });
  return {
    get: (key) => cache.get(key),
    set: (key, value) => void cache.set(key, value),
    get size() {
      return cache.size;
    },
  };
}
