import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { AwsClient } from "aws4fetch";
import fc from "fast-check";
import type { SignedRequest } from "../../../../deploy/local/aws/model.js";
import { verifyFunctionUrl } from "../../../../deploy/local/aws/sigv4/verify-request.js";
import { textMatching } from "../iam/sample-caller.js";
import { addHeader, refusalOf, signWithAws4, startTwin, withHeader, type ToSign } from "./signing.js";

const { caller, verify } = startTwin();
const outcomeOf = async (request: SignedRequest, service = "lambda"): Promise<string> =>
  refusalOf(await verify(request, service));

test("a request signed with a session's credentials is that session's", async () => {
  expect(await verify(signWithAws4(caller), "lambda")).toEqual({ ok: true, value: caller });
});

test.each<[string, ToSign]>([
  [
    "a body",
    { method: "POST", target: "/reports", body: '{"a":1}', headers: { "content-type": "application/json" } },
  ],
  ["a body in UTF-8", { method: "PUT", body: "réponse", headers: { "content-type": "text/plain" } }],
  ["every reserved character in the path", { target: "/a(b)!'*@:;=,$&+~-._c" }],
  ["encoded characters in the path", { target: "/%28x%29%20%2F%2a%e3%81%82/" }],
  ["a trailing slash", { target: "/reports/" }],
  ["a query", { target: "/?b=2&a=1&a=0&c" }],
  ["an encoded query", { target: "/r?x=%2F%20%2B%26%3D&y=1:2/3@4&z=%E3%81%82" }],
  ["names of JavaScript's own in the query", { target: "/?constructor=1&toString=2&hasOwnProperty=3" }],
  ["an empty query", { target: "/r?" }],
  ["a header with spaces", { headers: { "x-note": "  a   b  " } }],
  ["headers that signers like to leave out", { headers: { "cache-control": "no-cache", te: "trailers" } }],
  [
    "a payload hash",
    {
      method: "POST",
      body: "x",
      headers: { "X-Amz-Content-Sha256": "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881" },
    },
  ],
])("aws4's signature of %s is accepted", async (_title, request) => {
  expect(await outcomeOf(signWithAws4(caller, request))).toBe("accepted");
});

test("whatever target aws4 signs as it stands is accepted", async () => {
  const unreserved = Array.from("abzAZ09-._~");
  const pathChar = fc.constantFrom(
    ...unreserved,
    ...Array.from("!$&'()*+,;=:@"),
    "%20",
    "%2F",
    "%28",
    "%c3%a9",
    "%25",
  );
  const queryChar = fc.constantFrom(...unreserved, "%20", "%2F", "%2B", "%26", "%3D", "%C3%A9", "%5B", "%27");
  const segment = fc
    .array(pathChar, { minLength: 1, maxLength: 8 })
    .map((chars) => chars.join(""))
    .filter((text) => text !== "." && text !== "..");
  const path = fc.array(segment, { maxLength: 4 }).map((segments) => `/${segments.join("/")}`);
  const text = fc.array(queryChar, { minLength: 1, maxLength: 6 }).map((chars) => chars.join(""));
  const query = fc.array(fc.tuple(text, text), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(path, query, async (wirePath, pairs) => {
      const search = pairs.map(([key, value]) => `${key}=${value}`).join("&");
      const request = signWithAws4(caller, { target: search === "" ? wirePath : `${wirePath}?${search}` });
      expect(await outcomeOf(request)).toBe("accepted");
    }),
    { numRuns: 300 },
  );
});

test("aws4fetch's signature is accepted over a real socket", async () => {
  const outcomes: string[] = [];
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const request = {
        method: incoming.method ?? "",
        target: incoming.url ?? "",
        rawHeaders: incoming.rawHeaders,
        body: Buffer.concat(chunks),
      };
      void outcomeOf(request).then((outcome) => {
        outcomes.push(outcome);
        response.end();
      });
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new AwsClient({ ...caller, service: "lambda", region: "eu-west-1" });
  const aws = { datetime: "20261121T120000Z" };
  await client.fetch(`${origin}/reports/(1)?q=a%20b&r=1`, { method: "POST", body: "hello", aws });
  await client.fetch(`${origin}/%E3%81%82`, { aws });
  server.close();
  expect(outcomes).toEqual(["accepted", "accepted"]);
});

test("the clock may differ by five minutes on both sides, and not by a second more", async () => {
  const at = (date: string): Promise<string> => outcomeOf(signWithAws4(caller, { date }));
  expect(await at("20261121T115500Z")).toBe("accepted");
  expect(await at("20261121T120500Z")).toBe("accepted");
  expect(await at("20261121T115459Z")).toBe(
    "403 InvalidSignatureException: Signature expired: 20261121T115459Z is now earlier than 20261121T115500Z (20261121T120000Z - 5 min.)",
  );
  expect(await at("20261121T120501Z")).toBe(
    "403 InvalidSignatureException: Signature not yet current: 20261121T120501Z is still later than 20261121T120500Z (20261121T120000Z + 5 min.)",
  );
});

test("a session ends at its expiration and not before", async () => {
  const fresh = startTwin();
  const sign = (date: string): SignedRequest => signWithAws4(fresh.caller, { date });
  fresh.setNow(fresh.caller.expiration - 1);
  expect(refusalOf(await fresh.verify(sign("20261121T125959Z"), "lambda"))).toBe("accepted");
  fresh.setNow(fresh.caller.expiration);
  expect(refusalOf(await fresh.verify(sign("20261121T130000Z"), "lambda"))).toBe(
    "403 ExpiredTokenException: The security token included in the request is expired",
  );
});

test("a signature is for one service", async () => {
  expect(await outcomeOf(signWithAws4(caller, { service: "sts" }), "sts")).toBe("accepted");
  expect(await outcomeOf(signWithAws4(caller), "sts")).toContain(
    "Credential should be scoped to correct service: 'sts'",
  );
});

test("an unsigned header may be added, changed or repeated on the way", async () => {
  const request = addHeader(
    addHeader(signWithAws4(caller), "x-forwarded-for", "1.2.3.4"),
    "x-forwarded-for",
    "5.6.7.8",
  );
  expect(await outcomeOf(request)).toBe("accepted");
});

test("a function URL answers an unsigned call as one without permission, any other refusal as it is", async () => {
  const authenticate = verifyFunctionUrl(verify);
  const unsigned = withHeader(signWithAws4(caller), "authorization", () => undefined);
  expect(await authenticate(unsigned)).toMatchObject({
    error: { status: 403, type: "AccessDeniedException", message: textMatching(/^Forbidden\./) },
  });
  expect(await authenticate(signWithAws4(caller))).toMatchObject({ ok: true });
  expect(await authenticate(signWithAws4(caller, { region: "us-east-1" }))).toMatchObject({
    error: { type: "InvalidSignatureException" },
  });
});
