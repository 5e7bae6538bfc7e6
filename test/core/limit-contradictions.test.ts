import type { Door } from "../../server/core/model.js";
import {
  drainContradiction,
  limitContradictions,
  type CallLimits,
  type EffectiveTimers,
} from "../../server/core/limit-contradictions.js";

const minute = 60_000;
const route = (name: string, timeoutMs: number, ...doors: Door[]) => ({
  name,
  timeoutMs,
  doors: new Set<Door>(doors.length > 0 ? doors : ["proxy", "grant"]),
});
const limits = (drainMs: number, ...routes: CallLimits["routes"]): CallLimits => ({
  routes,
  listen: { drainMs, drainMayCut: false },
});
const off = { timeout: 0, keepAliveTimeout: 0 };
const timers = (
  server: Partial<EffectiveTimers["server"]> = {},
  upstream: Partial<EffectiveTimers["upstream"]> = {},
) => ({ server: { ...off, ...server }, upstream: { headersTimeout: 0, bodyTimeout: 0, ...upstream } });

describe("a drain", () => {
  test("that gives every call its time is just enough", () => {
    expect(drainContradiction(limits(15 * minute, route("a", 15 * minute)))).toBeUndefined();
  });

  test("that is a millisecond short would break calls", () => {
    expect(drainContradiction(limits(5 * minute, route("a", minute), route("b", 5 * minute + 1)))).toBe(
      "a restart would break calls of route b: listen.drain 5m is shorter than its timeout 5m1s",
    );
  });

  test("names the longest of many routes, and counts the others", () => {
    const routes = [route("a", 10 * minute), route("b", 15 * minute), route("c", 15 * minute), route("d", 1)];
    expect(drainContradiction(limits(5 * minute, ...routes))).toBe(
      "a restart would break calls of route b and of 2 more: listen.drain 5m is shorter than its timeout 15m",
    );
  });

  test("need not wait for a route whose calls do not pass through here", () => {
    expect(drainContradiction(limits(0, route("a", 15 * minute, "grant")))).toBeUndefined();
  });

  test("may cut where the configuration says so", () => {
    const { routes, listen } = limits(0, route("a", 15 * minute));
    expect(drainContradiction({ routes, listen: { ...listen, drainMayCut: true } })).toBeUndefined();
  });
});

describe("a timer", () => {
  const atEase = limits(15 * minute, route("short", minute), route("long", 15 * minute));
  const names = [
    ["node:http's timeout", (ms: number) => timers({ timeout: ms })],
    ["node:http's keepAliveTimeout", (ms: number) => timers({ keepAliveTimeout: ms })],
    ["undici's headersTimeout", (ms: number) => timers({}, { headersTimeout: ms })],
    ["undici's bodyTimeout", (ms: number) => timers({}, { bodyTimeout: ms })],
  ] as const;

  test("that is off contradicts nothing", () => {
    expect(limitContradictions(atEase, timers())).toEqual([]);
  });

  test("cuts nothing where every call ends at the grant door", () => {
    const granting = { ...atEase, routes: [route("a", 15 * minute, "grant")] };
    expect(limitContradictions(granting, timers({ timeout: 1 }))).toEqual([]);
  });

  test.each(names)("%s of the longest route's time is just enough", (_, set) => {
    expect(limitContradictions(atEase, set(15 * minute))).toEqual([]);
  });

  test.each(names)("%s of a millisecond less would cut", (name, set) => {
    expect(limitContradictions(atEase, set(5 * minute))).toEqual([
      `a silent call of route long would be cut: ${name} 5m is shorter than its timeout 15m`,
    ]);
    expect(limitContradictions(atEase, set(15 * minute - 1))).toHaveLength(1);
  });

  test("cuts nothing where no call passes through here", () => {
    expect(limitContradictions(limits(0, route("a", minute, "grant")), timers({ timeout: 1 }))).toEqual([]);
  });
});

test("every contradiction is told, the drain's first", () => {
  const all = limitContradictions(limits(0, route("a", minute)), timers({ timeout: 1 }, { bodyTimeout: 1 }));
  expect(all.map((text) => text.split(":")[0])).toEqual([
    "a restart would break calls of route a",
    "a silent call of route a would be cut",
    "a silent call of route a would be cut",
  ]);
});
