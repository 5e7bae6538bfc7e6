// The event against the twin's own, which was written apart from it.
import fc from "fast-check";
import { toEvent } from "../../deploy/local/aws/lambda/event.js";
import { forwardedHeaders } from "../../server/core/forwarded-headers.js";
import type { Inbound } from "../../server/core/inbound.js";
import { invokeEvent } from "../../server/core/invoke-event.js";
import type { RoleSession } from "../../server/core/model.js";
import { parseRequestTarget } from "../../server/core/request-target.js";
import { caller, fixture } from "../deploy/local/lambda/lambda-harness.js";
import { accepted } from "../fixtures/outcome.js";
import { inboundWith } from "../fixtures/upstream.js";

const urlId = "abcdefghijabcdefghijabcdefghij12";
const host = `${urlId}.lambda-url.eu-west-1.on.aws`;
const functionArn = "arn:aws:lambda:eu-west-1:123456789012:function:twin-count";
const traceId = "Root=1-6a5145aa-290a323a5de9a2e0636377d4";
const session: RoleSession = {
  credentials: { accessKeyId: caller.accessKeyId, secretAccessKey: "secret", sessionToken: "token" },
  expiration: 0,
  assumedRoleArn: caller.arn,
  assumedRoleId: caller.userId,
  requestId: "r-1",
};

interface Sample {
  readonly method: string;
  readonly headers: readonly string[];
  readonly wire: string;
  readonly body: Buffer;
  readonly now: number;
  readonly protocol: "http" | "https";
}

const inboundOf = ({ method, headers, protocol }: Sample): Inbound =>
  inboundWith({
    method,
    headers: ["X-Amzn-Trace-Id", traceId, ...headers],
    client: { address: "203.0.113.7", protocol, host },
  });

const ours = (sample: Sample, identity: readonly (readonly [string, string])[] = []): Event =>
  JSON.parse(
    invokeEvent({
      inbound: inboundOf(sample),
      target: { wire: sample.wire },
      identity,
      body: sample.body,
      session,
      upstream: { functionArn, host: "lambda.eu-west-1.amazonaws.com" },
      now: sample.now,
    }),
  ) as Event;

interface Event {
  readonly headers: Readonly<Record<string, string>>;
  readonly requestContext: Readonly<Record<string, unknown>>;
  readonly [name: string]: unknown;
}

/** What a URL's function would get of the call that the gateway would have sent there. */
function theirs(sample: Sample): Event {
  const { method, wire, body, now } = sample;
  const length = body.length > 0 ? ["content-length", String(body.length)] : [];
  const event = accepted(
    toEvent({
      request: {
        method,
        target: wire,
        rawHeaders: [...forwardedHeaders(inboundOf(sample), [], ["host", host]), ...length],
        body,
      },
      definition: fixture("count"),
      caller,
      connection: { sourceIp: "203.0.113.7", port: sample.protocol === "https" ? 443 : 80 },
      requestId: inboundWith().requestId,
      traceId,
      now,
    }),
  );
  return JSON.parse(JSON.stringify(event)) as Event;
}

const segment = fc.oneof(
  fc.constantFrom("a", "%E3%81%82", "%2F", "b(1)", "%20", "%252F"),
  fc.stringMatching(/^\w+$/),
);
const word = fc.string({ unit: "binary-ascii", minLength: 1 }).filter((text) => !/^x-amz-/i.test(text));
const wire = fc
  .tuple(
    fc.array(segment, { minLength: 1, maxLength: 4 }),
    fc.array(fc.tuple(word, fc.string({ unit: "grapheme" })), { maxLength: 5 }),
  )
  .map(([segments, pairs]) => {
    const query = pairs.map((pair) => pair.map(encodeURIComponent).join("=")).join("&");
    return accepted(parseRequestTarget(`/${segments.join("/")}?${query}`)).wire;
  });
const names = [
  "Accept",
  "accept",
  "Cookie",
  "cookie",
  "X-A",
  "User-Agent",
  "Via",
  "__proto__",
  "X-Amz-Date",
  "Content-Encoding",
];
const fieldValue = fc.stringMatching(/^[\x21-\x7e\xa0-\xff](?:[\x20-\x7e]{0,20}[\x21-\x7e])?$/);
const headers = fc
  .array(fc.tuple(fc.constantFrom(...names), fc.oneof(fieldValue, fc.constantFrom("a=1; b=2", "identity"))), {
    maxLength: 8,
  })
  .map((fields) => fields.flat());
const types = [
  "application/json",
  "text/plain; charset=utf-8",
  "image/png",
  "application/problem+json",
  "application/x-www-form-urlencoded",
];
const sample: fc.Arbitrary<Sample> = fc.record({
  method: fc.constantFrom("GET", "POST", "DELETE"),
  headers: fc
    .tuple(headers, fc.constantFrom(...types))
    .map(([fields, type]) => [...fields, "Content-Type", type]),
  wire,
  body: fc.oneof(fc.constant(""), fc.string({ unit: "grapheme" })).map((text) => Buffer.from(text)),
  now: fc.integer({ min: 0, max: Date.UTC(2100, 0) }),
  protocol: fc.constantFrom("http", "https"),
});

/** Only a URL's front end knows the way to itself, and writes down that one alone. */
const withoutProtocol = (event: Event) => ({
  ...event,
  headers: { ...event.headers, "x-forwarded-proto": "" },
});

test("is the event that a function behind a URL gets of the same request", () => {
  fc.assert(
    fc.property(sample, (given) => {
      expect(withoutProtocol(ours(given))).toEqual(withoutProtocol(theirs(given)));
    }),
    { numRuns: 300 },
  );
});

test("bytes that are no text are base64, whatever their type says", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.constantFrom(...types), (bytes, type) => {
      const given: Sample = { ...plain, headers: ["Content-Type", type], body: Buffer.from(bytes) };
      const event = ours(given);
      const { body, isBase64Encoded } = theirs(given);
      expect({ body: event.body, isBase64Encoded: event.isBase64Encoded }).toEqual({ body, isBase64Encoded });
    }),
  );
});

const plain: Sample = {
  method: "GET",
  headers: [],
  wire: "/a",
  body: Buffer.alloc(0),
  now: 0,
  protocol: "https",
};

test("names the caller's own host, port and address, and our identity headers", () => {
  const text = (client: Inbound["client"]) =>
    invokeEvent({
      inbound: inboundWith({ headers: ["X-Caller-Sub", "forged"], client }),
      target: { wire: "/a" },
      identity: [["x-caller-sub", "alice"]],
      body: Buffer.alloc(0),
      session,
      upstream: { functionArn, host: "lambda.eu-west-1.amazonaws.com" },
      now: 0,
    });
  const event = JSON.parse(
    text({ address: "203.0.113.7", protocol: "http", host: "api.example.com:8080" }),
  ) as Event;
  expect(event.headers).toMatchObject({
    host: "api.example.com:8080",
    "x-forwarded-port": "8080",
    "x-forwarded-proto": "http",
    "x-caller-sub": "alice",
  });
  expect(event.requestContext).toMatchObject({
    domainName: "api.example.com",
    domainPrefix: "api",
    apiId: "api",
  });
  const without = JSON.parse(text({ address: "203.0.113.7", protocol: "http" })) as Event;
  expect(without.headers).toMatchObject({ host: "lambda.eu-west-1.amazonaws.com", "x-forwarded-port": "80" });
});

test("says null for a user id that STS did not give", () => {
  const { credentials, expiration, assumedRoleArn, requestId } = session;
  const bare = { credentials, expiration, assumedRoleArn, requestId };
  const text = invokeEvent({
    ...{ inbound: inboundOf(plain), target: plain, identity: [], body: plain.body, session: bare },
    ...{ upstream: { functionArn, host }, now: 0 },
  });
  const event = JSON.parse(text) as { requestContext: { authorizer: { iam: object } } };
  expect(event.requestContext.authorizer.iam).toMatchObject({
    userId: null,
    callerId: null,
    userArn: caller.arn,
  });
});
