import { createSessionCache } from "../server/adapters/session-cache.js";
import type { RoleSession, SessionSpec } from "../server/core/model.js";
import { accept, refuse, type Result } from "../server/core/result.js";
import { createObtainSession } from "../server/obtain-session.js";
import { accepted, refused } from "./fixtures/outcome.js";
import { now } from "./fixtures/principal.js";
import { roleSessionWith, sessionSpecWith } from "./fixtures/session.js";

const minute = 60_000;
const throttled = refuse({ reason: "sts_throttled", cause: "Throttling", retryAfterSeconds: 1 } as const);

/** STS by hand: each AssumeRole waits until the test answers it. */
function setUp() {
  const state = { now };
  const calls: { readonly spec: SessionSpec; answer(result: Result<RoleSession> | Error): Promise<void> }[] =
    [];
  const assume = (spec: SessionSpec) =>
    new Promise<Result<RoleSession>>((resolve, reject) => {
      const answer = (result: Result<RoleSession> | Error) => {
        if (result instanceof Error) reject(result);
        else resolve(result);
        return new Promise<void>((done) => setImmediate(done));
      };
      calls.push({ spec, answer });
    });
  const cache = createSessionCache();
  const obtain = createObtainSession({ roleSessions: { assume }, cache, clock: () => state.now });
  const call = (at: number) => calls[at] ?? fail(at);
  return { state, calls, call, obtain };
}

const fail = (at: number): never => {
  throw new Error(`there was no AssumeRole number ${at}`);
};

const sessionUntil = (expiration: number, requestId = "first") =>
  accept(roleSessionWith({ expiration, requestId }));

const alice = sessionSpecWith();
const bob = sessionSpecWith({ caller: { issuer: "https://login.example.com/", subject: "bob" } });

describe("the first request", () => {
  test("of 1,000 at once asks STS once, and all get the one session", async () => {
    const { obtain, calls, call } = setUp();
    const waiting = Array.from({ length: 1000 }, () => obtain(sessionSpecWith()));
    await call(0).answer(sessionUntil(now + 60 * minute));
    const sessions = new Set((await Promise.all(waiting)).map(accepted));
    expect(calls).toHaveLength(1);
    expect(sessions.size).toBe(1);
  });

  test("of another caller gets another session, even where all that is sent is equal", async () => {
    const { obtain, calls, call } = setUp();
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
    ["end", { notAfter: 1 }],
    ["issuer", { caller: { issuer: "https://other.example/", subject: "alice" } }],
  ])("with another %s is another session", async (_, overrides) => {
    const { obtain, calls, call } = setUp();
    const first = obtain(alice);
    await call(0).answer(sessionUntil(now + 60 * minute));
    await first;
    void obtain(sessionSpecWith(overrides));
    expect(calls).toHaveLength(2);
  });

  test("hears of a failure, as do all who wait, and the next one asks again", async () => {
    const { obtain, calls, call } = setUp();
    const waiting = [obtain(alice), obtain(alice), obtain(alice)];
    await call(0).answer(throttled);
    expect((await Promise.all(waiting)).map(refused)).toEqual(Array(3).fill(throttled.denial));
    const next = obtain(alice);
    await call(1).answer(sessionUntil(now + 60 * minute));
    expect(accepted(await next).requestId).toBe("first");
    expect(calls).toHaveLength(2);
  });

  test("hears of an exception too, and it blocks nobody after", async () => {
    const { obtain, calls, call } = setUp();
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
    const parts = setUp();
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

  test("outlives a renewal that throws", async () => {
    const { obtain, state, call } = await holding(60 * minute);
    state.now = now + 55 * minute;
    await obtain(alice);
    await call(1).answer(new Error("a bug"));
    expect(accepted(await obtain(alice)).requestId).toBe("first");
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
