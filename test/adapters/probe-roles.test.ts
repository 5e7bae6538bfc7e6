import {
  createRoleProbes,
  probeAgainMs,
  probesAtOnce,
  type Probed,
} from "../../server/adapters/probe-roles.js";
import type { Denial } from "../../server/core/denial.js";
import { probePlan } from "../../server/core/role-probe.js";
import type { RoleRule, RoleSession, SessionSpec } from "../../server/core/model.js";
import { accept, refuse, type Result } from "../../server/core/result.js";
import { cel } from "../fixtures/expression.js";
import { roleRuleWith } from "../fixtures/role-rule.js";
import { credentials, roleSessionWith, sessionSpecWith } from "../fixtures/session.js";

const denied: Denial = { reason: "session_refused", cause: "AccessDenied: not authorized (request r-1)" };
const down: Denial = { reason: "sts_unavailable", cause: "TimeoutError", retryAfterSeconds: 2 };

/** Probes on a clock and an STS of the test's own. */
function probesOf(rules: readonly Partial<RoleRule>[] = [{}]) {
  const asked: { spec: SessionSpec; answer: (result: Result<RoleSession>) => Promise<void> }[] = [];
  const told: Probed[] = [];
  const time = { now: 1_000_000 };
  const probes = createRoleProbes({
    plan: probePlan(rules.map(roleRuleWith)),
    clock: () => time.now,
    onProbed: (probed) => told.push(probed),
    roleSessions: {
      assume: (spec) =>
        new Promise((resolve) => {
          const answer = async (result: Result<RoleSession>) => {
            resolve(result);
            await new Promise(setImmediate);
          };
          asked.push({ spec, answer });
        }),
    },
  });
  /** Starts what is due and answers all of it so; how many there were. */
  const round = async (result: Result<RoleSession>): Promise<number> => {
    const before = asked.length;
    probes.refresh();
    for (const each of asked.slice(before)) await each.answer(result);
    return asked.length - before;
  };
  return { probes, asked, told, time, round };
}

const works = accept(roleSessionWith());

test("a role is not ready before it was assumed, and is from then on", async () => {
  const { probes, round } = probesOf();
  expect(probes.readiness().reasons).toEqual([expect.stringContaining("has not been assumed yet")]);
  expect(await round(works)).toBe(1);
  expect(probes.readiness()).toEqual({ reasons: [], notes: [] });
});

test("a role that is refused says which, what AWS said, and what was asked for", async () => {
  const tags = [
    { key: "tenant", value: cel("claims.tenant", "strings") },
    { key: "team", value: cel("claims.team", "strings") },
  ];
  const { probes, round } = probesOf([{ tags, probe: { tags: { team: "a" } } }]);
  await round(refuse(denied));
  expect(probes.readiness().reasons).toEqual([
    "role arn:aws:iam::123456789012:role/reports-invoker of rule analyst cannot be assumed: AccessDenied: not " +
      "authorized (request r-1) (asked for as session grantway-readiness-probe, source identity " +
      "grantway-readiness-probe, tags tenant, team=a)",
  ]);
});

test("of two roles only the broken one is named", async () => {
  const { probes, asked } = probesOf([{ name: "good" }, { name: "bad", externalId: "ext-1" }]);
  probes.refresh();
  await asked[0]?.answer(works);
  await asked[1]?.answer(refuse(denied));
  expect(probes.readiness().reasons).toEqual([expect.stringContaining("of rule bad cannot be assumed")]);
});

test("one call of a role at a time, however often readiness is asked", async () => {
  const { probes, asked } = probesOf();
  for (let at = 0; at < 100; at += 1) probes.refresh();
  expect(asked).toHaveLength(1);
  await asked[0]?.answer(works);
  probes.refresh();
  expect(asked).toHaveLength(1);
});

test("of many roles a few are asked at a time, each in its turn, and the rest as soon as there is room", async () => {
  const rules = Array.from({ length: probesAtOnce + 2 }, (_, at) => ({
    name: `r${at}`,
    externalId: `e${at}`,
  }));
  const { probes, asked, time } = probesOf(rules);
  const names = () => asked.map(({ spec }) => spec.rule);
  probes.refresh();
  probes.refresh();
  expect(names()).toEqual(["r0", "r1", "r2", "r3"]);
  await asked[0]?.answer(refuse(denied));
  expect(names().slice(4)).toEqual(["r4"]);
  time.now += 1_000;
  // The first is due again, and yet not before one that was never asked.
  await asked[1]?.answer(works);
  expect(names().slice(5)).toEqual(["r5"]);
  await asked[2]?.answer(works);
  expect(names().slice(6)).toEqual(["r0"]);
  for (const each of asked.slice(3)) await each.answer(works);
  expect(probes.readiness()).toEqual({ reasons: [], notes: [] });
});

test("what works is asked again after 15 minutes, and not a moment sooner", async () => {
  const { time, round } = probesOf();
  await round(works);
  time.now += probeAgainMs - 1;
  expect(await round(works)).toBe(0);
  time.now += 1;
  expect(await round(works)).toBe(1);
});

test("a role that callers get needs no probe", async () => {
  const { probes, time, round } = probesOf();
  probes.worked(sessionSpecWith());
  expect(probes.readiness().reasons).toEqual([]);
  time.now += probeAgainMs - 1;
  expect(await round(works)).toBe(0);
  probes.worked(sessionSpecWith({ rule: "of-a-template" }));
  time.now += 1;
  expect(await round(works)).toBe(1);
});

test("what fails is tried again after pauses that double, up to a minute", async () => {
  const { time, round } = probesOf();
  const pauses: number[] = [];
  await round(refuse(down));
  for (let tries = 0; tries < 8; tries += 1) {
    let waited = 0;
    while ((await round(refuse(down))) === 0) {
      time.now += 1_000;
      waited += 1;
    }
    pauses.push(waited);
  }
  expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
});

test.each([denied, down])("a role that worked stays ready through $reason, with a note", async (denial) => {
  const { probes, time, round } = probesOf();
  await round(works);
  time.now += probeAgainMs;
  await round(refuse(denial));
  expect(probes.readiness()).toEqual({
    reasons: [],
    notes: [expect.stringContaining("cannot be assumed now, and could before")],
  });
  time.now += 1_000;
  await round(works);
  expect(probes.readiness().notes).toEqual([]);
});

test("rules without a probe are told of and keep nobody out", () => {
  const { probes } = probesOf([{ probe: null }]);
  expect(probes.readiness()).toEqual({ reasons: [], notes: [expect.stringContaining("probe is null")] });
});

test("a refusal without a cause has its reason", async () => {
  const { probes, round } = probesOf([{ sourceIdentity: null }]);
  await round(refuse({ reason: "draining" }));
  expect(probes.readiness().reasons).toEqual([
    expect.stringContaining(
      "cannot be assumed: draining (asked for as session grantway-readiness-probe, no source",
    ),
  ]);
});

test("a bug in a probe is a failure like another, and the role is asked again", async () => {
  const time = { now: 0 };
  let calls = 0;
  const probes = createRoleProbes({
    plan: probePlan([roleRuleWith()]),
    clock: () => time.now,
    roleSessions: { assume: () => Promise.reject(new TypeError(`bug ${(calls += 1)}`)) },
  });
  probes.refresh();
  await new Promise(setImmediate);
  expect(probes.readiness().reasons).toEqual([expect.stringContaining("TypeError: bug 1")]);
  time.now = 1_000;
  probes.refresh();
  expect(calls).toBe(2);
});

test("each probe is told of with what finds it in CloudTrail, and with no secret", async () => {
  const { told, time, round } = probesOf();
  await round(works);
  time.now += probeAgainMs;
  await round(refuse(denied));
  expect(told).toMatchObject([
    {
      rules: ["analyst"],
      outcome: "ok",
      accessKeyId: credentials.accessKeyId,
      assumeRoleRequestId: roleSessionWith().requestId,
    },
    { outcome: "session_refused", cause: "AccessDenied: not authorized (request r-1)" },
  ]);
  const text = JSON.stringify(told);
  for (const secret of [credentials.secretAccessKey, credentials.sessionToken])
    expect(text).not.toContain(secret);
});

test("once closed nothing is asked or told", async () => {
  const { probes, asked, told } = probesOf();
  probes.refresh();
  probes.close();
  await asked[0]?.answer(works);
  probes.refresh();
  expect([asked.length, told.length]).toEqual([1, 0]);
});
