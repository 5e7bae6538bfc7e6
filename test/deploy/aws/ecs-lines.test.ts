// The metrics that ecs.yaml makes of the log, by the lines that the gateway really writes.
import { createLoadLines } from "../../../server/adapters/load-lines.js";
import { createLog } from "../../../server/adapters/log.js";
import { createMetrics } from "../../../server/adapters/metrics.js";
import { createRecord, type Answered } from "../../../server/call-record.js";
import type { Denial } from "../../../server/core/denial.js";
import { problemOf } from "../../../server/core/problem.js";
import { inboundWith } from "../../fixtures/upstream.js";
import { filterPattern } from "./filter-pattern.js";
import { readStack } from "./stack-template.js";

type Line = Record<string, unknown>;
const ecs = readStack("ecs.yaml");
const filter = (id: string) => filterPattern(String(ecs.at(`Resources.${id}.Properties.FilterPattern`)));

function written(write: (log: ReturnType<typeof createLog>) => void): Line {
  const lines: string[] = [];
  write(createLog({ write: (line) => void lines.push(line) }));
  expect(lines).toHaveLength(1);
  return JSON.parse(lines[0] ?? "") as Line;
}

const lineOf = ({ status = 200, ...answered }: Partial<Answered> & { readonly status?: number }): Line =>
  written((log) => {
    const record = createRecord({ log, metrics: createMetrics(() => 0), clock: () => 1000 });
    const reply = { kind: "own", status, headers: {}, body: "" } as const;
    record({ inbound: inboundWith(), findings: {}, verdict: "complete", startedAt: 0, reply, ...answered });
  });
const refused = (denial: Denial): Line => lineOf({ denial, status: problemOf(denial).status });

const throttled = refused({ reason: "sts_throttled", cause: "Rate exceeded", retryAfterSeconds: 1 });
const notGranted = refused({ reason: "role_not_granted", cause: "analyst: does not hold" });
const unavailable = refused({ reason: "sts_unavailable", cause: "ETIMEDOUT", retryAfterSeconds: 1 });
const denied = refused({ reason: "session_refused", cause: "AccessDenied" });
const tooLarge = refused({ reason: "session_too_large", slot: "policy", cause: "packed" });
const upgrade = refused({ reason: "upgrade_refused" });
const missing = refused({ reason: "credentials_missing" });
const thrown = lineOf({ status: 500, error: new Error("a bug") });
const ofFunction = lineOf({ status: 502 });
const load = written((log) => {
  const due: (() => void)[] = [];
  const after = (_ms: number, act: () => void) => {
    due.push(act);
    return () => undefined;
  };
  createLoadLines({ callsInFlight: new Set([{}, {}]), log, after });
  due[0]?.();
});
// What task protection says has the number as well, now and then: it would count twice.
const protectedTask = written((log) => {
  log.info({ callsInFlight: 2 }, "task protected");
});

const refusals = { throttled, unavailable, denied, tooLarge, notGranted, missing, upgrade };
const lines = { ...refusals, thrown, ofFunction, load };
const matched = (id: string): string[] =>
  Object.entries({ ...lines, protectedTask }).flatMap(([name, line]) => (filter(id)(line) ? [name] : []));

test("calls in flight are counted by the lines that are for it, and their field is the metric's value", () => {
  expect(matched("CallsInFlight")).toEqual(["load"]);
  const path = "Resources.CallsInFlight.Properties.MetricTransformations.0.MetricValue";
  expect(ecs.at(path)).toBe("$.callsInFlight");
  expect(load.callsInFlight).toBe(2);
  expect(filter("CallsInFlight")({ ...load, callsInFlight: 0 })).toBe(true);
});

test("STS's failures are its own, and not what callers are refused for", () => {
  expect(matched("StsFailures")).toEqual(["throttled", "unavailable"]);
});

test("sessions that are refused are those that the rules grant, by STS or since they would be too large", () => {
  expect(matched("SessionsRefused")).toEqual(["denied", "tooLarge"]);
});

test("the gateway's failures are its 5xx, without those of functions and those that callers ask for", () => {
  expect(matched("GatewayFailures")).toEqual(["throttled", "unavailable", "thrown"]);
});

test("a request that was lost counts as well", () => {
  const lost = written((log) => {
    log.error({ err: new Error("a bug") }, "request lost");
  });
  expect(filter("GatewayFailures")(lost)).toBe(true);
});
