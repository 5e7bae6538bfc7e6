// What AWS answers with 403, or may, and no client sends: each refused by the verifier with its own words. The corpus
// (corpus/) sends what clients get wrong to a whole twin, each beside a request without the fault.
import type { SignedRequest } from "../../../../deploy/local/aws/model.js";
import { addHeader, refusalOf, signWithAws4, startTwin, withHeader } from "./signing.js";

const { caller, verify } = startTwin();
const signed = (request: Parameters<typeof signWithAws4>[1] = {}): SignedRequest =>
  signWithAws4(caller, request);
const authorization = (change: (value: string) => string | undefined): SignedRequest =>
  withHeader(signed(), "authorization", change);
const mismatch = "InvalidSignatureException: The request signature we calculated does not match";
const other = startTwin().caller;

test.each<[string, SignedRequest, string]>([
  [
    "no Authorization",
    authorization(() => undefined),
    "MissingAuthenticationTokenException: Missing Authentication Token",
  ],
  [
    "two Authorizations",
    addHeader(signed(), "Authorization", "x"),
    "IncompleteSignatureException: The request has more than one",
  ],
  [
    "an empty Authorization",
    authorization(() => ""),
    "IncompleteSignatureException: Unsupported AWS 'algorithm': ''",
  ],
  [
    "the algorithm in lower case",
    authorization((v) => v.replace("AWS4", "aws4")),
    "IncompleteSignatureException: Unsupported",
  ],
  [
    "no parameters",
    authorization(() => "AWS4-HMAC-SHA256"),
    "IncompleteSignatureException: 'AWS4-HMAC-SHA256' not a valid key=value pair",
  ],
  [
    "no Signature",
    authorization((v) => v.replace(/, Signature=.*/, "")),
    "IncompleteSignatureException: Authorization header requires 'Signature' parameter.",
  ],
  [
    "an empty Credential",
    authorization((v) => v.replace(/Credential=[^,]*/, "Credential=")),
    "IncompleteSignatureException: Authorization header requires 'Credential' parameter.",
  ],
  [
    "a parameter twice",
    authorization((v) => `${v}, Signature=${"0".repeat(64)}`),
    "IncompleteSignatureException: 'Signature=",
  ],
  [
    "a short scope",
    authorization((v) => v.replace("/lambda/", "/")),
    "IncompleteSignatureException: Credential must have exactly 5",
  ],
  [
    "a short signature",
    authorization((v) => v.slice(0, -1)),
    "IncompleteSignatureException: Signature must be 64",
  ],
  [
    "a signature in upper case",
    authorization((v) => v.replace(/[0-9a-f]{64}$/, (hex) => hex.toUpperCase().replace(/^./, "A"))),
    "IncompleteSignatureException: Signature must be 64",
  ],
  ["a wrong signature", authorization((v) => v.replace(/[0-9a-f]{64}$/, "0".repeat(64))), mismatch],
  [
    "__proto__ as a signed header",
    authorization((v) => v.replace("SignedHeaders=", "SignedHeaders=__proto__;")),
    "IncompleteSignatureException: SignedHeaders",
  ],
  [
    "a signed header that is not there",
    authorization((v) => v.replace("host;", "host;x-a;")),
    "InvalidSignatureException: The request cannot be verified: signed header x-a is missing.",
  ],
  [
    "host left out of the signature",
    authorization((v) => v.replace("host;", "")),
    "InvalidSignatureException: The request cannot be verified: header host must be signed.",
  ],
  [
    "no Host at all",
    withHeader(signed(), "host", () => undefined),
    "InvalidSignatureException: The request cannot be verified: signed header host is missing.",
  ],
  [
    "a second Host",
    addHeader(signed(), "host", "reports.example"),
    "InvalidSignatureException: The request cannot be verified: header host came more than once.",
  ],
  [
    "no date",
    withHeader(signed(), "x-amz-date", () => undefined),
    "IncompleteSignatureException: Authorization header requires existence of one 'X-Amz-Date'",
  ],
  [
    "a second date",
    addHeader(signed(), "x-amz-date", "20261121T120000Z"),
    "IncompleteSignatureException: Authorization header requires",
  ],
  [
    "a date that does not exist",
    withHeader(signed(), "x-amz-date", () => "20261131T120000Z"),
    "IncompleteSignatureException: Date must be in ISO-8601",
  ],
  [
    "a signed Date header",
    signed({ headers: { date: "Sat, 21 Nov 2026 12:00:00 GMT" } }),
    "InvalidSignatureException: The request cannot be verified: header date cannot be signed.",
  ],
  [
    "another day in the scope",
    authorization((v) => v.replace("/20261121/", "/20261120/")),
    "InvalidSignatureException: Date in Credential scope does not match",
  ],
  [
    "another region",
    signed({ region: "us-east-1" }),
    "InvalidSignatureException: Credential should be scoped to a valid region, not 'us-east-1'.",
  ],
  [
    "another service",
    signed({ service: "execute-api" }),
    "InvalidSignatureException: Credential should be scoped to correct service: 'lambda'.",
  ],
  [
    "no service",
    authorization((v) => v.replace("/lambda/", "//")),
    "InvalidSignatureException: Credential should be scoped to correct service: 'lambda'.",
  ],
  [
    "another terminator",
    authorization((v) => v.replace("/aws4_request", "/aws5_request")),
    "InvalidSignatureException: Credential should be scoped with a valid terminator",
  ],
  [
    "an unknown access key",
    signWithAws4(other),
    "UnrecognizedClientException: The security token included in the request is invalid.",
  ],
  [
    "__proto__ as the access key",
    authorization((v) => v.replace(/Credential=[A-Z0-9]+/, "Credential=__proto__")),
    "UnrecognizedClientException",
  ],
  [
    "a token cut short",
    signWithAws4({ ...caller, sessionToken: caller.sessionToken.slice(0, -4) }),
    "UnrecognizedClientException",
  ],
  [
    "a second token",
    addHeader(signed(), "x-amz-security-token", caller.sessionToken),
    "UnrecognizedClientException",
  ],
  ["a path encoded on the way", { ...signed({ target: "/a(b" }), target: "/a%28b" }, mismatch],
  [
    "a signature of the path encoded only once",
    { ...signed({ target: "/a b" }), target: "/a b" },
    "InvalidSignatureException: The request cannot be verified: the path has a character",
  ],
  [
    "another body's hash",
    signed({ method: "POST", body: "x", headers: { "X-Amz-Content-Sha256": "0".repeat(64) } }),
    "InvalidSignatureException: The value of x-amz-content-sha256 is not",
  ],
  [
    "an empty payload hash",
    addHeader(signed(), "x-amz-content-sha256", ""),
    "InvalidSignatureException: The request cannot be verified: header x-amz-content-sha256 must be signed.",
  ],
  [
    "a tab in a signed header",
    signed({ headers: { "x-note": "a\tb" } }),
    "InvalidSignatureException: The request cannot be verified: signed header x-note is not plain ASCII.",
  ],
  [
    "a byte beyond ASCII in a signed header",
    signed({ headers: { "x-note": "é" } }),
    "InvalidSignatureException: The request cannot be verified: signed header x-note is not plain ASCII.",
  ],
  [
    "quoted spaces in a signed header",
    signed({ headers: { "x-note": '"a  b"' } }),
    "InvalidSignatureException: The request cannot be verified: signed header x-note has a quote and a run of spaces.",
  ],
])("%s", async (_title, request, reason) => {
  const refusal = refusalOf(await verify(request, "lambda"));
  expect(refusal.slice(0, reason.length + 4)).toBe(`403 ${reason}`);
});

test.each([
  ["//a", "the path has an empty segment"],
  ["/a//b", "the path has an empty segment"],
  ["/a/../b", "the path has a dot segment"],
  ["/./a", "the path has a dot segment"],
  ["/a/..", "the path has a dot segment"],
  ["/a/%2e%2E/b", "the path has a dot segment"],
  ["/a/.%2e", "the path has a dot segment"],
  ["", "the path has a character"],
  ["*", "the path has a character"],
  ["http://reports.example/", "the path has a character"],
  ["/a#b", "the path has a character"],
  ["/a%", "the path has a character"],
  ["/a%2", "the path has a character"],
  ["/a%zz", "the path has a character"],
  ["/a|b", "the path has a character"],
  ["/a[b]", "the path has a character"],
  ["/a\\b", "the path has a character"],
  ["/あ", "the path has a character"],
  ["/%E9", "the path is not UTF-8"],
  ["/?a=b+c", "the query has a character"],
  ["/?a=%", "the query has a character"],
  ["/?a b", "the query has a character"],
  ["/?a[0]=1", "the query has a character"],
  ["/?a#b", "the query has a character"],
  ["/?a=%E9", "the query is not UTF-8"],
  ["/?%E9=1", "the query is not UTF-8"],
  ["/?=1", "the query has a pair without a name"],
  ["/?a=1&", "the query has a pair without a name"],
  ["/?a=1&&b=2", "the query has a pair without a name"],
  ["/?__proto__=1", "the query has a key named __proto__"],
  ["/?X-Amz-Signature=1", "X-Amz-Signature in the query: presigned URLs are not supported by the local twin"],
  ["/?x-amz-signature=1", "x-amz-signature in the query: presigned URLs are not supported by the local twin"],
  [
    "/?%58-Amz-Algorithm=AWS4-HMAC-SHA256",
    "X-Amz-Algorithm in the query: presigned URLs are not supported by the local twin",
  ],
])("the target %s is refused before anything is compared", async (target, reason) => {
  const refusal = refusalOf(await verify({ ...signed(), target }, "lambda"));
  expect(refusal).toContain(`403 InvalidSignatureException: The request cannot be verified: ${reason}`);
});
