// The way through with two callers at once: whose session signs whose call. Tokens are taken for granted here.
import fc from "fast-check";
import { createBoundedMap } from "../server/adapters/bounded-map.js";
import { headerEntries } from "../server/core/raw-headers.js";
import { accept, type Result } from "../server/core/result.js";
import type { RoleSession, SessionSpec } from "../server/core/model.js";
import { createAuthorize } from "../server/authorize.js";
import { createGateway } from "../server/gateway.js";
import { createMatchRoute } from "../server/match-route.js";
import { createObtainSession } from "../server/obtain-session.js";
import { createProxy } from "../server/proxy.js";
import { cel } from "./fixtures/expression.js";
import { now, principalWith } from "./fixtures/principal.js";
import { roleRuleWith } from "./fixtures/role-rule.js";
import { routeWith } from "./fixtures/route.js";
import { credentials, roleSessionWith } from "./fixtures/session.js";
import { FakeUpstream, inboundWith } from "./fixtures/upstream.js";

/** Nothing that is sent to STS tells the two apart. */
const rule = roleRuleWith({ sessionName: cel('"shared"'), sourceIdentity: null, durationSeconds: 900 });
const route = routeWith("ANY /reports/{id}", {
  roles: [rule],
  headers: [{ name: "x-caller-sub", value: cel("claims.sub") }],
});

/** Any order, but the same in each run. */
const coins = fc.sample(fc.boolean(), { numRuns: 20_000, seed: 7 });
const toss = (): boolean => coins.pop() ?? false;

/** STS answers later, sooner or later, with a key that says whose it is. */
function assume(spec: SessionSpec, expiration: number): Promise<Result<RoleSession>> {
  const accessKeyId = `ASIA-${spec.caller.subject}`;
  const session = roleSessionWith({ credentials: { ...credentials, accessKeyId }, expiration });
  return new Promise((resolve) => {
    if (toss()) setImmediate(() => resolve(accept(session)));
    else queueMicrotask(() => resolve(accept(session)));
  });
}

function setUp() {
  const state = { now, assumed: 0 };
  const clock = () => state.now;
  const upstream = new FakeUpstream();
  const gateway = createGateway({
    authorize: createAuthorize(),
    clock,
    matchRoute: createMatchRoute([route]),
    authenticate: (rawHeaders) => {
      const subject = rawHeaders[1] ?? "";
      return Promise.resolve(accept(principalWith({ sub: subject }, { subject })));
    },
    consultAuthorizer: () => Promise.reject(new Error("no route here has an authorizer")),
    obtainSession: createObtainSession({
      roleSessions: {
        assume: (spec) => {
          state.assumed += 1;
          return assume(spec, state.now + 900_000);
        },
      },
      // Room for one session only: the two push each other out all the time.
      sessions: createBoundedMap(1),
      refusals: createBoundedMap(),
      budgets: { get: () => undefined, set: () => undefined },
      clock,
      pause: () => new Promise(() => undefined),
      random: () => 0.5,
    }),
    doubtSession: () => undefined,
    proxy: createProxy({ upstream, clock, bodyBytes: 1024 }),
    sts: () => Promise.reject(new Error("nobody speaks STS's protocol here")),
    handedOut: createBoundedMap(),
  });
  const call = (subject: string) => gateway(inboundWith({ headers: ["authorization", subject] }), {});
  return { state, upstream, call };
}

test("of 10,000 interleaved calls of two callers none is signed with the other's session", async () => {
  const { state, upstream, call } = setUp();
  for (let round = 0; round < 100; round++) {
    const calls = Array.from({ length: 100 }, () => call(toss() ? "alice" : "bob"));
    expect((await Promise.all(calls)).every(({ ok }) => ok)).toBe(true);
    state.now += 60_000;
  }
  expect(upstream.requests).toHaveLength(10_000);
  const signedAs = upstream.requests.map(({ headers }) => {
    const fields = new Map(
      Array.from(headerEntries(headers), ([name, value]) => [name.toLowerCase(), value]),
    );
    const key = /Credential=ASIA-(\w+)\//.exec(fields.get("authorization") ?? "")?.[1];
    return { caller: fields.get("x-caller-sub"), key };
  });
  expect(signedAs.filter(({ caller, key }) => caller === undefined || caller !== key)).toEqual([]);
  expect(new Set(signedAs.map(({ key }) => key))).toEqual(new Set(["alice", "bob"]));
  expect(state.assumed).toBeGreaterThan(50);
});
