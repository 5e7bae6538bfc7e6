// A form with its token takes no second one: only a signature may stand beside it, and that by its whole name.
import { createBoundedMap } from "../server/adapters/bounded-map.js";
import { authorize } from "../server/authorize.js";
import { parseRequestTarget } from "../server/core/request-target.js";
import { accept, refuse } from "../server/core/result.js";
import { createSts } from "../server/sts.js";
import { accepted, refused } from "./fixtures/outcome.js";
import { now, principalWith } from "./fixtures/principal.js";
import { routeWith } from "./fixtures/route.js";
import { roleSessionWith } from "./fixtures/session.js";
import { bodyOf, inboundWith } from "./fixtures/upstream.js";

const form = new URLSearchParams({
  Action: "AssumeRoleWithWebIdentity",
  Version: "2011-06-15",
  RoleArn: "arn:aws:iam::123456789012:role/reports-invoker",
  RoleSessionName: "laptop",
  WebIdentityToken: "a.b.c",
}).toString();

function ask(authorization: string) {
  const sts = createSts({
    routes: [routeWith("GET /reports", { name: "reports" })],
    authenticateToken: () => Promise.resolve(accept(principalWith())),
    authorize,
    obtainSession: () => Promise.resolve(accept(roleSessionWith())),
    callerIdentity: () => refuse({ code: "MissingAuthenticationToken", cause: "no signature" }),
    handedOut: createBoundedMap(),
    clock: () => now,
    tokenBytes: 16_384,
    bufferedBytes: 2 ** 20,
  });
  const headers = ["content-type", "application/x-www-form-urlencoded", "authorization", authorization];
  return sts({
    inbound: inboundWith({ headers, rawTarget: "/sts", body: bodyOf(Buffer.from(form)) }),
    target: accepted(parseRequestTarget("/sts")),
    findings: {},
  });
}

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
  expect(refused(await ask(authorization))).toMatchObject({
    reason: "sts_request_refused",
    code: "ValidationError",
  });
});

test("a signature is none", async () => {
  const signature = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/x, SignedHeaders=host, Signature=0";
  expect((await ask(signature)).ok).toBe(true);
});
