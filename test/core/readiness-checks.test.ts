// The checks of /readyz as a metric's labels: each fails alone, and the gateway is ready exactly where all hold.
import { checksOf, readinessOf, type ReadinessParts } from "../../server/core/readiness.js";

const keys = (...had: readonly boolean[]): ReadinessParts["keys"] => ({
  status: () =>
    had.map((hasHadKeys, at) => ({
      issuer: `i${at}`,
      ready: hasHadKeys,
      hasHadKeys,
    })),
});
const ready: ReadinessParts = {
  keys: keys(true, true),
  roles: { reasons: [], notes: ["a role that worked does not now"] },
  isDraining: false,
  contradictions: [],
};

test.each<[string, Partial<ReadinessParts>]>([
  ["accepting", { isDraining: true }],
  ["keys", { keys: keys(true, false) }],
  ["limits", { contradictions: ["listen.drain is short"] }],
  ["roles", { roles: { reasons: ["role a cannot be assumed"], notes: [] } }],
])("%s alone fails", (check, change) => {
  const parts = { ...ready, ...change };
  const all = { accepting: true, keys: true, limits: true, roles: true };
  expect(checksOf(parts)).toEqual({ ...all, [check]: false });
  expect(readinessOf(parts).reasons).toHaveLength(1);
  expect([checksOf(ready), readinessOf(ready).reasons]).toEqual([all, []]);
});
