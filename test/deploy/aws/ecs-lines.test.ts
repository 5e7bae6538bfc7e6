// The metrics that ecs.yaml makes of the log, by the lines that the gateway really writes.
import { createLoadLines } from "../../../server/adapters/load-lines.js";
import { createLog, logProbe } from "../../../server/adapters/log.js";
import { createMetrics } from "../../../server/adapters/metrics.js";
import { createTaskProtection } from "../../../server/adapters/task-protection.js";
import { createRecord, type Ended } from "../../../server/call-record.js";
import type { Denial } from "../../../server/core/denial.js";
import type { Verdict } from "../../../server/core/inbound.js";
import { problemOf } from "../../../server/core/problem.js";
import { protectionTimes } from "../../../server/core/task-protection.js";
import { agrees, answerJson, startEcsAgent } from "../../fixtures/ecs-agent.js";
import { until } from "../../fixtures/until.js";
import { sessionSpecWith } from "../../fixtures/session.js";
import { inboundWith } from "../../fixtures/upstream.js";
import { manualTime } from "../local/manual-time.js";
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

const lineOf = ({ status = 200, ...answered }: Partial<Ended> & { readonly status?: number }): Line =>
  written((log) => {
    const record = createRecord({ log, metrics: createMetrics(() => 0), clock: () => 1000 });
    const reply = { kind: "own", status, headers: {}, body: "" } as const;
    record({ inbound: inboundWith(), findings: {}, verdict: "complete", startedAt: 0, reply, ...answered });
  });
const statusOf = (denial: Denial) => ({ denial, status: problemOf(denial).status });
const refused = (denial: Denial): Line => lineOf(statusOf(denial));

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

const ended = (verdict: Verdict, status = 200): Line => lineOf({ verdict, status });
const broken = {
  brokeOff: ended("truncated"),
  fellSilent: ended("timed_out"),
  failedAfterHead: ended("function_error"),
};
/** What others count, or nobody: a caller who left, a task that stopped, what ended in a 5xx. */
const brokenOtherwise = {
  left: ended("client_gone"),
  drained: ended("drained"),
  noHead: lineOf({ ...statusOf({ reason: "upstream_unreachable", cause: "reset" }), verdict: "truncated" }),
  noAnswer: lineOf({ ...statusOf({ reason: "upstream_timeout", timeoutMs: 900_000 }), verdict: "timed_out" }),
  ownFailure: ended("truncated", 500),
};

const probed = (outcome: string): Line =>
  written((log) => logProbe(log, { rules: ["analyst"], spec: sessionSpecWith(), outcome }));

/** All that a task's protection says that is refused three times, and then given. */
async function protectionLines(): Promise<Line[]> {
  const lines: Line[] = [];
  const log = createLog({ write: (line) => void lines.push(JSON.parse(line) as Line) });
  const [agent, time] = [await startEcsAgent(), manualTime()];
  let answers = 0;
  const protection = createTaskProtection({
    ...{ agentUri: agent.uri, callsInFlight: new Set([{}]), log, clock: time.clock, after: time.after },
    onAnswered: () => answers++,
  });
  /** So many looks later the agent is asked again. */
  const askedAfter = async (looks: number): Promise<void> => {
    const before = answers;
    await time.advance(looks * protectionTimes.lookMs);
    await until(() => answers > before);
  };
  agent.answer = answerJson(400, { error: { Code: "AccessDeniedException", Message: "no" } });
  for (const looks of [2, 1, 2]) await askedAfter(looks);
  agent.answer = agrees;
  await askedAfter(4);
  await protection.close();
  await agent.close();
  return lines;
}

const refusals = { throttled, unavailable, denied, tooLarge, notGranted, missing, upgrade };
const others = { thrown, ofFunction, load, roleRefused: probed("session_refused"), roleHad: probed("ok") };
const lines = { ...refusals, ...others, ...broken, ...brokenOtherwise };
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
  expect(matched("GatewayFailures")).toEqual(["throttled", "unavailable", "thrown", "noHead", "noAnswer"]);
});

test("calls that broke are those whose callers had a good status, by the function's fault", () => {
  expect(matched("CallsBroken")).toEqual(Object.keys(broken));
});

test("a role's failures are those of readiness, which a ready task does not show", () => {
  expect(matched("RoleFailures")).toEqual(["roleRefused"]);
});

test("task protection that is refused counts from the third time in a row, and not where it is given", async () => {
  const said = await protectionLines();
  expect(said.map(filter("TaskProtectionFailures"))).toEqual([false, false, true, false, false]);
  expect(said.slice(3).map(({ message }) => message)).toEqual(["task protected", "task protection released"]);
  expect(matched("TaskProtectionFailures")).toEqual([]);
});

test("a request that was lost counts as well", () => {
  const lost = written((log) => {
    log.error({ err: new Error("a bug") }, "request lost");
  });
  expect(filter("GatewayFailures")(lost)).toBe(true);
});
