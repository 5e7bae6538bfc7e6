// Which decision serves which call: what is kept, for whom, for how long, and what is asked anew.
import fc from "fast-check";
import { createConsultAuthorizer } from "../server/consult-authorizer.js";
import { createBoundedMap } from "../server/adapters/bounded-map.js";
import type { Authorizer, RouteMatch } from "../server/core/model.js";
import { parseRequestTarget } from "../server/core/request-target.js";
import { accept, refuse, type Result } from "../server/core/result.js";
import type { AskedAuthorizer, AuthorizerSilence, HeldDecision } from "../server/ports.js";
import {
  askedWith,
  authorizerWith,
  partnerRoute,
  policyOf,
  restAuthorizer,
  stage,
  statement,
} from "./fixtures/authorizer.js";
import { accepted } from "./fixtures/outcome.js";
import { matchOf, routeWith } from "./fixtures/route.js";

type Event = Readonly<Record<string, unknown>>;
type Answer = (event: Event) => Result<unknown, AuthorizerSilence>;

const keyOf = (event: Event): string => (event.headers as Record<string, string>)["x-api-key"] ?? "";
const allowByKey: Answer = (event) => accept({ isAuthorized: true, context: { sub: keyOf(event) } });

function setUp(authorizer: Authorizer = authorizerWith(), answer: Answer = allowByKey) {
  const state = { now: 1_000_000, answer, asked: [] as Event[], told: [] as AskedAuthorizer[] };
  const keys: string[] = [];
  const map = createBoundedMap<HeldDecision>();
  const consult = createConsultAuthorizer({
    authorizers: {
      ask: (_, event) => {
        state.asked.push(event as Event);
        return Promise.resolve(state.answer(event as Event));
      },
    },
    decisions: {
      get: (key) => map.get(key),
      set: (key, value) => {
        keys.push(key);
        map.set(key, value);
      },
    },
    clock: () => state.now,
    secret: Buffer.alloc(32, 7),
    identityBytes: 1024,
    onAsked: (each) => state.told.push(each),
  });
  const call = (key: string, target = "/partner/a", match: RouteMatch = matchOf(partnerRoute)) =>
    consult(
      authorizer,
      askedWith({ headers: ["X-Api-Key", key] }),
      match,
      accepted(parseRequestTarget(target)),
    );
  return { state, keys, call };
}

test("a caller's decision is asked for once, and gives the very same Principal", async () => {
  const { state, call } = setUp();
  const first = accepted(await call("seven"));
  expect(accepted(await call("seven", "/partner/b"))).toBe(first);
  expect(state.asked).toHaveLength(1);
  expect(state.told).toEqual([{ authorizer: "partner", outcome: "allow", seconds: 0 }]);
});

test("a thousand simultaneous calls of one caller are one question", async () => {
  const { state, call } = setUp();
  await Promise.all(Array.from({ length: 1000 }, () => call("seven")));
  expect(state.asked).toHaveLength(1);
});

test("a decision ends with ttlSeconds, not a moment before", async () => {
  const { state, call } = setUp(authorizerWith({ ttlSeconds: 60 }));
  await call("seven");
  state.now += 59_999;
  await call("seven");
  expect(state.asked).toHaveLength(1);
  state.now += 1;
  await call("seven");
  expect(state.asked).toHaveLength(2);
});

test("ttlSeconds 0 asks each time, also at the same time", async () => {
  const { state, keys, call } = setUp(authorizerWith({ ttlSeconds: 0 }));
  await Promise.all([call("seven"), call("seven")]);
  expect(state.asked).toHaveLength(2);
  expect(keys).toEqual([]);
});

test("another route and another door are asked for anew", async () => {
  const { state, call } = setUp();
  await call("seven");
  await call("seven", "/orders", matchOf(routeWith("GET /orders")));
  await call("seven", "/grant/partner", matchOf(partnerRoute, "grant"));
  expect(state.asked).toHaveLength(3);
});

test("the end in the context ends a kept decision too", async () => {
  const { state, call } = setUp(authorizerWith(), () =>
    accept({ isAuthorized: true, context: { exp: 1060 } }),
  );
  expect((await call("seven")).ok).toBe(true);
  state.now = 1_060_000 - 1;
  expect((await call("seven")).ok).toBe(true);
  state.now += 1;
  expect(await call("seven")).toMatchObject({
    denial: { reason: "authorizer_unauthorized", scheme: "Custom" },
  });
});

test("after the end in the context the authorizer is asked anew, since it may know the same key for longer", async () => {
  const { state, call } = setUp(authorizerWith(), () =>
    accept({ isAuthorized: true, context: { exp: state.now / 1000 + 60 } }),
  );
  await call("seven");
  state.now += 59_999;
  expect((await call("seven")).ok).toBe(true);
  expect(state.asked).toHaveLength(1);
  state.now += 1;
  expect((await call("seven")).ok).toBe(true);
  expect(state.asked).toHaveLength(2);
});

test("a deny is kept", async () => {
  const { state, call } = setUp(authorizerWith(), () => accept({ isAuthorized: false }));
  const both = [await call("seven"), await call("seven")];
  for (const each of both) expect(each).toMatchObject({ denial: { reason: "authorizer_denied" } });
  expect(state.asked).toHaveLength(1);
  expect(state.told).toMatchObject([{ outcome: "authorizer_denied" }]);
});

test.each<[string, Result<unknown, AuthorizerSilence>, object]>([
  ["Unauthorized", refuse({ kind: "unauthorized" }), { reason: "authorizer_unauthorized" }],
  [
    "a failure",
    refuse({ kind: "failed", cause: "boom" }),
    { reason: "authorizer_failed", cause: "authorizer partner: boom" },
  ],
  [
    "an outage",
    refuse({ kind: "unavailable", cause: "429", retryAfterSeconds: 2 }),
    { reason: "authorizer_unavailable", retryAfterSeconds: 2 },
  ],
  ["nonsense", accept({ allowed: true }), { reason: "authorizer_failed" }],
])("%s is not kept, and all who wait for it get it", async (_, answer, denial) => {
  const { state, call } = setUp(authorizerWith(), () => answer);
  const both = await Promise.all([call("seven"), call("seven")]);
  for (const each of both) expect(each).toMatchObject({ ok: false, denial });
  expect(state.asked).toHaveLength(1);
  state.answer = allowByKey;
  expect((await call("seven")).ok).toBe(true);
});

test("a kept policy is held against each call's own ARN", async () => {
  const answer = { principalId: "p", policyDocument: policyOf(statement("Allow", `${stage}/GET/partner/a`)) };
  const identitySources = [{ from: "header", name: "x-api-key" }] as const;
  const { state, call } = setUp(restAuthorizer({ identitySources }), () => accept(answer));
  expect((await call("seven", "/partner/a")).ok).toBe(true);
  expect(await call("seven", "/partner/b")).toMatchObject({ denial: { reason: "authorizer_denied" } });
  expect(state.asked).toHaveLength(1);
});

test("a missing source is refused without a question", async () => {
  const { state, call } = setUp();
  expect(await call("")).toMatchObject({ denial: { reason: "identity_missing" } });
  expect(state.asked).toEqual([]);
});

test("nothing that is kept or told shows an identity", async () => {
  const { state, keys, call } = setUp(authorizerWith(), () => accept({ isAuthorized: true }));
  const principal = accepted(await call("Basic c2VjcmV0"));
  expect(keys.join()).not.toContain("c2VjcmV0");
  expect(principal.subject).not.toContain("c2VjcmV0");
  state.answer = () => refuse({ kind: "failed", cause: 'cannot read c2VjcmV1, "Basic c2VjcmV1"' });
  expect(await call("Basic c2VjcmV1")).toMatchObject({
    denial: { cause: 'authorizer partner: cannot read ..., "..."' },
  });
  const long = "k".repeat(900);
  state.answer = () =>
    refuse({ kind: "failed", cause: `cannot read "${long.slice(0, 100)}"... (900 characters)` });
  expect(await call(long)).toMatchObject({
    denial: { cause: 'authorizer partner: cannot read "..."... (900 characters)' },
  });
});

test("no caller gets another's decision, however their sources are written", async () => {
  const sources = ["a", "b"].map((name) => ({ from: "header", name }) as const);
  const authorizer = authorizerWith({ identitySources: sources });
  const part = fc.stringMatching(/^[ab,"\]\\]{1,3}$/);
  // The same three texts, with the comma on either side of the border between the two sources.
  const pairs = fc
    .array(fc.tuple(part, part, part), { minLength: 1, maxLength: 10 })
    .map((texts) => texts.flatMap(([x, y, z]) => [[`${x},${y}`, z] as const, [x, `${y},${z}`] as const]));
  await fc.assert(
    fc.asyncProperty(pairs, async (identities) => {
      const echo: Answer = (event) =>
        accept({ isAuthorized: true, context: { sub: JSON.stringify(event.identitySource) } });
      const consult = createConsultAuthorizer({
        authorizers: { ask: (_, event) => Promise.resolve(echo(event as Event)) },
        decisions: createBoundedMap(),
        clock: () => 0,
        secret: Buffer.alloc(32),
        identityBytes: 64,
      });
      const target = accepted(parseRequestTarget("/partner/a"));
      await Promise.all(
        identities.map(async ([a, b]) => {
          const asked = askedWith({ headers: ["a", a, "b", b] });
          const principal = accepted(await consult(authorizer, asked, matchOf(partnerRoute), target));
          expect(principal.subject).toBe(JSON.stringify([a, b]));
        }),
      );
    }),
    { numRuns: 50 },
  );
});

test("callers without a name are told apart by their sources, and stay the same on every route", async () => {
  const { call } = setUp(authorizerWith(), () => accept({ isAuthorized: true }));
  const [one, other, again] = [
    accepted(await call("one")),
    accepted(await call("other")),
    accepted(await call("one", "/orders", matchOf(routeWith("GET /orders")))),
  ];
  expect(one.subject).not.toBe(other.subject);
  expect(again.subject).toBe(one.subject);
});
