import fc from "fast-check";
import type { Inbound } from "../../server/core/inbound.js";
import type { InvokeMode, InvokeTarget, Target } from "../../server/core/model.js";
import { bodyLimit, eventLimit, outgoingCall } from "../../server/core/outgoing-call.js";
import { headerEntries } from "../../server/core/raw-headers.js";
import { accept, refuse, type Result } from "../../server/core/result.js";
import { signRequest } from "../../server/core/sigv4.js";
import { accepted, refused } from "../fixtures/outcome.js";
import { now } from "../fixtures/principal.js";
import { functionUrlTarget } from "../fixtures/route.js";
import { credentials, roleSessionWith } from "../fixtures/session.js";
import { targetOf } from "../fixtures/target.js";
import { bodyOf, inboundWith } from "../fixtures/upstream.js";

const invokeTarget: InvokeTarget = {
  kind: "invoke",
  origin: "https://lambda.eu-west-1.amazonaws.com",
  host: "lambda.eu-west-1.amazonaws.com",
  region: "eu-west-1",
  service: "lambda",
  functionArn: "arn:aws:lambda:eu-west-1:123456789012:function:reports:live",
  mode: "RequestResponse",
  raw: false,
  logTail: false,
};

interface Options {
  readonly upstream?: Partial<InvokeTarget>;
  readonly inbound?: Partial<Inbound>;
  readonly body?: Buffer;
  readonly target?: string;
  readonly tenantId?: string;
}

const callOf = ({ upstream, inbound, body = Buffer.alloc(0), target = "/a", tenantId }: Options = {}) =>
  outgoingCall({
    inbound: inboundWith(inbound),
    target: targetOf(target),
    upstream: { ...invokeTarget, ...upstream },
    caller: { identity: [], tenantId },
    body,
    session: roleSessionWith(),
    now,
  });

const encoded = "arn%3Aaws%3Alambda%3Aeu-west-1%3A123456789012%3Afunction%3Areports%3Alive";

test.each<[InvokeMode, string, string]>([
  ["RequestResponse", `/2015-03-31/functions/${encoded}/invocations`, "RequestResponse"],
  ["Event", `/2015-03-31/functions/${encoded}/invocations`, "Event"],
  ["DryRun", `/2015-03-31/functions/${encoded}/invocations`, "DryRun"],
  ["ResponseStream", `/2021-11-15/functions/${encoded}/response-streaming-invocations`, "RequestResponse"],
])("%s is one request to Lambda's API", (mode, wire, type) => {
  const { method, target, amzFields } = accepted(callOf({ upstream: { mode } }));
  expect([method, target.wire]).toEqual(["POST", wire]);
  // AWS encodes the path it gets once more before it signs.
  expect(target.canonicalPath).toBe(wire.replaceAll("%", "%25"));
  expect(amzFields).toEqual([["x-amz-invocation-type", type]]);
});

test("an invocation has the same path for every call of a route", () => {
  const target = () =>
    accepted(
      outgoingCall({
        ...{ upstream: invokeTarget, body: Buffer.alloc(0), now, session: roleSessionWith() },
        ...{ inbound: inboundWith(), target: targetOf("/"), caller: { identity: [], tenantId: undefined } },
      }),
    ).target;
  expect(target()).toBe(target());
});

test("a log and a tenant are asked for where the route says so", () => {
  const { amzFields } = accepted(callOf({ upstream: { logTail: true }, tenantId: "acme" }));
  expect(amzFields).toEqual([
    ["x-amz-invocation-type", "RequestResponse"],
    ["x-amz-log-type", "Tail"],
    ["x-amz-tenant-id", "acme"],
  ]);
});

test("nothing that a caller sends changes which function is called, or how", () => {
  const names = fc.oneof(
    fc.constantFrom("X-Amz-Invocation-Type", "X-Amz-Log-Type", "X-Amz-Tenant-Id", "X-Amz-Client-Context"),
    fc.constantFrom("X-Amz-Durable-Execution-Name", "x_amz_tenant_id", "Host", "Content-Type", "Connection"),
    fc.constantFrom("Authorization", "X-Amz-Target", "Content-Length", "Transfer-Encoding"),
  );
  const headers = fc.array(fc.tuple(names, fc.stringMatching(/^[\x21-\x7e]{1,20}$/)), { maxLength: 10 });
  const paths = fc.array(fc.stringMatching(/^[\w%:-]{1,10}$/), { maxLength: 4 });
  fc.assert(
    fc.property(
      headers,
      paths,
      fc.constantFrom("GET", "POST", "PURGE"),
      fc.uint8Array(),
      fc.option(fc.stringMatching(/^[\w.:/=+@-]{1,20}$/), { nil: undefined }),
      fc.boolean(),
      (fields, segments, method, body, tenantId, raw) => {
        const path = `/${segments.map(encodeURIComponent).join("/")}?Qualifier=other`;
        const inbound = { method, headers: fields.flat() };
        const options = { inbound, body: Buffer.from(body), target: path, ...(tenantId && { tenantId }) };
        const call = accepted(callOf({ ...options, upstream: { raw } }));
        const bare = accepted(callOf());
        expect([call.method, call.target]).toEqual([bare.method, bare.target]);
        const signed = ["Host", invokeTarget.host, "X-Amz-Date", "now"];
        expect(call.headers(signed)).toEqual([...signed, "content-type", "application/json"]);
        const tenant = tenantId === undefined ? [] : [["x-amz-tenant-id", tenantId]];
        expect(call.amzFields).toEqual([["x-amz-invocation-type", "RequestResponse"], ...tenant]);
      },
    ),
  );
});

test("all its X-Amz- fields are signed", () => {
  const { target, amzFields } = accepted(callOf({ upstream: { logTail: true }, tenantId: "a b" }));
  const signed = Object.fromEntries(
    headerEntries(
      signRequest({
        ...{ method: "POST", host: invokeTarget.host, target, payloadHash: "0".repeat(64) },
        ...{ region: "eu-west-1", service: "lambda", credentials, amzFields, now },
      }),
    ),
  );
  const names = Object.keys(signed).map((name) => name.toLowerCase());
  for (const name of names.filter((each) => each.startsWith("x-amz-"))) {
    expect(signed.Authorization?.split(/[=;,]/)).toContain(name);
  }
  expect(names).toContain("x-amz-tenant-id");
});

describe("how large it may be", () => {
  const text = ["Content-Type", "text/plain"];
  const eventOf = (body: string, mode: InvokeMode) =>
    callOf({ body: Buffer.from(body), inbound: { headers: text }, upstream: { mode } });
  /** A body that makes an event of just so many bytes. */
  const bodyFor = (bytes: number, mode: InvokeMode) => {
    const envelope = accepted(eventOf("x".repeat(1_000_000), mode)).body.length - 1_000_000;
    return "x".repeat(bytes - envelope + (String(bytes - envelope).length - 7) * -1);
  };

  test.each<InvokeMode>(["RequestResponse", "Event", "ResponseStream"])("just enough for %s", (mode) => {
    const limitBytes = eventLimit(mode);
    const body = bodyFor(limitBytes, mode);
    expect(accepted(eventOf(body, mode)).body.length).toBe(limitBytes);
    expect(refused(eventOf(`${body}x`, mode))).toEqual({
      reason: "body_too_large",
      limitBytes,
      counted: "event",
    });
  });

  test("is Lambda's: 1 MB for what runs later, 6 MB where somebody waits", () => {
    expect(eventLimit("Event")).toBe(1_048_576);
    expect(eventLimit("RequestResponse")).toBe(6_291_456);
    expect(bodyLimit({ ...invokeTarget, mode: "Event" }, 6_291_456)).toBe(1_048_576);
    expect(bodyLimit(invokeTarget, 1000)).toBe(1000);
    expect(bodyLimit(functionUrlTarget, 10_000_000)).toBe(10_000_000);
  });

  test("counts among all that is held, and is refused where there is no room", () => {
    const held: number[] = [];
    const hold = (bytes: number): Result<undefined> => {
      held.push(bytes);
      return held.length > 1 ? refuse(full) : accept(undefined);
    };
    const full = { reason: "overloaded", cause: "full", retryAfterSeconds: 1 } as const;
    const inbound = { body: { ...bodyOf(Buffer.alloc(0)), hold } };
    const { body } = accepted(callOf({ inbound }));
    expect(held).toEqual([body.length]);
    expect(refused(callOf({ inbound }))).toBe(full);
  });
});

describe("raw", () => {
  const raw = (body: string) =>
    accepted(callOf({ upstream: { raw: true }, body: Buffer.from(body) })).body.toString();
  test("the body is the event, as it is", () => {
    expect(raw('{"a": 1}')).toBe('{"a": 1}');
  });
  test("no body is an empty object", () => {
    expect(raw("")).toBe("{}");
  });
});

describe("to a function URL or a stage", () => {
  const stage = { ...functionUrlTarget, kind: "executeApi", basePath: "/prod", stageArn: "" } as const;

  test.each<[Target, string]>([
    [functionUrlTarget, "/a?b=1"],
    [stage, "/prod/a?b=1"],
  ])("the request goes as it came, below the stage's path (%#)", (upstream, wire) => {
    const body = Buffer.from("x");
    const call = accepted(
      outgoingCall({
        ...{ upstream, body, now, session: roleSessionWith(), target: targetOf("/a?b=1") },
        inbound: inboundWith({ method: "PUT", headers: ["Accept", "text/plain", "x-amz-date", "forged"] }),
        caller: { identity: [["x-caller-sub", "alice"]], tenantId: undefined },
      }),
    );
    expect([call.method, call.target.wire, call.body, call.amzFields]).toEqual([
      "PUT",
      wire,
      body,
      undefined,
    ]);
    expect(call.headers(["host", "a"]).slice(0, 6)).toEqual([
      ...["host", "a", "Accept", "text/plain"],
      ...["x-caller-sub", "alice"],
    ]);
  });

  test("the body may have what the gateway takes", () => {
    expect(bodyLimit(functionUrlTarget, 7)).toBe(7);
    expect(bodyLimit({ ...invokeTarget, mode: "Event" }, 6_291_456)).toBe(1_048_576);
  });
});
