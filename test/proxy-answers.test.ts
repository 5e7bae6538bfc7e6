import { refuse, type Result } from "../server/core/result.js";
import type { UpstreamReply } from "../server/ports.js";
import { createProxy } from "../server/proxy.js";
import { accepted, refused } from "./fixtures/outcome.js";
import { now, principalWith } from "./fixtures/principal.js";
import { matchOf, routeWith } from "./fixtures/route.js";
import { credentials, roleSessionWith } from "./fixtures/session.js";
import { targetOf } from "./fixtures/target.js";
import { ChunkedBody, FakeUpstream, inboundWith, replyWith } from "./fixtures/upstream.js";

const answered = (answer: Result<UpstreamReply>, ownsCors = false) =>
  createProxy({ upstream: new FakeUpstream(answer), clock: () => now, bodyBytes: 1024, ownsCors })({
    inbound: inboundWith(),
    target: targetOf("/"),
    match: matchOf(routeWith("$default")),
    principal: principalWith(),
    session: roleSessionWith(),
  });

const awsReply = (status: number, errorType: string, ...chunks: string[]) =>
  replyWith({ status, headers: ["x-amzn-ErrorType", errorType], body: new ChunkedBody(chunks) });

describe("what the function answers", () => {
  test.each([200, 201, 301, 400, 401, 403, 404, 429, 500, 502, 503])(
    "passes with status %i",
    async (status) => {
      const body = new ChunkedBody(["no"]);
      const headers = ["Content-Type", "text/plain", "Set-Cookie", "a=1", "Set-Cookie", "b=2"];
      const reply = accepted(await answered(replyWith({ status, headers, body })));
      expect(reply).toEqual({ kind: "relayed", status, headers, body });
      expect(body.written).toBe(0);
    },
  );

  test("passes without its CORS fields where the gateway answers for CORS", async () => {
    const headers = ["access-control-allow-origin", "*", "etag", "x"];
    expect(accepted(await answered(replyWith({ headers }), true)).headers).toEqual(["etag", "x"]);
  });

  test("passes where a success carries the field by which AWS's refusals are known", async () => {
    expect(accepted(await answered(awsReply(200, "copied by the function", "hello"))).status).toBe(200);
  });
});

describe("what AWS refuses", () => {
  test.each([403, 400, 404, 500, 502, 503, 504])("with %i is ours to translate", async (status) => {
    const message = '{"Message":"Forbidden. For troubleshooting ..."}';
    expect(refused(await answered(awsReply(status, "AccessDeniedException", message)))).toEqual({
      reason: "upstream_refused",
      cause: `${status} AccessDeniedException: ${message}`,
    });
  });

  test("with 429 asks the caller to wait", async () => {
    const message =
      '{"Reason":"ReservedFunctionConcurrentInvocationLimitExceeded","message":"Rate Exceeded."}';
    expect(refused(await answered(awsReply(429, "TooManyRequestsException", message)))).toEqual({
      reason: "rate_exceeded",
      cause: `429 TooManyRequestsException: ${message}`,
      retryAfterSeconds: 1,
    });
  });

  test("is read for 1,024 characters and then let go, however long it goes on", async () => {
    function* endless() {
      for (;;) yield "x".repeat(100);
    }
    const body = new ChunkedBody(endless());
    const reply = replyWith({ status: 403, headers: ["x-amzn-errortype", "E"], body });
    const denial = refused(await answered(reply));
    expect(denial).toEqual({ reason: "upstream_refused", cause: `403 E: ${"x".repeat(1024)}` });
    expect(body.written).toBe(11);
  });

  test("never brings the session token into the log: AWS quotes its canonical request", async () => {
    const first = "The request signature we calculated does not match the signature you provided.";
    const canonical = `The Canonical String for this request should have been\n'GET\n/\n\nx-amz-security-token:${credentials.sessionToken}`;
    for (const chunks of [
      [JSON.stringify({ message: `${first}\n\n${canonical}` })],
      [`${first}\n${canonical}`],
    ]) {
      const denial = refused(await answered(awsReply(403, "InvalidSignatureException", ...chunks)));
      expect(JSON.stringify(denial)).not.toContain(credentials.sessionToken.slice(0, 12));
      expect(JSON.stringify(denial)).toContain(first);
    }
  });
});

test.each([
  [{ reason: "upstream_unreachable", cause: "ECONNREFUSED" } as const],
  [{ reason: "upstream_timeout", timeoutMs: 1000 } as const],
  [{ reason: "client_gone" } as const],
])("a call that came to nothing says why: %j", async (denial) => {
  expect(refused(await answered(refuse(denial)))).toEqual(denial);
});
