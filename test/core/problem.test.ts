import type { Denial, Reason } from "../../server/core/denial.js";
import { internalError, problemBody, problemHeaders, problemOf } from "../../server/core/problem.js";

const secret = "what the operator alone may read";
const retryAfterSeconds = 2.2;
const algs = 'algs="RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512"';
const dpop = (error: string) => ({ "www-authenticate": `DPoP realm="grantway", error="${error}", ${algs}` });
const invalidToken = `Bearer realm="grantway", error="invalid_token", ${dpop("invalid_token")["www-authenticate"]}`;

type Row = readonly [data: object, status: number, headers: Record<string, string>];
const badToken: Row = [{ cause: secret }, 401, { "www-authenticate": invalidToken }];
const scopes = 'Bearer realm="grantway", error="insufficient_scope", scope="reports:read reports:all"';

// Does not compile until every reason has its row.
const table: Readonly<Record<Reason, Row>> = {
  // RFC 6750 3.1: a bare challenge, and nothing more.
  credentials_missing: [{}, 401, { "www-authenticate": 'Bearer realm="grantway"' }],
  request_malformed: [
    { cause: secret },
    400,
    { "www-authenticate": 'Bearer realm="grantway", error="invalid_request"' },
  ],
  token_malformed: badToken,
  token_issuer_unknown: badToken,
  token_algorithm_refused: badToken,
  token_key_unknown: badToken,
  token_signature_invalid: badToken,
  token_expired: badToken,
  token_not_yet_valid: badToken,
  token_audience_invalid: badToken,
  token_claim_invalid: badToken,
  proof_invalid: [{ cause: secret }, 401, dpop("invalid_dpop_proof")],
  proof_nonce_required: [
    { cause: secret, nonce: "n1" },
    401,
    { ...dpop("use_dpop_nonce"), "dpop-nonce": "n1" },
  ],
  identity_missing: [
    { cause: secret, scheme: "Custom" },
    401,
    { "www-authenticate": 'Custom realm="grantway"' },
  ],
  identity_malformed: [{ cause: secret }, 400, {}],
  authorizer_unauthorized: [
    { cause: secret, scheme: "Bearer" },
    401,
    { "www-authenticate": 'Bearer realm="grantway"' },
  ],
  authorizer_denied: [{ cause: secret }, 403, {}],
  authorizer_failed: [{ cause: secret }, 500, {}],
  authorizer_unavailable: [{ cause: secret, retryAfterSeconds }, 503, { "retry-after": "3" }],
  scope_insufficient: [{ scopes: ["reports:read", "reports:all"] }, 403, { "www-authenticate": scopes }],
  role_not_granted: [{ cause: secret }, 403, {}],
  claim_unrepresentable: [{ slot: secret, cause: secret }, 403, {}],
  session_refused: [{ cause: secret }, 403, {}],
  sts_request_refused: [{ code: "ValidationError", cause: secret }, 400, {}],
  sts_signature_refused: [{ code: "ExpiredToken", cause: secret }, 400, {}],
  sts_route_ambiguous: [{ cause: secret }, 400, {}],
  session_too_large: [{ slot: secret, cause: secret }, 403, {}],
  route_unknown: [{ door: "grant", cause: secret }, 404, {}],
  route_unnamed: [{ cause: secret }, 404, {}],
  query_refused: [
    { cause: secret },
    400,
    { "www-authenticate": 'Bearer realm="grantway", error="invalid_request"' },
  ],
  method_not_allowed: [{ allow: ["GET", "POST"] }, 405, { allow: "GET, POST" }],
  target_invalid: [{ cause: secret }, 400, {}],
  request_timeout: [{}, 408, {}],
  body_too_large: [{ limitBytes: 6_291_456 }, 413, {}],
  payload_invalid: [{ cause: secret }, 400, {}],
  invocation_denied: [{ cause: secret }, 403, {}],
  function_failed: [{ cause: secret }, 502, {}],
  expectation_unknown: [{}, 417, {}],
  upgrade_refused: [{}, 501, {}],
  headers_too_large: [{}, 431, {}],
  client_gone: [{}, 499, {}],
  draining: [{}, 503, { "retry-after": "1" }],
  rate_exceeded: [{ cause: secret, retryAfterSeconds }, 429, { "retry-after": "3" }],
  overloaded: [{ cause: secret, retryAfterSeconds }, 503, { "retry-after": "3" }],
  keys_unavailable: [{ cause: secret, retryAfterSeconds }, 503, { "retry-after": "3" }],
  sts_throttled: [{ cause: secret, retryAfterSeconds }, 503, { "retry-after": "3" }],
  sts_unavailable: [{ cause: secret, retryAfterSeconds: 0 }, 503, { "retry-after": "1" }],
  upstream_unreachable: [{ cause: secret }, 502, {}],
  upstream_refused: [{ cause: secret }, 502, {}],
  upstream_timeout: [{ timeoutMs: 1, cause: secret }, 504, {}],
};
const reasons = Object.keys(table) as Reason[];
const problemFor = (reason: Reason) => problemOf({ reason, ...table[reason][0] } as Denial);
const isOfToken = (reason: Reason) => reason.startsWith("token_");

describe("problemOf", () => {
  test.each(reasons)("%s", (reason) => {
    const problem = problemFor(reason);
    const [, status, headers] = table[reason];
    expect({ status: problem.status, headers: problem.headers }).toEqual({ status, headers });
    expect(JSON.stringify(problem)).not.toContain(secret);
    expect(problem.code).toBe(isOfToken(reason) ? "token_invalid" : reason);
  });

  test("speaks of no function where a stage of API Gateway may have refused", () => {
    expect(problemFor("upstream_refused").detail).toBe("AWS refused the call.");
  });

  test("says of a rate whose limit has any window when to come back, as Retry-After does", () => {
    expect(problemFor("rate_exceeded")).toMatchObject({
      detail: "Too many requests. Try again in 3 s.",
      headers: { "retry-after": "3" },
    });
  });

  test.each(["tags.tenant", "headers.x-tenant", "target.tenantId", "rateLimits[per-tenant].key"])(
    "says of a claim for %s what is true of every slot, and neither slot nor value",
    (slot) => {
      const cause = "claims.tenant is [1,2]";
      expect(problemOf({ reason: "claim_unrepresentable", slot, cause }).detail).toBe(
        "A claim that this route needs is missing, or has no form that can be used.",
      );
    },
  );

  test("says whether it is the body or the event made of it that is too large", () => {
    const detailOf = (counted?: "event") =>
      problemOf({ reason: "body_too_large", limitBytes: 7, ...(counted && { counted }) }).detail;
    expect(detailOf()).toBe("The body may have 7 bytes.");
    expect(detailOf("event")).toMatch(/^The event made of this request may have 7 bytes of JSON/);
  });

  test("says at the grant door what was asked for by name, and elsewhere that no route fits", () => {
    expect(problemOf({ reason: "route_unknown", door: "grant" }).detail).toBe(
      "No route that grants credentials has this name.",
    );
    expect(problemOf({ reason: "route_unknown" }).detail).toBe("No route matches this request.");
  });

  test("tells a prober one and the same of every bad token", () => {
    const problems = reasons.filter(isOfToken).map(problemFor);
    expect(problems).toHaveLength(9);
    for (const problem of problems) expect(problem).toEqual(problems[0]);
  });
});

describe("problemBody", () => {
  test("is RFC 9457, with the request as its instance", () => {
    expect(problemBody(problemOf({ reason: "route_unknown" }), "c0ffee")).toEqual({
      type: "urn:grantway:problem:route_unknown",
      title: "Not Found",
      status: 404,
      detail: "No route matches this request.",
      instance: "urn:uuid:c0ffee",
    });
  });

  test("says nothing of an exception but where to look", () => {
    expect(problemBody(internalError, "c0ffee")).toMatchObject({
      type: "urn:grantway:problem:internal_error",
      status: 500,
    });
  });
});

test("a problem's answer is never stored, and keeps the problem's own fields", () => {
  expect(problemHeaders(problemOf({ reason: "credentials_missing" }))).toEqual({
    "www-authenticate": 'Bearer realm="grantway"',
    "content-type": "application/problem+json",
    "cache-control": "no-store",
  });
});
