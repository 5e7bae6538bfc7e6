// What the proxy makes of Lambda's answers, where the twin cannot be brought to give them.
import type { Findings, RequestBody, Verdict } from "../server/core/inbound.js";
import type { InvokeTarget } from "../server/core/model.js";
import { refuse, type Result } from "../server/core/result.js";
import type { UpstreamReply } from "../server/ports.js";
import { createProxy } from "../server/proxy.js";
import { cel } from "./fixtures/expression.js";
import { accepted, refused } from "./fixtures/outcome.js";
import { now, principalWith } from "./fixtures/principal.js";
import { functionUrlTarget, matchOf, routeWith } from "./fixtures/route.js";
import { roleSessionWith } from "./fixtures/session.js";
import { targetOf } from "./fixtures/target.js";
import { bodyOf, ChunkedBody, FakeUpstream, inboundWith, replyWith } from "./fixtures/upstream.js";

const invokeTarget: InvokeTarget = {
  ...functionUrlTarget,
  ...{ kind: "invoke", mode: "RequestResponse", raw: false, logTail: false },
};

interface Options {
  readonly target?: Partial<InvokeTarget>;
  readonly body?: Partial<RequestBody>;
  readonly claims?: Record<string, unknown>;
}

async function answered(answer: Result<UpstreamReply>, { target, body, claims }: Options = {}) {
  const upstream = new FakeUpstream(answer);
  const findings: Findings = {};
  const result = await createProxy({ upstream, clock: () => now, bodyBytes: 6_291_456 })({
    inbound: inboundWith({ body: { ...bodyOf(Buffer.from("{}")), ...body } }),
    findings,
    target: targetOf("/a"),
    match: matchOf(routeWith("$default", { target: { ...invokeTarget, ...target } })),
    principal: principalWith(claims),
    session: roleSessionWith(),
  });
  return { result, call: findings.upstream, sent: upstream.requests };
}

const payload = (...chunks: string[]) => replyWith({ body: new ChunkedBody(chunks) });

test("a payload that comes in pieces is read whole, and counts while it is held", async () => {
  const held: number[] = [];
  const hold: RequestBody["hold"] = (bytes) => {
    held.push(bytes);
    return { ok: true, value: undefined };
  };
  const { result } = await answered(payload('{"statusCode":', '404,"body":"no"}'), { body: { hold } });
  expect(accepted(result)).toMatchObject({ kind: "relayed", status: 404 });
  expect(held.slice(1)).toEqual([14, 16]);
});

test("where there is no room for a payload, the call is refused and the rest let go", async () => {
  let left = 1;
  const full = { reason: "overloaded", cause: "full", retryAfterSeconds: 1 } as const;
  const hold: RequestBody["hold"] = () => (left-- > 0 ? { ok: true, value: undefined } : refuse(full));
  const body = new ChunkedBody(["{", "}", "never read"]);
  const { result, call } = await answered(replyWith({ body }), { body: { hold } });
  expect(refused(result)).toBe(full);
  expect(body.written).toBe(1);
  expect(call?.ended?.verdict).toBe("complete");
});

test("a payload of more than Lambda gives is refused", async () => {
  const { result } = await answered(payload(" ".repeat(6_291_556), "1"));
  expect(refused(result)).toMatchObject({ reason: "function_failed" });
  expect(accepted((await answered(payload(" ".repeat(6_291_555), "1"))).result)).toMatchObject({
    status: 200,
  });
});

test.each<[InvokeTarget["mode"], number]>([
  ["Event", 202],
  ["DryRun", 204],
])("of an acknowledgement (%s) nothing is read", async (mode, status) => {
  const body = new ChunkedBody(["what", "never", "ends"]);
  const { result, call } = await answered(replyWith({ status, body }), { target: { mode } });
  expect(accepted(result).status).toBe(status);
  expect([body.written, call?.ended?.verdict]).toEqual([1, "complete"]);
});

/** A body that ends in this way after its first bytes. */
class BrokenBody extends ChunkedBody {
  constructor(private readonly verdict: Verdict) {
    super(["{"]);
  }
  override async relay(...[sink]: Parameters<ChunkedBody["relay"]>): Promise<Verdict> {
    await super.relay(sink);
    return this.verdict;
  }
}

test.each<[Verdict, object]>([
  ["truncated", { reason: "upstream_unreachable", cause: "the payload broke off" }],
  ["function_error", { reason: "upstream_unreachable", cause: "the payload broke off" }],
  ["timed_out", { reason: "upstream_timeout", timeoutMs: 900_000 }],
  ["client_gone", { reason: "client_gone" }],
  ["drained", { reason: "draining" }],
])("a payload that is not whole (%s) is no answer", async (verdict, denial) => {
  const { result, call } = await answered(replyWith({ body: new BrokenBody(verdict) }));
  expect(refused(result)).toEqual(denial);
  expect(call?.ended).toEqual({ at: now, verdict });
});

test.each<[Partial<InvokeTarget>, number]>([
  [{}, 202],
  [{}, 302],
  [{}, 500],
  [{ mode: "Event" }, 200],
  [{ mode: "DryRun" }, 200],
  [{ mode: "ResponseStream" }, 202],
])("with %j, an unnamed %i is not taken for an answer", async (target, status) => {
  const { result } = await answered(replyWith({ status }), { target });
  expect(refused(result)).toEqual({
    reason: "upstream_refused",
    cause: `Lambda's API answered with ${status}`,
  });
});

test("a raw payload passes with its length, and nothing else of Lambda's but what names the call", async () => {
  const headers = [
    ...[
      "Content-Type",
      "application/json",
      "Content-Length",
      "2",
      "X-Amz-Log-Result",
      "c2VjcmV0",
      "Date",
      "x",
    ],
    ...["X-Amz-Executed-Version", "7", "x-amzn-RequestId", "r-1", "Set-Cookie", "a=1"],
  ];
  const { result, call } = await answered(replyWith({ headers }), { target: { raw: true } });
  expect(accepted(result)).toMatchObject({
    headers: [
      ...["content-type", "application/json", "x-amz-executed-version", "7", "x-amzn-requestid", "r-1"],
      ...["content-length", "2"],
    ],
  });
  expect(call?.logTail).toBe("secret");
});

test("a tenant that has no form ends the call before the body is read", async () => {
  const read = jest.fn();
  const options = { target: { tenantId: cel("claims.tenant") }, claims: { tenant: "a,b" }, body: { read } };
  const { result, sent } = await answered(payload("{}"), options);
  expect(refused(result)).toMatchObject({ reason: "claim_unrepresentable", slot: "target.tenantId" });
  expect([read.mock.calls.length, sent.length]).toEqual([0, 0]);
});
