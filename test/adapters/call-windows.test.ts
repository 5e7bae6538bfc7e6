import { createCallWindows } from "../../server/adapters/call-windows.js";

const two = { requests: 2, milliseconds: 1_000 };

test("counts each key by itself, until its window ends", () => {
  const time = { now: 5_000 };
  const windows = createCallWindows(() => time.now);
  expect([1, 2, 3].map(() => windows.count("acme", two))).toEqual([0, 0, 1_000]);
  expect(windows.count("zenith", two)).toBe(0);
  time.now += 1_000;
  expect(windows.count("acme", two)).toBe(0);
});

test("holds so many keys; beyond, the one that called longest ago begins anew, and who calls on does not", () => {
  const windows = createCallWindows(() => 5_000, 3);
  for (const key of ["idle", "idle", "busy", "busy"]) void windows.count(key, two);
  for (const key of ["a", "b", "c"]) {
    void windows.count(key, two);
    expect(windows.count("busy", two)).toBe(1_000);
  }
  expect(windows.count("idle", two)).toBe(0);
});
