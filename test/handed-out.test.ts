// Only credentials that were handed out have a holder: those that a call was relayed with are the gateway's own.
import { createBoundedMap } from "../server/adapters/bounded-map.js";
import { createAuthorize } from "../server/authorize.js";
import type { RoleSession } from "../server/core/model.js";
import { accept } from "../server/core/result.js";
import { createGateway } from "../server/gateway.js";
import { createMatchRoute } from "../server/match-route.js";
import { createProxy } from "../server/proxy.js";
import { accepted } from "./fixtures/outcome.js";
import { now, principalWith } from "./fixtures/principal.js";
import { routeWith } from "./fixtures/route.js";
import { credentials, roleSessionWith } from "./fixtures/session.js";
import { FakeUpstream, inboundWith } from "./fixtures/upstream.js";

function setUp() {
  const handedOut = createBoundedMap<RoleSession>();
  const clock = () => now;
  const gateway = createGateway({
    authorize: createAuthorize(),
    clock,
    matchRoute: createMatchRoute([routeWith("ANY /reports", { name: "reports" })]),
    authenticate: () => Promise.resolve(accept(principalWith())),
    consultAuthorizer: () => Promise.reject(new Error("no route here has an authorizer")),
    obtainSession: () => Promise.resolve(accept(roleSessionWith())),
    doubtSession: () => undefined,
    proxy: createProxy({ upstream: new FakeUpstream(), clock, bodyBytes: 1024 }),
    sts: () => Promise.reject(new Error("nobody speaks STS's protocol here")),
    handedOut,
  });
  return { handedOut, call: (rawTarget: string) => gateway(inboundWith({ rawTarget }), {}) };
}

test("a session that a call was relayed with is not known by its key", async () => {
  const { handedOut, call } = setUp();
  accepted(await call("/reports"));
  expect(handedOut.size).toBe(0);
});

test("the same session is, once the grant door gave it away", async () => {
  const { handedOut, call } = setUp();
  accepted(await call("/reports"));
  accepted(await call("/grant/reports"));
  expect(handedOut.get(credentials.accessKeyId)).toEqual(roleSessionWith());
});
