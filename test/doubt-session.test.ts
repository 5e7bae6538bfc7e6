import { refuse } from "../server/core/result.js";
import { doubtAfterMs } from "../server/doubt-session.js";
import { accepted } from "./fixtures/outcome.js";
import { now } from "./fixtures/principal.js";
import { sessionSpecWith } from "./fixtures/session.js";
import { sessionUntil, stsByHand } from "./fixtures/sts-by-hand.js";

const hour = 3_600_000;
const alice = sessionSpecWith();
const bob = sessionSpecWith({ caller: { issuer: "https://login.example.com/", subject: "bob" } });

/** One session of alice's, and so many milliseconds later AWS refuses a call with it. */
async function refusedAfter(ms: number) {
  const sts = stsByHand();
  const first = sts.obtain(alice);
  await sts.call(0).answer(sessionUntil(now + hour));
  const session = accepted(await first);
  sts.state.now = now + ms;
  sts.doubt(alice, session);
  return { ...sts, session };
}

test.each(["obtain", "grant"] as const)(
  "after a minute, a session that AWS refuses is renewed for the next caller: %s",
  async (door) => {
    const { [door]: ask, call } = await refusedAfter(doubtAfterMs);
    const next = ask(alice);
    await call(1).answer(sessionUntil(now + hour, "second"));
    expect(accepted(await next).requestId).toBe("second");
    expect(accepted(await ask(alice)).requestId).toBe("second");
  },
);

test("a younger one is not, since the next would be refused as well", async () => {
  const { obtain, calls } = await refusedAfter(doubtAfterMs - 1);
  expect(accepted(await obtain(alice)).requestId).toBe("first");
  expect(calls).toHaveLength(1);
});

test("so where AWS refuses each of them, STS is asked once a minute", async () => {
  const { obtain, doubt, state, call, calls } = await refusedAfter(doubtAfterMs);
  const second = obtain(alice);
  await call(1).answer(sessionUntil(now + hour, "second"));
  const renewed = accepted(await second);
  for (let ms = 1; ms < doubtAfterMs; ms += 1_000) {
    state.now = now + doubtAfterMs + ms;
    doubt(alice, renewed);
    expect(accepted(await obtain(alice)).requestId).toBe("second");
  }
  expect(calls).toHaveLength(2);
});

test("while STS does not answer, or says no, the one that is held is used", async () => {
  const { obtain, call, calls, giveUp } = await refusedAfter(doubtAfterMs);
  const waiting = obtain(alice);
  giveUp();
  expect(accepted(await waiting).requestId).toBe("first");
  const refused = obtain(alice);
  await call(1).answer(refuse({ reason: "session_refused", cause: "AccessDenied: no" }));
  expect(accepted(await refused).requestId).toBe("first");
  expect(accepted(await obtain(alice)).requestId).toBe("first");
  expect(calls).toHaveLength(2);
});

test("one that was renewed meanwhile is not doubted for the old one's sake, nor is another caller's", async () => {
  const { obtain, doubt, session, call, calls } = await refusedAfter(doubtAfterMs);
  const second = obtain(alice);
  await call(1).answer(sessionUntil(now + hour, "second"));
  await second;
  const bobs = obtain(bob);
  await call(2).answer(sessionUntil(now + hour, "bob's"));
  await bobs;
  doubt(alice, session);
  doubt(bob, session);
  expect(accepted(await obtain(alice)).requestId).toBe("second");
  expect(accepted(await obtain(bob)).requestId).toBe("bob's");
  expect(calls).toHaveLength(3);
});
