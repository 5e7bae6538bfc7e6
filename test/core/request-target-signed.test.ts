// Whatever is sent is signed as AWS's own signer would sign it.
import { createHash } from "node:crypto";
import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import fc from "fast-check";
import { headerValues } from "../../server/core/raw-headers.js";
import { parseRequestTarget, type RequestTarget } from "../../server/core/request-target.js";
import { signRequest } from "../../server/core/sigv4.js";
import { isBeyondAwsSigner, manyPairs, rawTarget, spellings } from "../fixtures/raw-targets.js";
import { credentials } from "../fixtures/session.js";
import { targetOf } from "../fixtures/target.js";

const host = "abc.lambda-url.eu-west-1.on.aws";
const scope = { region: "eu-west-1", service: "lambda" };
const now = Date.UTC(2026, 10, 21, 20);
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

const ours = (method: string, target: RequestTarget, body: string) =>
  headerValues(
    signRequest({ ...scope, method, host, target, payloadHash: sha256(body), credentials, now }),
    "authorization",
  )[0];

/** From what is on the wire, read by others: WHATWG's URLSearchParams and AWS's signer. */
async function awsOwn(method: string, { wire }: RequestTarget, body: string) {
  const queryAt = wire.indexOf("?");
  // Of no prototype: a random name may be `valueOf`.
  const query = Object.create(null) as Record<string, string[]>;
  for (const [name, value] of new URLSearchParams(queryAt < 0 ? "" : wire.slice(queryAt)))
    query[name] = [...(query[name] ?? []), value];
  const signer = new SignatureV4({ ...scope, credentials, sha256: Sha256 });
  const path = queryAt < 0 ? wire : wire.slice(0, queryAt);
  const headers = { host, "x-amz-content-sha256": sha256(body) };
  const request = { method, protocol: "https:", hostname: host, path, query, headers };
  return (await signer.sign(request, { signingDate: new Date(now) })).headers.authorization;
}

test.each(spellings.filter(([, raw]) => !isBeyondAwsSigner(raw)))("%s: %s", async (_what, raw) => {
  expect(ours("GET", targetOf(raw), "")).toBe(await awsOwn("GET", targetOf(raw), ""));
});

test("more than 1,000 pairs", async () => {
  const target = targetOf(`/?${manyPairs(1200)}`);
  expect(ours("GET", target, "")).toBe(await awsOwn("GET", target, ""));
});

test("any target, method and body", async () => {
  const method = fc.constantFrom("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS");
  let signed = 0;
  await fc.assert(
    fc.asyncProperty(rawTarget, method, fc.string(), async (raw, verb, body) => {
      const target = parseRequestTarget(raw);
      if (!target.ok || isBeyondAwsSigner(raw)) return;
      signed += 1;
      expect(ours(verb, target.value, body)).toBe(await awsOwn(verb, target.value, body));
    }),
    // A name that every object has, found by chance, stays in.
    { numRuns: 400, examples: [["/?valueOf", "GET", ""]] },
  );
  expect(signed).toBeGreaterThan(200);
});
