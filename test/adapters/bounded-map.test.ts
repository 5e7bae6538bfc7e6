import { createBoundedMap } from "../../server/adapters/bounded-map.js";
import type { HeldSession } from "../../server/ports.js";
import { now } from "../fixtures/principal.js";
import { roleSessionWith } from "../fixtures/session.js";

const held = (requestId: string) => ({
  session: roleSessionWith({ requestId }),
  ...{ obtainedAt: now, renewAt: now, renewGrantAt: now, grantUntil: now },
});

describe("a bounded map", () => {
  test("gives back what it holds, and nothing for another key", () => {
    const cache = createBoundedMap<HeldSession>();
    const alice = held("alice's");
    cache.set("alice", alice);
    expect(cache.get("alice")).toBe(alice);
    expect(cache.get("bob")).toBeUndefined();
    expect(cache.size).toBe(1);
  });

  test("replaces a session under its key", () => {
    const cache = createBoundedMap<HeldSession>();
    cache.set("alice", held("old"));
    cache.set("alice", held("new"));
    expect(cache.get("alice")?.session.requestId).toBe("new");
    expect(cache.size).toBe(1);
  });

  test("is bounded: the one that nobody asked for longest goes first", () => {
    const cache = createBoundedMap<HeldSession>(2);
    cache.set("a", held("a"));
    cache.set("b", held("b"));
    cache.get("a");
    cache.set("c", held("c"));
    expect(cache.size).toBe(2);
    expect([cache.get("a"), cache.get("b"), cache.get("c")].map((entry) => entry?.session.requestId)).toEqual(
      ["a", undefined, "c"],
    );
  });
});
