import fc from "fast-check";
import {
  answered,
  asked,
  look,
  protectionTimes as times,
  readAnswer,
  requestFor,
  unprotected,
  type ProtectionState,
} from "../../server/core/task-protection.js";
import { accept, refuse } from "../../server/core/result.js";

const start = Date.UTC(2026, 10, 22);
const minutes = 60_000;
const yes = accept(undefined);
const no = (isDefinite: boolean) => refuse({ why: "no", isDefinite });

/** Looks every 15 s; the agent answers at once. */
function run(
  looks: readonly { readonly long: boolean; readonly answer?: ReturnType<typeof no> | typeof yes }[],
  from: ProtectionState = unprotected,
  startedAt = start,
) {
  const requests: [secondsSinceStart: number, enabled: boolean][] = [];
  let state = from;
  let now = startedAt;
  for (const { long, answer = yes } of looks) {
    state = look(state, long, now);
    const enabled = requestFor(state, now);
    if (enabled !== undefined) {
      requests.push([(now - start) / 1000, enabled]);
      state = answered(asked(state, enabled, now), enabled, answer, { now, before: state });
    }
    now += times.lookMs;
  }
  return { requests, state, now };
}
const many = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);
const long = { long: true };
const none = { long: false };

test("a task without a long call asks for nothing", () => {
  expect(run(many(1000, none)).requests).toEqual([]);
});

test("a long call is one request, and its end another, a minute later", () => {
  expect(run([none, long, ...many(9, none)]).requests).toEqual([
    [15, true],
    [75, false],
  ]);
});

test("calls with less than a minute between them are one protection", () => {
  const looks = many(8, [long, none, none, none]).flat();
  expect(run(looks).requests).toEqual([[0, true]]);
});

test("protection is renewed every ten minutes, half of what it lasts", () => {
  expect(run(many(100, long)).requests).toEqual([
    [0, true],
    [600, true],
    [1200, true],
  ]);
  expect(times.renewMs).toBe((times.expiresInMinutes * minutes) / 2);
});

test("a task that always has a long call yields for two minutes after 25, so that a deployment can end", () => {
  const requests = run(many(300, long)).requests.filter(([at]) => at > 1200);
  expect(requests.slice(0, 2)).toEqual([
    [1515, false],
    [1635, true],
  ]);
});

describe("a request that failed", () => {
  test("is tried again after 15 s, 30 s, 60 s... and every five minutes in the end", () => {
    const refused = { long: true, answer: no(true) };
    expect(run(many(80, refused)).requests.map(([at]) => at)).toEqual([0, 15, 45, 105, 225, 465, 765, 1065]);
  });

  test("counts no more once one has worked: the next begins with 15 s again", () => {
    const refused = { long: true, answer: no(true) };
    const looks = [refused, refused, ...many(41, long), refused, ...many(2, long)];
    expect(run(looks).requests.map(([at]) => at)).toEqual([0, 15, 45, 645, 660]);
  });

  test("that ECS refused leaves nothing to release", () => {
    expect(run([{ long: true, answer: no(true) }, ...many(10, none)]).requests).toEqual([
      [0, true],
      [15, true],
      [60, false],
    ]);
    const once = many(2, { long: true, answer: no(true) });
    expect(run([...once, ...many(10, { ...none, answer: no(true) })]).requests.every(([, on]) => on)).toBe(
      true,
    );
  });

  test("whose answer is lost may have been done, and is released", () => {
    const lost = { answer: no(false) };
    const { requests } = run([{ ...long, ...lost }, ...many(3, { ...none, ...lost }), ...many(20, none)]);
    expect(requests.at(-1)).toEqual([60, false]);
  });

  test("to release is given up when the protection has ended by itself", () => {
    const { requests } = run([long, ...many(200, { ...none, answer: no(false) })]);
    expect(Math.max(...requests.map(([at]) => at))).toBeLessThan(times.expiresInMinutes * 60);
  });

  test("does not hold up the opposite wish", () => {
    const { state, now } = run([long, ...many(20, { ...none, answer: no(false) })]);
    expect(requestFor(look(state, true, now), now)).toBe(true);
  });

  test("to renew does not end a protection that stands", () => {
    const { state, now } = run([...many(40, long), { long: true, answer: no(true) }]);
    expect(state.heldUntil).toBe(start + times.expiresInMinutes * minutes);
    expect(requestFor(look(state, true, now), now)).toBe(true);
  });

  test("while the wish changed is not tried again, and the new wish is asked for at once", () => {
    const before = look(unprotected, true, start);
    const pending = look(asked(before, true, start), false, start + times.lingerMs);
    const state = answered(pending, true, no(false), { now: start + times.lingerMs, before });
    expect(requestFor(state, start + times.lingerMs)).toBe(false);
  });
});

test("whatever happens, requests are fewer than one each 15 s, and no task stays protected beyond its last long call", () => {
  const answers = fc.constantFrom(yes, no(true), no(false));
  const looks = fc.array(fc.record({ long: fc.boolean(), answer: answers }), { maxLength: 300 });
  fc.assert(
    fc.property(looks, (before) => {
      const { requests, state, now } = run(before);
      expect(requests.length).toBeLessThanOrEqual(before.length);
      const after = run(many(30, none), state, now);
      expect(after.state).toMatchObject({
        wish: false,
        failures: after.requests.length > 0 ? 0 : state.failures,
      });
      expect(after.state.heldUntil).toBeLessThanOrEqual(after.now);
    }),
  );
});

test("while a long call goes on, ten minutes of protection are always left, but for the two in which it yields", () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 300 }), (looks) => {
      let [state, now] = [unprotected, start];
      for (const isLong of looks) {
        ({ state } = run([{ long: isLong }], state, now));
        const left = state.heldUntil - now;
        if (isLong && now >= state.yieldsUntil) expect(left).toBeGreaterThanOrEqual(10 * minutes);
        if (now < state.yieldsUntil) expect(left).toBeLessThanOrEqual(0);
        now += times.lookMs;
      }
    }),
  );
});

describe("the agent's answer", () => {
  const on = {
    protection: { ProtectionEnabled: true, ExpirationDate: "2026-11-22T06:20:00Z", TaskArn: "arn" },
  };
  test.each([
    ["protected, as asked", 200, on, true, "done"],
    ["released, as asked", 200, { protection: { ProtectionEnabled: false, TaskArn: "arn" } }, false, "done"],
    ["the other of the two", 200, on, false, "the agent answered 200 (lost)"],
    [
      "a failure with status 200",
      200,
      { failure: { Arn: "arn", Reason: "DEPLOYMENT_BLOCKED" } },
      true,
      "DEPLOYMENT_BLOCKED (definite)",
    ],
    ["a failure with its detail", 200, { failure: { Reason: "A", Detail: "b" } }, true, "A: b (definite)"],
    [
      "a missing permission",
      400,
      { requestID: "1", error: { Code: "AccessDeniedException", Message: "no identity-based policy" } },
      true,
      "the agent answered 400: AccessDeniedException: no identity-based policy (definite)",
    ],
    ["too many requests, in plain text", 429, undefined, true, "the agent answered 429 (definite)"],
    [
      "no answer of ECS in time",
      504,
      { error: { Code: "RequestCanceled", Message: "Timed out" } },
      true,
      "the agent answered 504: RequestCanceled: Timed out (lost)",
    ],
    ["an empty object", 200, {}, true, "the agent answered 200 (lost)"],
    ["a list", 200, [], true, "the agent answered 200 (lost)"],
    ["a redirect", 302, undefined, true, "the agent answered 302 (lost)"],
  ])("%s", (_what, status, body, enabled, outcome) => {
    const read = readAnswer(status, body, enabled);
    expect(read.ok ? "done" : `${read.denial.why} (${read.denial.isDefinite ? "definite" : "lost"})`).toBe(
      outcome,
    );
  });

  test("is quoted up to 300 characters", () => {
    const read = readAnswer(200, { failure: { Reason: "x".repeat(1000) } }, true);
    expect(read).toEqual({ ok: false, denial: { why: "x".repeat(300), isDefinite: true } });
  });
});
