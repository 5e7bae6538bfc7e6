import fc from "fast-check";
import { CallsAtOnce } from "../../server/core/calls-at-once.js";

describe("places", () => {
  test("are as many as there may be, and one is free again once it is given back", () => {
    const atOnce = new CallsAtOnce();
    const first = atOnce.take("acme", 2);
    const second = atOnce.take("acme", 2);
    expect(atOnce.take("acme", 2)).toBeUndefined();
    expect(atOnce.take("zenith", 2)).toBeDefined();
    first?.();
    expect(atOnce.take("acme", 2)).toBeDefined();
    expect(second).toBeDefined();
  });

  test("given back twice are one", () => {
    const atOnce = new CallsAtOnce();
    const first = atOnce.take("acme", 2);
    expect(atOnce.take("acme", 2)).toBeDefined();
    first?.();
    first?.();
    expect(atOnce.take("acme", 2)).toBeDefined();
    expect(atOnce.take("acme", 2)).toBeUndefined();
  });
});

test("in any order of calls the bound holds, and nothing is left of a key whose calls are over", () => {
  const action = fc.record({ key: fc.constantFrom("a", "b", "c"), ends: fc.boolean(), which: fc.nat() });
  fc.assert(
    fc.property(fc.array(action, { maxLength: 300 }), fc.integer({ min: 1, max: 5 }), (actions, most) => {
      const atOnce = new CallsAtOnce();
      const held = new Map<string, (() => void)[]>([
        ["a", []],
        ["b", []],
        ["c", []],
      ]);
      const past: (() => void)[] = [];
      for (const { key, ends, which } of actions) {
        const calls = held.get(key) ?? [];
        if (ends && calls.length > 0) {
          const [leave] = calls.splice(which % calls.length, 1);
          leave?.();
          if (leave) past.push(leave);
          // One that was over long ago says so again.
          past[which % past.length]?.();
        } else {
          const leave = atOnce.take(key, most);
          expect(leave === undefined).toBe(calls.length === most);
          if (leave) calls.push(leave);
        }
        expect(atOnce.size).toBe([...held.values()].filter(({ length }) => length > 0).length);
      }
      for (const leave of [...held.values()].flat()) leave();
      expect(atOnce.size).toBe(0);
    }),
  );
});
