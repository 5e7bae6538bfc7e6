// A function as an authorizer, against a server in Lambda's place: what is sent, how it is signed, and what each answer
// comes to. The way through the local AWS is test/gateway/authorizers.test.ts.
import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import type { RequestListener } from "node:http";
import { createAskLambda, signedInvoke } from "../../server/adapters/authorizer-lambda.js";
import type { OwnCredentials } from "../../server/adapters/role-sessions.js";
import { createUpstream } from "../../server/adapters/upstream.js";
import { headerEntries } from "../../server/core/raw-headers.js";
import { refuse } from "../../server/core/result.js";
import { startUpstreamServer, type UpstreamServer } from "../fixtures/upstream-server.js";

const functionArn = "arn:aws:lambda:eu-west-1:123456789012:function:partner-authorizer:live";
const sourceAt = (origin: string) => ({ kind: "lambda", functionArn, region: "eu-west-1", origin }) as const;
const role: OwnCredentials = { accessKeyId: "ASIAEXAMPLE", secretAccessKey: "secret", sessionToken: "token" };
const user: OwnCredentials = { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "secret" };
const now = Date.UTC(2026, 0, 2, 3, 4, 5);

const upstream = createUpstream({ refusedWaitsMs: [] });
let server: UpstreamServer | undefined;
afterEach(() => server?.close());
afterAll(() => upstream.close());

async function ask(
  listener: RequestListener,
  ownCredentials = () => Promise.resolve(role),
  timeoutMs = 5_000,
) {
  server = await startUpstreamServer(listener);
  return createAskLambda({ upstream, ownCredentials, clock: () => now })(
    sourceAt(server.origin),
    { a: 1 },
    timeoutMs,
  );
}

const answering =
  (status: number, body: string, headers: Record<string, string> = {}): RequestListener =>
  (_request, response) =>
    void response.writeHead(status, headers).end(body);

test("the event is the body of one Invoke", async () => {
  let seen = {};
  const answer = await ask((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += String(chunk)));
    request.on("end", () => {
      seen = { method: request.method, url: request.url, body };
      response.end('{"isAuthorized":true}');
    });
  });
  expect(answer).toEqual({ ok: true, value: { isAuthorized: true } });
  expect(seen).toEqual({
    method: "POST",
    url: `/2015-03-31/functions/${encodeURIComponent(functionArn)}/invocations`,
    body: '{"a":1}',
  });
});

test.each([
  ["a role's session", role],
  ["a user's long-term key", user],
])("the signature with %s is the one that AWS's own signer makes", async (_, credentials) => {
  const body = Buffer.from("{}");
  const { path, headers } = signedInvoke(
    sourceAt("https://lambda.eu-west-1.amazonaws.com"),
    body,
    credentials,
    now,
  );
  const sent = new Map(headerEntries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const signedNames = /SignedHeaders=([^,]+)/.exec(sent.get("authorization") ?? "")?.[1]?.split(";") ?? [];
  const signer = new SignatureV4({
    service: "lambda",
    region: "eu-west-1",
    credentials: { ...credentials },
    sha256: Sha256,
    applyChecksum: false,
  });
  const expected = await signer.sign(
    {
      method: "POST",
      protocol: "https:",
      hostname: "lambda.eu-west-1.amazonaws.com",
      path,
      headers: Object.fromEntries(
        signedNames
          .filter((name) => name !== "x-amz-security-token")
          .map((name) => [name, sent.get(name) ?? ""]),
      ),
      body,
    },
    { signingDate: new Date(now) },
  );
  const signatureOf = (text = "") => /Signature=([0-9a-f]{64})/.exec(text)?.[1];
  expect(signatureOf(sent.get("authorization"))).toBe(signatureOf(expected.headers.authorization));
  expect(signatureOf(sent.get("authorization"))).toBeDefined();
  expect(sent.get("x-amz-security-token")).toBe(credentials.sessionToken);
});

test("without credentials nothing is signed, least of all with the environment's", () => {
  const none = { accessKeyId: "", secretAccessKey: "" };
  expect(() => signedInvoke(sourceAt("https://a"), Buffer.alloc(0), none, now)).toThrow("incomplete");
});

const error = (errorMessage: unknown) => JSON.stringify({ errorType: "Error", errorMessage });
const failedFunction = { "X-Amz-Function-Error": "Unhandled" };
test.each<[string, RequestListener, object]>([
  ["Unauthorized", answering(200, error("Unauthorized"), failedFunction), { kind: "unauthorized" }],
  ["unauthorized in another case", answering(200, error("unauthorized"), failedFunction), { kind: "failed" }],
  [
    "another error",
    answering(200, error("boom"), failedFunction),
    { kind: "failed", cause: 'it failed with Error: "boom"' },
  ],
  ["an error of no shape", answering(200, "?", failedFunction), { kind: "failed" }],
  ["no JSON", answering(200, "yes"), { kind: "failed" }],
  ["nothing", answering(200, ""), { kind: "failed" }],
  [
    "65,537 bytes",
    answering(200, `"${"x".repeat(65_535)}"`),
    { kind: "failed", cause: "it answered more than 65536 bytes" },
  ],
  ["a throttle", answering(429, '{"message":"Rate Exceeded."}'), { kind: "unavailable" }],
  ["an outage", answering(503, ""), { kind: "unavailable" }],
  [
    "a missing permission",
    answering(403, '{"Message":"User: x is not authorized"}', {
      "x-amzn-errortype": "AccessDeniedException",
    }),
    { kind: "failed", cause: "Lambda answered 403 AccessDeniedException: User: x is not authorized" },
  ],
  [
    "a wrong signature, of which AWS quotes the whole request",
    answering(403, '{"message":"does not match.\\n\\nx-amz-security-token:SECRET"}'),
    { kind: "failed", cause: expect.stringMatching(/: does not match\.$/) as string },
  ],
  ["a function that is not there", answering(404, '{"message":"Function not found"}'), { kind: "failed" }],
  ["a redirect", answering(302, "", { location: "http://127.0.0.1:9/" }), { kind: "failed" }],
  [
    "an answer that breaks off",
    (_, response) =>
      void response.writeHead(200, { "content-length": "9" }).write("{", () => response.destroy()),
    { kind: "unavailable" },
  ],
])("%s", async (_, listener, denial) => {
  expect(await ask(listener)).toMatchObject({ ok: false, denial });
});

test("just 65,536 bytes are an answer", async () => {
  expect(await ask(answering(200, `"${"x".repeat(65_534)}"`))).toMatchObject({ ok: true });
});

test("no head, and a body without an end, are failures in time", async () => {
  for (const listener of [
    () => undefined,
    (_: unknown, response: { write(text: string): void }) => response.write("{"),
  ]) {
    expect(await ask(listener, undefined, 50)).toMatchObject({
      denial: { kind: "failed", cause: "it gave no answer in time" },
    });
    await server?.close();
    server = undefined;
  }
});

test("nobody there is an outage", async () => {
  const gone = await startUpstreamServer(() => undefined);
  await gone.close();
  const asking = createAskLambda({ upstream, ownCredentials: () => Promise.resolve(role), clock: () => now });
  expect(await asking(sourceAt(gone.origin), {}, 5_000)).toMatchObject({ denial: { kind: "unavailable" } });
});

test.each([
  ["come", () => Promise.resolve(role)],
  ["are not there", () => Promise.reject(new Error("none found"))],
])("own credentials that %s leave no timer behind", async (_, ownCredentials) => {
  jest.useFakeTimers();
  try {
    const unreachable = { send: () => Promise.resolve(refuse({ reason: "draining" } as const)) };
    const asking = createAskLambda({ upstream: unreachable, ownCredentials, clock: () => now });
    expect(await asking(sourceAt("http://127.0.0.1:1"), {}, 60_000)).toMatchObject({ ok: false });
    expect(jest.getTimerCount()).toBe(0);
  } finally {
    jest.useRealTimers();
  }
});

test.each([
  ["are not there", () => Promise.reject(new Error("none found")), "none found"],
  ["do not come", () => new Promise<never>(() => undefined), "in time"],
])("own credentials that %s are an outage, and nothing is sent", async (_, ownCredentials, cause) => {
  let calls = 0;
  const answer = await ask(() => (calls += 1), ownCredentials, 50);
  expect(answer).toMatchObject({ denial: { kind: "unavailable", retryAfterSeconds: 30 } });
  expect(JSON.stringify(answer)).toContain(cause);
  expect(calls).toBe(0);
});
