import { createHash } from "node:crypto";
import { Abandonment } from "../server/core/abandonment.js";
import type { Findings, Inbound } from "../server/core/inbound.js";
import { headerEntries, headerValues } from "../server/core/raw-headers.js";
import { refuse } from "../server/core/result.js";
import { signRequest } from "../server/core/sigv4.js";
import { createProxy } from "../server/proxy.js";
import { cel } from "./fixtures/expression.js";
import { accepted, refused } from "./fixtures/outcome.js";
import { now, principalWith } from "./fixtures/principal.js";
import { functionUrlTarget, matchOf, routeWith } from "./fixtures/route.js";
import { credentials, roleSessionWith } from "./fixtures/session.js";
import { targetOf } from "./fixtures/target.js";
import { bodyOf, FakeUpstream, inboundWith } from "./fixtures/upstream.js";

const route = routeWith("ANY /reports/{id}", {
  idleTimeoutMs: 30_000,
  headers: [{ name: "x-caller-sub", value: cel("claims.sub") }],
});
const target = targetOf("/reports/7?b=2&a=(1)");

async function proxied(inbound: Partial<Inbound> = {}, claims: Record<string, unknown> = {}) {
  const upstream = new FakeUpstream();
  const proxy = createProxy({ upstream, clock: () => now, bodyBytes: 1024 });
  const match = matchOf(route, "proxy", { id: "7" });
  const principal = principalWith(claims);
  const findings: Findings = {};
  const result = await proxy({
    inbound: inboundWith(inbound),
    findings,
    target,
    match,
    principal,
    session: roleSessionWith(),
  });
  return { result, findings, request: upstream.requests[0], calls: upstream.requests.length };
}

const expectedSignature = signRequest({
  method: "POST",
  host: functionUrlTarget.host,
  target,
  payloadHash: createHash("sha256").update("{}").digest("hex"),
  region: "eu-west-1",
  service: "lambda",
  credentials,
  now,
});

describe("the signed request", () => {
  test("is a bare one: the caller's headers ride along unsigned", async () => {
    const { request } = await proxied({ headers: ["Content-Type", "application/json", "Cookie", "a=b"] });
    expect(request).toMatchObject({
      origin: "https://abc.lambda-url.eu-west-1.on.aws",
      method: "POST",
      path: "/reports/7?b=2&a=%281%29",
      body: Buffer.from("{}"),
      timeoutMs: 900_000,
    });
    const headers = Object.fromEntries(headerEntries(request?.headers ?? []));
    expect(headers).toMatchObject({
      ...Object.fromEntries(headerEntries(expectedSignature)),
      "Content-Type": "application/json",
      Cookie: "a=b",
    });
  });

  test.each([
    ["Authorization", "Bearer the-callers-token"],
    ["X-Amz-Date", "20200101T000000Z"],
    ["x-amz-security-token", "forged"],
    ["X-AMZ-Content-Sha256", "UNSIGNED-PAYLOAD"],
    ["Date", "Wed, 01 Jan 2020 00:00:00 GMT"],
    ["Host", "other.example"],
    ["Connection", "x-amz-date, x-amz-security-token, authorization, host, x-caller-sub"],
  ])("is the same whatever %s the caller sends", async (name, value) => {
    const { request } = await proxied({ headers: [name, value] });
    for (const [field, own] of headerEntries(expectedSignature)) {
      expect(headerValues(request?.headers ?? [], field.toLowerCase())).toEqual([own]);
    }
    expect(JSON.stringify(request?.headers)).not.toContain(value);
    expect(headerValues(request?.headers ?? [], "x-caller-sub")).toEqual(["alice"]);
  });

  test("ends with its caller, and by the route's clocks", async () => {
    const abandonment = new Abandonment();
    const { request } = await proxied({ abandonment });
    expect(request?.abandonment).toBe(abandonment);
    expect(request).toMatchObject({ timeoutMs: 900_000, idleTimeoutMs: 30_000 });
  });
});

describe("identity headers", () => {
  test("carry the token's claim and never what the caller says", async () => {
    const { request } = await proxied(
      { headers: ["X-Caller-Sub", "admin", "x_caller_sub", "admin"] },
      { sub: "花" },
    );
    expect(headerValues(request?.headers ?? [], "x-caller-sub")).toEqual(["%E8%8A%B1"]);
    expect(JSON.stringify(request?.headers)).not.toContain("admin");
  });

  test("that have no value end the call before the body is read", async () => {
    const read = jest.fn();
    const { result, findings, calls } = await proxied(
      { body: { ...bodyOf(Buffer.alloc(0)), read } },
      { sub: 7 },
    );
    expect(refused(result)).toMatchObject({ reason: "claim_unrepresentable", slot: "headers.x-caller-sub" });
    expect([calls, read.mock.calls.length]).toEqual([0, 0]);
    expect(findings.upstream).toBeUndefined();
  });
});

describe("the body", () => {
  test("that is refused reaches no function", async () => {
    const denial = refuse({ reason: "body_too_large", limitBytes: 1024 } as const);
    const asked: number[] = [];
    const read = (limitBytes: number) => {
      asked.push(limitBytes);
      return Promise.resolve(denial);
    };
    const { result, calls } = await proxied({ body: { ...bodyOf(Buffer.alloc(0)), read } });
    expect(refused(result)).toEqual({ reason: "body_too_large", limitBytes: 1024 });
    expect(asked).toEqual([1024]);
    expect(calls).toBe(0);
  });

  test("is signed as it is sent, byte for byte", async () => {
    const bytes = Buffer.from([0, 255, 128, 10]);
    const { request } = await proxied({ body: bodyOf(bytes) });
    expect(request?.body).toBe(bytes);
    expect(headerValues(request?.headers ?? [], "x-amz-content-sha256")).toEqual([
      createHash("sha256").update(bytes).digest("hex"),
    ]);
  });
});

test("an answer passes with its status, its fields and its body untouched", async () => {
  const { result, findings } = await proxied();
  expect(accepted(result)).toMatchObject({ kind: "relayed", status: 200, headers: [] });
  // It ends with its body.
  expect(findings.upstream).toEqual({ startedAt: now, status: 200 });
});

test.each([
  ["where they read the caller alone", [{ name: "x-caller-sub", value: cel("claims.sub") }]],
  ["where they read the path", [{ name: "x-caller-sub", value: cel("claims.sub + route.params.id") }]],
])("identity headers are each call's own, %s", async (_what, headers) => {
  const upstream = new FakeUpstream();
  const proxy = createProxy({ upstream, clock: () => now, bodyBytes: 1024 });
  const ofHeaders = routeWith("ANY /reports/{id}", { headers });
  const principals = ["alice", "bob"].map((sub) => principalWith({ sub }));
  for (const id of ["7", "8"]) {
    for (const principal of principals) {
      const match = matchOf(ofHeaders, "proxy", { id });
      const session = roleSessionWith();
      await proxy({ inbound: inboundWith({}), findings: {}, target, match, principal, session });
    }
  }
  const sent = upstream.requests.map((request) => headerValues(request.headers, "x-caller-sub").join());
  const ids = headers[0]?.value.source.includes("route") ? ["7", "8"] : ["", ""];
  expect(sent).toEqual(ids.flatMap((id) => [`alice${id}`, `bob${id}`]));
});
