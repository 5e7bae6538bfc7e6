// What the grant door gets: sessions that last, and few calls to STS, however often an SDK comes again.
import type { RoleSession } from "../server/core/model.js";
import { refuse } from "../server/core/result.js";
import { accepted } from "./fixtures/outcome.js";
import { now } from "./fixtures/principal.js";
import { sessionSpecWith } from "./fixtures/session.js";
import { sessionUntil, stsByHand } from "./fixtures/sts-by-hand.js";

const minute = 60_000;
const alice = sessionSpecWith();
const throttled = refuse({ reason: "sts_throttled", cause: "Throttling", retryAfterSeconds: 1 } as const);
const denied = refuse({ reason: "session_refused", cause: "AccessDenied: no" } as const);

async function holding(lifeMs: number, spec = alice) {
  const parts = stsByHand();
  const first = parts.grant(spec);
  await parts.call(0).answer(sessionUntil(now + lifeMs));
  await first;
  return parts;
}

describe("of an hour", () => {
  test("a session is granted without a word to STS up to 20 minutes before its end", async () => {
    const { state, grant, calls } = await holding(60 * minute);
    state.now = now + 40 * minute - 1;
    expect(accepted(await grant(alice)).requestId).toBe("first");
    expect(calls).toHaveLength(1);
    state.now += 1;
    expect(accepted(await grant(alice)).requestId).toBe("first");
    expect(calls).toHaveLength(2);
  });

  test("it is granted while it is renewed with more than 16 minutes left, and no longer with 16", async () => {
    const { state, grant, calls, call } = await holding(60 * minute);
    state.now = now + 44 * minute - 1;
    expect(accepted(await grant(alice)).requestId).toBe("first");
    expect(calls).toHaveLength(2);
    state.now += 1;
    const waiting = [grant(alice), grant(alice)];
    await call(1).answer(sessionUntil(state.now + 60 * minute, "second"));
    const granted = (await Promise.all(waiting)).map((result) => accepted(result).requestId);
    expect(granted).toEqual(["second", "second"]);
    expect(calls).toHaveLength(2);
  });

  test("the proxy door, which needs it for a moment, still takes it to 10 minutes before its end", async () => {
    const { state, obtain, calls } = await holding(60 * minute);
    state.now = now + 50 * minute - 1;
    expect(accepted(await obtain(alice)).requestId).toBe("first");
    expect(calls).toHaveLength(1);
    state.now += 1;
    expect(accepted(await obtain(alice)).requestId).toBe("first");
    expect(calls).toHaveLength(2);
  });
});

describe("a renewal that a caller waits for", () => {
  async function waiting() {
    const parts = await holding(60 * minute);
    parts.state.now = now + 50 * minute;
    return { ...parts, granted: parts.grant(alice) };
  }

  test.each([
    ["is throttled", throttled],
    ["is denied", denied],
    ["throws", new Error("a bug")],
  ])("and that %s leaves him the held session, and is not tried again at once", async (_, answer) => {
    const { state, grant, granted, calls, call } = await waiting();
    await call(1).answer(answer);
    expect(accepted(await granted).requestId).toBe("first");
    state.now += 9_999;
    expect(accepted(await grant(alice)).requestId).toBe("first");
    expect(calls).toHaveLength(2);
  });

  test("and that fails at the grant door brings no renewal of the proxy door's forward", async () => {
    const { state, grant, obtain, calls, call } = await holding(60 * minute);
    state.now = now + 41 * minute;
    void grant(alice);
    await call(1).answer(throttled);
    state.now = now + 50 * minute - 1;
    expect(accepted(await obtain(alice)).requestId).toBe("first");
    expect(calls).toHaveLength(2);
    state.now += 1;
    void obtain(alice);
    expect(calls).toHaveLength(3);
  });

  test("and that takes too long leaves him the held session, and the next one gets what comes of it", async () => {
    const { grant, granted, giveUp, calls, call } = await waiting();
    giveUp();
    expect(accepted(await granted).requestId).toBe("first");
    await call(1).answer(sessionUntil(now + 110 * minute, "second"));
    expect(accepted(await grant(alice)).requestId).toBe("second");
    expect(calls).toHaveLength(2);
  });

  test("is waited for to its end where the held session has a minute left", async () => {
    const { state, grant, giveUp, call } = await holding(60 * minute);
    state.now = now + 59 * minute;
    const granted = grant(alice);
    giveUp();
    await call(1).answer(sessionUntil(state.now + 60 * minute, "second"));
    expect(accepted(await granted).requestId).toBe("second");
  });
});

/** A client that looks at what it has before each use, one each ten seconds for two hours, and asks for more when it is short. */
async function useForTwoHours(windowMs: number, lifeMs: number, endOfToken = Infinity) {
  const { state, grant, calls } = stsByHand();
  const spec = endOfToken === Infinity ? alice : sessionSpecWith({ notAfter: endOfToken / 1000 });
  let asked = 0;
  let answered = 0;
  let has: RoleSession | undefined;
  const end = Math.min(now + 120 * minute, endOfToken - minute);
  for (state.now = now; state.now < end; state.now += 10_000) {
    if (has && has.expiration - state.now >= windowMs) continue;
    asked += 1;
    const granted = grant(spec);
    for (const call of calls.slice(answered)) {
      await call.answer(sessionUntil(Math.min(state.now + lifeMs, endOfToken)));
    }
    answered = calls.length;
    has = accepted(await granted);
    expect(has.expiration).toBeGreaterThan(state.now + minute);
  }
  return { asked, assumed: calls.length };
}

const botocore = 15 * minute;
const javaScript = 5 * minute;

describe("an SDK that asks again when its credentials are short", () => {
  test.each([
    ["botocore", botocore, 60, 3],
    ["botocore", botocore, 30, 8],
    ["the SDK for JavaScript", javaScript, 60, 3],
    ["the SDK for JavaScript", javaScript, 15, 12],
  ])("asks seldom: %s, with a window of %d ms and sessions of %d minutes", async (_, window, life, times) => {
    expect(await useForTwoHours(window, life * minute)).toEqual({ asked: times, assumed: times });
  });

  test("asks at each use where its window is the session's whole life, and STS is asked twice a life", async () => {
    const { asked, assumed } = await useForTwoHours(botocore, 15 * minute);
    expect(asked).toBeGreaterThan(700);
    expect(assumed).toBe(16);
  });

  test("asks at each use at the end of a token, and STS is asked once", async () => {
    const { asked, assumed } = await useForTwoHours(botocore, 60 * minute, now + 40 * minute);
    expect(asked).toBeGreaterThan(80);
    expect(assumed).toBe(1);
  });
});
