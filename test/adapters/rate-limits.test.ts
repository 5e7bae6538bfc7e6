// Where calls are counted, by the configuration alone.
import { openRateLimits } from "../../server/adapters/rate-limits.js";
import type { RateLimit } from "../../server/core/rate-limit.js";
import { cel } from "../fixtures/expression.js";
import { counted, startScriptedValkey, type ScriptedValkey } from "../fixtures/scripted-valkey.js";
import { until } from "../fixtures/until.js";

const inFlight: RateLimit = { name: "at-once", key: cel("claims.sub", "any"), inFlight: 2 };
const window: RateLimit = { ...inFlight, window: { requests: 2, milliseconds: 1_000 } };
const told: string[] = [];
const parts = {
  clock: () => 5_000,
  log: { info: (_: object, text: string) => void told.push(text), warn: () => undefined },
  onStoreError: () => undefined,
};

let server: ScriptedValkey;
beforeEach(async () => (server = await startScriptedValkey(() => counted)));
afterEach(() => server.close());

test("without a limit nothing is made", async () => {
  expect(await openRateLimits({ rateLimits: [], valkey: server.settings }, parts)).toBeUndefined();
});

test("calls in flight alone are no reason to connect to Valkey", async () => {
  const unconnected = await openRateLimits({ rateLimits: [inFlight], valkey: server.settings }, parts);
  const connected = await openRateLimits({ rateLimits: [inFlight, window], valkey: server.settings }, parts);
  // The later one has got an answer: the earlier one would have come before it.
  await until(() => told.length > 0);
  expect(server.connections()).toBe(1);
  unconnected?.close();
  connected?.close();
});
