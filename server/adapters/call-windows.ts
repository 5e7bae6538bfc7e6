// The CallWindows port in this process's memory: each replica counts for itself.
import { countCall, type OpenWindow } from "../core/fixed-window.js";
import type { CallWindows, Clock } from "../ports.js";
import { createBoundedMap } from "./bounded-map.js";

/** A window is some 200 bytes. Beyond, the key that called longest ago starts anew: who calls most is remembered. */
const maxKeys = 100_000;

export function createCallWindows(clock: Clock, max = maxKeys): CallWindows {
  const windows = createBoundedMap<OpenWindow>(max);
  return {
    count(key, size) {
      const { window, waitMs } = countCall(windows.get(key), clock(), size);
      windows.set(key, window);
      return waitMs;
    },
  };
}
