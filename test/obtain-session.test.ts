import { refuse } from "../server/core/result.js";
import { callerBudget } from "../server/obtain-session.js";
import { accepted, refused } from "./fixtures/outcome.js";
import { now } from "./fixtures/principal.js";
import { sessionSpecWith } from "./fixtures/session.js";
import { sessionUntil, stsByHand } from "./fixtures/sts-by-hand.js";

const minute = 60_000;
const throttled = refuse({ reason: "sts_throttled", cause: "Throttling", retryAfterSeconds: 1 } as const);

const denied = refuse({ reason: "session_refused", cause: "AccessDenied: no" } as const);
const tooLarge = refuse({
  reason: "session_too_large",
  slot: "tags and policy",
  cause: "PackedPolicyTooLarge",
} as const);

const alice = sessionSpecWith();
const bob = sessionSpecWith({ caller: { issuer: "https://login.example.com/", subject: "bob" } });

describe("the first request", () => {
  test("of 1,000 at once asks STS once, and all get the one session", async () => {
    const { obtain, calls, call } = stsByHand();
    const waiting = Array.from({ length: 1000 }, () => obtain(sessionSpecWith()));
    await call(0).answer(sessionUntil(now + 60 * minute));
    const sessions = new Set((await Promise.all(waiting)).map(accepted));
    expect(calls).toHaveLength(1);
    expect(sessions.size).toBe(1);
  });

  test("of another caller gets another session, even where all that is sent is equal", async () => {
    const { obtain, calls, call } = stsByHand();
    const both = [obtain(alice), obtain(bob)];
    await call(0).answer(sessionUntil(now + 60 * minute, "alice's"));
    await call(1).answer(sessionUntil(now + 60 * minute, "bob's"));
    const [first, second] = (await Promise.all(both)).map(accepted);
    expect([first?.requestId, second?.requestId]).toEqual(["alice's", "bob's"]);
    expect(calls.map(({ spec }) => spec.caller.subject)).toEqual(["alice", "bob"]);
    expect(accepted(await obtain(alice)).requestId).toBe("alice's");
  });

  test.each([
    ["role", { roleArn: "arn:aws:iam::123456789012:role/other" }],
    ["session name", { roleSessionName: "other" }],
    ["source identity", { sourceIdentity: "other" }],
    ["tags", { tags: [{ key: "tenant", value: "acme" }] }],
    ["transitive tags", { transitiveTagKeys: ["tenant"] }],
    ["duration", { durationSeconds: 900 }],
    ["external id", { externalId: "ext-1" }],
    ["policy", { policy: "{}" }],
    ["managed policy", { policyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"] }],
    ["end", { notAfter: 1 }],
    ["issuer", { caller: { issuer: "https://other.example/", subject: "alice" } }],
  ])("with another %s is another session", async (_, overrides) => {
    const { obtain, calls, call } = stsByHand();
    const first = obtain(alice);
    await call(0).answer(sessionUntil(now + 60 * minute));
    await first;
    void obtain(sessionSpecWith(overrides));
    expect(calls).toHaveLength(2);
  });

  test("hears of an outage, as do all who wait; STS is asked again when Retry-After is over", async () => {
    const { state, obtain, calls, call } = stsByHand();
    const waiting = [obtain(alice), obtain(alice), obtain(alice)];
    await call(0).answer(throttled);
    expect((await Promise.all(waiting)).map(refused)).toEqual(Array(3).fill(throttled.denial));
    state.now = now + 999;
    expect(refused(await obtain(alice))).toEqual(throttled.denial);
    state.now = now + 1000;
    const next = obtain(alice);
    await call(1).answer(sessionUntil(now + 60 * minute));
    expect(accepted(await next).requestId).toBe("first");
    expect(calls).toHaveLength(2);
  });

  test("hears of an exception too, and it blocks nobody after", async () => {
    const { obtain, calls, call } = stsByHand();
    const first = obtain(alice);
    const exception = expect(first).rejects.toThrow("a bug");
    await call(0).answer(new Error("a bug"));
    await exception;
    void obtain(alice);
    expect(calls).toHaveLength(2);
  });
});

describe("a held session", () => {
  async function holding(lifeMs: number) {
    const parts = stsByHand();
    const first = parts.obtain(alice);
    await parts.call(0).answer(sessionUntil(now + lifeMs));
    await first;
    return parts;
  }

  test.each([
    ["an hour", 60, 50],
    ["15 minutes", 15, 7.5],
  ])("of %s is given out without a word to STS, until it is time to renew", async (_, life, renewal) => {
    const { obtain, state, calls } = await holding(life * minute);
    state.now = now + renewal * minute - 1;
    expect(accepted(await obtain(alice)).requestId).toBe("first");
    expect(calls).toHaveLength(1);
    state.now += 1;
    expect(accepted(await obtain(alice)).requestId).toBe("first");
    expect(calls).toHaveLength(2);
  });

  test("is served while one renewal is under way, and replaced when it is there", async () => {
    const { obtain, state, calls, call } = await holding(60 * minute);
    state.now = now + 55 * minute;
    const meanwhile = await Promise.all([obtain(alice), obtain(alice), obtain(alice)]);
    expect(meanwhile.map((result) => accepted(result).requestId)).toEqual(["first", "first", "first"]);
    expect(calls).toHaveLength(2);
    await call(1).answer(sessionUntil(state.now + 60 * minute, "second"));
    expect(accepted(await obtain(alice)).requestId).toBe("second");
    expect(calls).toHaveLength(2);
  });

  test("outlives a failed renewal, which is tried again after ten seconds", async () => {
    const { obtain, state, calls, call } = await holding(60 * minute);
    state.now = now + 55 * minute;
    await obtain(alice);
    await call(1).answer(throttled);
    state.now += 9_999;
    expect(accepted(await obtain(alice)).requestId).toBe("first");
    expect(calls).toHaveLength(2);
    state.now += 1;
    expect(accepted(await obtain(alice)).requestId).toBe("first");
    expect(calls).toHaveLength(3);
  });

  test("outlives a renewal that throws, which is tried again after ten seconds too", async () => {
    const { obtain, state, calls, call } = await holding(60 * minute);
    state.now = now + 55 * minute;
    await obtain(alice);
    await call(1).answer(new Error("a bug"));
    state.now += 9_999;
    expect(accepted(await obtain(alice)).requestId).toBe("first");
    expect(calls).toHaveLength(2);
    state.now += 1;
    expect(accepted(await obtain(alice)).requestId).toBe("first");
    expect(calls).toHaveLength(3);
  });

  test("outlives a renewal that STS refuses, and STS is asked again when its no is 30 seconds old", async () => {
    const { obtain, state, calls, call } = await holding(60 * minute);
    state.now = now + 55 * minute;
    await obtain(alice);
    await call(1).answer(denied);
    for (const passed of [10_000, 10_000, 9_999]) {
      state.now += passed;
      expect(accepted(await obtain(alice)).requestId).toBe("first");
    }
    expect(calls).toHaveLength(2);
    state.now += 1;
    expect(accepted(await obtain(alice)).requestId).toBe("first");
    expect(calls).toHaveLength(3);
  });

  test.each([
    ["an hour", 60, 0.5, 50 - 10 / 6],
    ["an hour, at the most,", 60, 1, 50 - 10 / 3],
    ["15 minutes, at the most,", 15, 1, 5],
  ])("of %s is renewed earlier by chance, so that not all are at once", async (_, life, random, renewal) => {
    const parts = stsByHand();
    parts.state.random = random;
    const first = parts.obtain(alice);
    await parts.call(0).answer(sessionUntil(now + life * minute));
    await first;
    parts.state.now = now + renewal * minute - 1;
    await parts.obtain(alice);
    expect(parts.calls).toHaveLength(1);
    parts.state.now += 1;
    await parts.obtain(alice);
    expect(parts.calls).toHaveLength(2);
  });

  test("is given out with more than a minute left, and not with a minute", async () => {
    const { obtain, state, call } = await holding(60 * minute);
    state.now = now + 59 * minute - 1;
    expect(accepted(await obtain(alice)).requestId).toBe("first");
    state.now += 1;
    const waiting = obtain(alice);
    await call(1).answer(sessionUntil(state.now + 60 * minute, "second"));
    expect(accepted(await waiting).requestId).toBe("second");
  });

  test("that is too old does not hide a failure", async () => {
    const { obtain, state, call } = await holding(60 * minute);
    state.now = now + 61 * minute;
    const waiting = obtain(alice);
    await call(1).answer(throttled);
    expect(refused(await waiting).reason).toBe("sts_throttled");
  });
});

describe("a refusal of STS's", () => {
  test.each([
    ["AccessDenied", denied],
    ["PackedPolicyTooLarge", tooLarge],
  ])("(%s) stands for 30 seconds, and STS is not asked meanwhile", async (_, refusal) => {
    const { obtain, state, calls, call } = stsByHand();
    const first = obtain(alice);
    await call(0).answer(refusal);
    expect(refused(await first)).toEqual(refusal.denial);
    state.now += 29_999;
    const again = await Promise.all(Array.from({ length: 100 }, () => obtain(alice)));
    expect(again.map(refused)).toEqual(Array(100).fill(refusal.denial));
    expect(calls).toHaveLength(1);
    state.now += 1;
    const later = obtain(alice);
    await call(1).answer(sessionUntil(state.now + 60 * minute));
    expect(accepted(await later).requestId).toBe("first");
  });

  test("is of one spec: another route or caller is not refused for it", async () => {
    const { obtain, calls, call } = stsByHand();
    void obtain(alice);
    await call(0).answer(denied);
    void obtain(bob);
    void obtain(sessionSpecWith({ policy: "{}" }));
    expect(calls).toHaveLength(3);
  });
});

describe("a caller's budget", () => {
  test("is not spent by an outage of STS", async () => {
    const { state, obtain, calls, call } = stsByHand();
    for (let at = 0; at < 3 * callerBudget.capacity; at += 1) {
      const failed = obtain(alice);
      await call(at).answer(throttled);
      expect(refused(await failed)).toEqual(throttled.denial);
      state.now += 1000;
    }
    expect(calls).toHaveLength(3 * callerBudget.capacity);
  });

  const specOf = (subject: string, at: number) =>
    sessionSpecWith({ caller: { issuer: "https://login.example.com/", subject }, policy: `{"n":${at}}` });

  /** Alice has used it up. */
  function exhausted() {
    const parts = stsByHand();
    for (let at = 0; at < callerBudget.capacity; at++) void parts.obtain(specOf("alice", at));
    expect(parts.calls).toHaveLength(callerBudget.capacity);
    return parts;
  }

  test("refuses one session too many, and says when to come again", async () => {
    const { obtain, calls } = exhausted();
    expect(refused(await obtain(specOf("alice", 99)))).toMatchObject({
      reason: "rate_exceeded",
      retryAfterSeconds: callerBudget.refillMs / 1000,
    });
    expect(calls).toHaveLength(callerBudget.capacity);
  });

  test("has one more just after its time, and none just before", async () => {
    const { obtain, state, calls } = exhausted();
    state.now += callerBudget.refillMs - 1;
    expect(refused(await obtain(specOf("alice", 99))).reason).toBe("rate_exceeded");
    state.now += 1;
    void obtain(specOf("alice", 99));
    expect(calls).toHaveLength(callerBudget.capacity + 1);
    expect(refused(await obtain(specOf("alice", 100))).reason).toBe("rate_exceeded");
  });

  test("is not another caller's, nor the same subject's of another issuer", () => {
    const { obtain, calls } = exhausted();
    void obtain(specOf("bob", 0));
    void obtain(sessionSpecWith({ caller: { issuer: "https://other.example/", subject: "alice" } }));
    expect(calls).toHaveLength(callerBudget.capacity + 2);
  });

  test("is not used by what needs no call: a held session, one under way, a standing refusal", async () => {
    const { obtain, calls, call } = stsByHand();
    void obtain(specOf("alice", 0));
    void obtain(specOf("alice", 1));
    await call(0).answer(sessionUntil(now + 60 * minute));
    await call(1).answer(denied);
    void obtain(specOf("alice", 2));
    for (let again = 0; again < 100; again++) {
      void obtain(specOf("alice", 0));
      void obtain(specOf("alice", 1));
      void obtain(specOf("alice", 2));
    }
    expect(calls).toHaveLength(3);
    for (let at = 3; at < callerBudget.capacity; at++) void obtain(specOf("alice", at));
    expect(calls).toHaveLength(callerBudget.capacity);
  });

  test("takes no live session away: the renewal waits", async () => {
    const { obtain, state, calls, call } = stsByHand();
    void obtain(specOf("alice", 0));
    await call(0).answer(sessionUntil(now + 60 * minute));
    state.now = now + 55 * minute;
    for (let at = 1; at <= callerBudget.capacity; at++) void obtain(specOf("alice", at));
    expect(accepted(await obtain(specOf("alice", 0))).requestId).toBe("first");
    expect(calls).toHaveLength(1 + callerBudget.capacity);
    state.now += callerBudget.refillMs;
    expect(accepted(await obtain(specOf("alice", 0))).requestId).toBe("first");
    expect(calls).toHaveLength(2 + callerBudget.capacity);
  });
});
