import type { Findings } from "../server/core/inbound.js";
import type { Route } from "../server/core/model.js";
import { refuse, type Result } from "../server/core/result.js";
import type { UpstreamReply } from "../server/ports.js";
import { createProxy } from "../server/proxy.js";
import { accepted, refused } from "./fixtures/outcome.js";
import { now, principalWith } from "./fixtures/principal.js";
import { functionUrlTarget, matchOf, routeWith } from "./fixtures/route.js";
import { credentials, roleSessionWith } from "./fixtures/session.js";
import { targetOf } from "./fixtures/target.js";
import { ChunkedBody, FakeUpstream, inboundWith, replyWith } from "./fixtures/upstream.js";

/** By a clock that goes on a second between two looks at it. */
async function answered(answer: Result<UpstreamReply>, overrides: Partial<Route> = {}, method = "GET") {
  let seconds = 0;
  const clock = () => now + 1000 * seconds++;
  const findings: Findings = {};
  const result = await createProxy({ upstream: new FakeUpstream(answer), clock, bodyBytes: 1024 })({
    inbound: inboundWith({ method }),
    findings,
    target: targetOf("/"),
    match: matchOf(routeWith("$default", overrides)),
    principal: principalWith(),
    session: roleSessionWith(),
  });
  return { result, upstream: findings.upstream };
}

const awsReply = (status: number, errorType: string, ...chunks: string[]) =>
  replyWith({ status, headers: ["x-amzn-ErrorType", errorType], body: new ChunkedBody(chunks) });

describe("what the function answers", () => {
  test.each([200, 201, 301, 400, 401, 403, 404, 429, 500, 502, 503])(
    "passes with status %i",
    async (status) => {
      const body = new ChunkedBody(["no"]);
      const headers = ["Content-Type", "text/plain", "Set-Cookie", "a=1", "Set-Cookie", "b=2"];
      const reply = accepted((await answered(replyWith({ status, headers, body }))).result);
      expect(reply).toEqual({ kind: "relayed", status, headers, body });
      expect(body.written).toBe(0);
    },
  );

  test("passes without its CORS fields where the gateway answers for CORS", async () => {
    const headers = ["access-control-allow-origin", "*", "etag", "x"];
    const cors = { origins: ["*"], credentials: false, maxAgeSeconds: 600 };
    expect(accepted((await answered(replyWith({ headers }), { cors })).result).headers).toEqual([
      "etag",
      "x",
    ]);
  });

  test("passes where a success carries the field by which AWS's refusals are known", async () => {
    const { result } = await answered(awsReply(200, "copied by the function", "hello"));
    expect(accepted(result).status).toBe(200);
  });
});

describe("an event stream", () => {
  const headers = ["Content-Type", "text/event-stream; charset=utf-8"];
  const passed = async (status: number, fields: string[], method?: string) => {
    const reply = replyWith({ status, headers: fields });
    return accepted((await answered(reply, { heartbeatMs: 15_000 }, method)).result);
  };

  test("is known by its type, and may be added to as the route says", async () => {
    const { requestId } = inboundWith();
    expect(await passed(200, headers)).toMatchObject({ eventStream: { requestId, heartbeatMs: 15_000 } });
  });

  test.each<[string, number, string[], string]>([
    ["with a length", 200, [...headers, "Content-Length", "10"], "GET"],
    ["with a coding", 200, [...headers, "Content-Encoding", "gzip"], "GET"],
    ["of another type", 200, ["content-type", "text/event-stream-x"], "GET"],
    ["that answers HEAD", 200, headers, "HEAD"],
    ["with 204", 204, headers, "GET"],
    ["with 304", 304, headers, "GET"],
  ])("%s is left as it is", async (_what, status, fields, method) => {
    expect(await passed(status, fields, method)).not.toHaveProperty("eventStream");
  });
});

describe("what AWS refuses", () => {
  test.each([403, 400, 404, 500, 502, 503, 504])("with %i is ours to translate", async (status) => {
    const message = '{"Message":"Forbidden. For troubleshooting ..."}';
    const { result, upstream } = await answered(awsReply(status, "AccessDeniedException", message));
    expect(refused(result)).toEqual({
      reason: "upstream_refused",
      cause: `${status} AccessDeniedException: ${message}`,
    });
    const ended = { at: now + 2000, verdict: "complete" };
    expect(upstream).toEqual({ startedAt: now + 1000, status, ended });
  });

  test("with 429 asks the caller to wait", async () => {
    const message =
      '{"Reason":"ReservedFunctionConcurrentInvocationLimitExceeded","message":"Rate Exceeded."}';
    const { result } = await answered(awsReply(429, "TooManyRequestsException", message));
    expect(refused(result)).toEqual({
      reason: "rate_exceeded",
      cause: `429 TooManyRequestsException: ${message}`,
      retryAfterSeconds: 1,
    });
  });

  test("with 413 says how much Lambda takes: a body of 5 MB that is no text is more as an event", async () => {
    const { result } = await answered(awsReply(413, "RequestEntityTooLargeException", "too large"));
    expect(refused(result)).toEqual({ reason: "body_too_large", limitBytes: 6_291_456, counted: "event" });
  });

  test.each([
    ["7", 7],
    ["3600", 3600],
    ["3601", 3600],
    ["999999999", 3600],
    ["9999999999", 1],
    ["0", 0],
    ["-7", 1],
    ["1.5", 1],
    ["Fri, 31 Dec 1999 23:59:59 GMT", 1],
    ["", 1],
  ])("with 429 and Retry-After %j asks for %i seconds", async (value, retryAfterSeconds) => {
    const headers = ["x-amzn-errortype", "TooManyRequestsException", "Retry-After", value];
    const { result } = await answered(replyWith({ status: 429, headers }));
    expect(refused(result)).toMatchObject({ reason: "rate_exceeded", retryAfterSeconds });
  });

  const stage: Partial<Route> = {
    target: { ...functionUrlTarget, kind: "executeApi", basePath: "/prod", stageArn: "" },
  };
  const outOfTime = '{"message": "Endpoint request timed out"}';

  test("is a timeout where API Gateway waited for its integration in vain", async () => {
    const { result, upstream } = await answered(
      awsReply(504, "InternalServerErrorException", outOfTime),
      stage,
    );
    expect(refused(result)).toEqual({
      reason: "upstream_timeout",
      cause: `504 InternalServerErrorException: ${outOfTime}`,
    });
    expect(upstream?.ended?.verdict).toBe("timed_out");
  });

  test("is read for 1,024 characters and then let go, however long it goes on", async () => {
    function* endless() {
      for (;;) yield "x".repeat(100);
    }
    const body = new ChunkedBody(endless());
    const reply = replyWith({ status: 403, headers: ["x-amzn-errortype", "E"], body });
    const { result, upstream } = await answered(reply);
    expect(refused(result)).toEqual({ reason: "upstream_refused", cause: `403 E: ${"x".repeat(1024)}` });
    expect(body.written).toBe(11);
    // It was us who left.
    expect(upstream?.ended?.verdict).toBe("complete");
  });

  test("never brings the session token into the log: AWS quotes its canonical request", async () => {
    const first = "The request signature we calculated does not match the signature you provided.";
    const canonical = `The Canonical String for this request should have been\n'GET\n/\n\nx-amz-security-token:${credentials.sessionToken}`;
    for (const chunks of [
      [JSON.stringify({ message: `${first}\n\n${canonical}` })],
      [`${first}\n${canonical}`],
    ]) {
      const { result } = await answered(awsReply(403, "InvalidSignatureException", ...chunks));
      const denial = refused(result);
      expect(JSON.stringify(denial)).not.toContain(credentials.sessionToken.slice(0, 12));
      expect(JSON.stringify(denial)).toContain(first);
    }
  });
});

test.each([
  [{ reason: "upstream_unreachable", cause: "ECONNREFUSED" } as const, "truncated"],
  [{ reason: "upstream_timeout", timeoutMs: 1000 } as const, "timed_out"],
  [{ reason: "client_gone" } as const, "client_gone"],
  [{ reason: "draining" } as const, "drained"],
])("a call that came to nothing says why, and when it ended: %j is %s", async (denial, verdict) => {
  const { result, upstream } = await answered(refuse(denial));
  expect(refused(result)).toEqual(denial);
  expect(upstream).toEqual({ startedAt: now + 1000, ended: { at: now + 2000, verdict } });
});
