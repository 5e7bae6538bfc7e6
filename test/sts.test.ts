// The /sts door alone: in which order it decides, and what it asks of whom. End to end it is in test/gateway/sts-door.
import type { Findings, Inbound } from "../server/core/inbound.js";
import type { Principal, Route } from "../server/core/model.js";
import { parseRequestTarget } from "../server/core/request-target.js";
import { accept, refuse } from "../server/core/result.js";
import { authorize } from "../server/authorize.js";
import { createSts, type StsParts } from "../server/sts.js";
import { createBoundedMap } from "../server/adapters/bounded-map.js";
import { accepted, refused } from "./fixtures/outcome.js";
import { now, principalWith } from "./fixtures/principal.js";
import { routeWith } from "./fixtures/route.js";
import { credentials, roleSessionWith } from "./fixtures/session.js";
import { issuerWith } from "./fixtures/tokens.js";
import { bodyOf, inboundWith } from "./fixtures/upstream.js";

const form = (more: Readonly<Record<string, string>> = {}): Buffer =>
  Buffer.from(
    new URLSearchParams({
      Action: "AssumeRoleWithWebIdentity",
      Version: "2011-06-15",
      RoleArn: "arn:aws:iam::123456789012:role/reports-invoker",
      RoleSessionName: "laptop",
      WebIdentityToken: "a.b.c",
      ...more,
    }).toString(),
  );
const headers = ["content-type", "application/x-www-form-urlencoded"];
const unread = { ...bodyOf(Buffer.alloc(0)), read: () => Promise.reject(new Error("the body was read")) };
const routes: readonly Route[] = [
  routeWith("GET /reports", { name: "reports" }),
  routeWith("GET /relayed", { name: "relayed", doors: new Set(["proxy" as const]) }),
];

interface SetUp {
  readonly parts?: Partial<StsParts>;
  readonly inbound?: Partial<Inbound>;
  readonly path?: string;
}

function call({ parts, inbound, path = "/sts" }: SetUp) {
  const findings: Findings = {};
  const handedOut = createBoundedMap<ReturnType<typeof roleSessionWith>>();
  const sts = createSts({
    routes,
    authenticateToken: () => Promise.resolve(accept(principalWith())),
    authorize,
    obtainSession: () => Promise.resolve(accept(roleSessionWith())),
    callerIdentity: () => refuse({ code: "MissingAuthenticationToken", cause: "no signature" }),
    handedOut,
    clock: () => now,
    tokenBytes: 16_384,
    bufferedBytes: 2 ** 20,
    ...parts,
  });
  const answered = sts({
    inbound: inboundWith({ headers, rawTarget: path, body: bodyOf(form()), ...inbound }),
    target: accepted(parseRequestTarget(path)),
    findings,
  });
  return { findings, handedOut, answered };
}

const xmlOf = async (setUp: SetUp): Promise<string> => {
  const reply = accepted(await call(setUp).answered);
  if (reply.kind !== "own") throw new Error("the door answers itself");
  return reply.body;
};

describe("the body is not read", () => {
  test.each<[string, SetUp, string]>([
    ["of a method that is not POST", { inbound: { method: "GET" } }, "method_not_allowed"],
    ["where the URL has a query", { path: "/sts?x=" }, "query_refused"],
    ["of another type", { inbound: { headers: ["content-type", "text/plain"] } }, "sts_request_refused"],
    ["without a type", { inbound: { headers: [] } }, "sts_request_refused"],
    ["for a route that is not there", { path: "/sts/nothing" }, "route_unknown"],
    ["for a route without the grant door", { path: "/sts/relayed" }, "route_unknown"],
    ["below a route", { path: "/sts/reports/7" }, "route_unknown"],
    ["where no route has the grant door", { parts: { routes: routes.slice(1) } }, "route_unknown"],
  ])("%s", async (_, { inbound, ...setUp }, reason) => {
    const { answered } = call({ ...setUp, inbound: { body: unread, ...inbound } });
    expect(refused(await answered)).toMatchObject({ reason });
  });
});

test("the form has room for the token and 32 KB more", async () => {
  const limits: number[] = [];
  const read = (limitBytes: number) => {
    limits.push(limitBytes);
    return Promise.resolve(refuse({ reason: "body_too_large", limitBytes } as const));
  };
  const { answered } = call({ inbound: { body: { ...unread, read } }, parts: { tokenBytes: 1000 } });
  expect(refused(await answered)).toEqual({ reason: "body_too_large", limitBytes: 33_768 });
  expect(limits).toEqual([33_768]);
});

test("the token goes on as a bearer's, so that one which is bound to a key is refused", async () => {
  const seen: unknown[] = [];
  const authenticateToken: StsParts["authenticateToken"] = (presented) => {
    seen.push(presented);
    return Promise.resolve(refuse({ reason: "token_claim_invalid", cause: "bound" }));
  };
  const { answered } = call({
    parts: { authenticateToken },
    inbound: { headers: [...headers, "dpop", "x"] },
  });
  expect(refused(await answered)).toEqual({ reason: "token_claim_invalid", cause: "bound" });
  expect(seen).toEqual([{ scheme: "Bearer", token: "a.b.c" }]);
});

test("a token in the Authorization header too is asked after nobody", async () => {
  const authenticateToken = () => Promise.reject(new Error("the token was looked at"));
  const { answered } = call({
    parts: { authenticateToken },
    inbound: { headers: [...headers, "authorization", "Bearer a.b.c"] },
  });
  expect(refused(await answered)).toMatchObject({ reason: "sts_request_refused", code: "ValidationError" });
});

test.each([
  "AWS4x",
  "AWS4",
  "AWS4-HMAC-SHA256",
  "AWS4-HMAC-SHA256x y",
  "AWS4-ECDSA-P256-SHA256 Credential=x",
  "AWS3-HMAC-SHA256 x",
  "aws4-hmac-sha256 x",
  "",
])("'%s' beside the form's token is another token", async (authorization) => {
  const { answered } = call({ inbound: { headers: [...headers, "authorization", authorization] } });
  expect(refused(await answered)).toMatchObject({ reason: "sts_request_refused", code: "ValidationError" });
});

test("a signature beside it is none", async () => {
  const signature = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/x, SignedHeaders=host, Signature=0";
  const { answered } = call({ inbound: { headers: [...headers, "authorization", signature] } });
  expect((await answered).ok).toBe(true);
});

test("what is handed out is remembered by its key, and nothing is where nothing was", async () => {
  const given = call({});
  expect((await given.answered).ok).toBe(true);
  expect(given.handedOut.get(credentials.accessKeyId)).toEqual(roleSessionWith());
  const denial = { reason: "session_refused", cause: "no" } as const;
  const none = call({ parts: { obtainSession: () => Promise.resolve(refuse(denial)) } });
  expect(refused(await none.answered)).toBe(denial);
  expect(none.handedOut.size).toBe(0);
});

test.each([
  ["/sts", undefined],
  ["/sts/", undefined],
  ["/sts/reports", "reports"],
  ["/sts/reports/", "reports"],
])("at %s the log's door is sts, and its route %s", async (path, name) => {
  const { findings, answered } = call({ path });
  expect((await answered).ok).toBe(true);
  expect(findings).toMatchObject({ door: "sts", principal: { subject: "alice" }, spec: { rule: "analyst" } });
  expect(findings.route?.name).toBe(name);
});

describe("the answer's Audience", () => {
  const withAudience = (audience: readonly string[] | null, claims: Principal["claims"]): SetUp => ({
    parts: {
      authenticateToken: () =>
        Promise.resolve(accept(principalWith(claims, { issuer: { ...issuerWith(), audience } }))),
    },
  });

  test.each<[string, SetUp, string]>([
    ["the token's", withAudience(["a"], { aud: "a" }), "<Audience>a</Audience>"],
    [
      "of many the one that is meant here",
      withAudience(["b"], { aud: ["a", "b"] }),
      "<Audience>b</Audience>",
    ],
    ["the first where any will do", withAudience(null, { aud: ["a", "b"] }), "<Audience>a</Audience>"],
    ["the client's where it stands in", withAudience(["c"], { client_id: "c" }), "<Audience>c</Audience>"],
  ])("is %s", async (_, setUp, expected) => {
    expect(await xmlOf(setUp)).toContain(expected);
  });

  test("is left out where there is none, as what STS did not say is", async () => {
    const xml = await xmlOf(withAudience(null, { aud: [7] }));
    expect(xml).not.toMatch(/<(?:Audience|PackedPolicySize|AssumedRoleId)>/);
    expect(xml).toContain("<SourceIdentity>");
  });
});

test("claims are text in the answer, whatever they hold", async () => {
  const subject = `</Credentials><X a="&'">]]>\u0000`;
  const xml = await xmlOf({
    parts: { authenticateToken: () => Promise.resolve(accept(principalWith({}, { subject }))) },
  });
  expect(xml).toContain("&lt;/Credentials&gt;&lt;X a=&quot;&amp;&apos;&quot;&gt;]]&gt;\ufffd");
  expect(xml).not.toContain("<X");
});
