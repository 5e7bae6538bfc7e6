// What Lambda's Invoke API may answer, played by the test itself: what comes of a stream is handed on before the next is
// made, nothing of Lambda's own refusals gets out, and who leaves is not called for any longer.
import type { ServerResponse } from "node:http";
import { invokeComplete, payloadChunk } from "../../deploy/local/aws/lambda/event-stream.js";
import { startInvokeStack, type InvokeStack } from "../fixtures/invoke-stack.js";
import { startUpstreamServer, type UpstreamServer } from "../fixtures/upstream-server.js";

let lambda: UpstreamServer;
let stack: InvokeStack;
let called: Promise<ServerResponse>;
let onCall: (response: ServerResponse) => void;
let seen: { url?: string; headers: NodeJS.Dict<string | string[]> }[] = [];

beforeAll(async () => {
  lambda = await startUpstreamServer(({ url, headers }, response) => {
    seen.push({ ...(url !== undefined && { url }), headers });
    onCall(response);
  });
  const tenantId = 'claims.tenant + " " + claims.sub';
  stack = await startInvokeStack(
    {
      stream: { function: "stream:live", target: { mode: "ResponseStream", tenantId } },
      answer: { function: "answer:live", target: { logTail: true } },
      jobs: { function: "answer:live", target: { mode: "Event" } },
    },
    { endpoint: lambda.origin },
  );
}, 120_000);
afterAll(async () => {
  await stack.close();
  await lambda.close();
});
beforeEach(() => {
  seen = [];
  called = new Promise((resolve) => (onCall = resolve));
});

const begin = (response: ServerResponse, ...frames: Uint8Array[]) => {
  response.writeHead(200, { "content-type": "application/vnd.amazon.eventstream" });
  for (const frame of frames) response.write(frame);
};
const prelude = payloadChunk(Buffer.from(`{"statusCode":200}${"\0".repeat(8)}`));
const text = (content: string) => payloadChunk(Buffer.from(content));

test("each chunk arrives before the next is made", async () => {
  const answered = stack.fetch("/stream/x");
  const far = await called;
  begin(far, prelude);
  const response = await answered;
  const reader = response.body?.getReader();
  for (const content of ["one", "two", "three"]) {
    far.write(text(content));
    const read = await reader?.read();
    expect(Buffer.from((read?.value ?? []) as Uint8Array).toString()).toBe(content);
  }
  far.end(invokeComplete({}));
  expect(await reader?.read()).toEqual({ done: true, value: undefined });
});

test("the caller's tenant is named, by his claims alone", async () => {
  const answered = stack.fetch("/stream/x", { headers: { "x-amz-tenant-id": "other" } });
  const far = await called;
  begin(far, text("x"));
  far.end(invokeComplete({}));
  await (await answered).text();
  const [request] = seen;
  expect(request?.url).toBe(
    "/2021-11-15/functions/arn%3Aaws%3Alambda%3Aeu-west-1%3A123456789012%3Afunction%3Astream%3Alive/response-streaming-invocations",
  );
  expect(request?.headers).toMatchObject({
    "x-amz-tenant-id": "acme alice",
    "x-amz-invocation-type": "RequestResponse",
    "content-type": "application/json",
  });
  expect(request?.headers.authorization).toContain(
    "SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-invocation-type;x-amz-security-token;x-amz-tenant-id,",
  );
});

test.each([
  ["GET", 204],
  ["GET", 304],
  ["HEAD", 200],
])("to %s, a stream with %i ends at its head, whatever the function writes", async (method, status) => {
  const answered = stack.fetch("/stream/x", { method });
  const head = payloadChunk(Buffer.from(`{"statusCode":${status}}${"\0".repeat(8)}`));
  begin(await called, head, text("HTTP/1.1 200 OK\r\n\r\n"));
  (await called).end(invokeComplete({}));
  const response = await answered;
  expect([response.status, await response.text()]).toEqual([status, ""]);
  expect(stack.lineOf(response)).toMatchObject({ status, verdict: "complete" });
});

test.each<[string, string, (far: ServerResponse) => void]>([
  ["before there is an answer", "/stream/x", () => undefined],
  ["within a stream", "/stream/x", (far) => begin(far, prelude, text("one"))],
  ["before a stream's head is known", "/stream/x", (far) => begin(far, text("{"))],
  ["within a payload", "/answer/x", (far) => far.writeHead(200).write("{")],
  ["within an acknowledgement", "/jobs/x", (far) => far.writeHead(202).flushHeaders()],
  ["within a refusal", "/answer/x", (far) => far.writeHead(403, { "x-amzn-errortype": "E" }).write("{")],
])("a caller who goes %s closes the call to Lambda", async (_when, path, answer) => {
  const leaving = new AbortController();
  const left = stack.fetch(path, { signal: leaving.signal }).then((response) => response.text());
  const far = await called;
  const closed = new Promise((resolve) => far.once("close", resolve));
  answer(far);
  // What was written reaches the gateway before its caller's end does.
  await new Promise(setImmediate);
  leaving.abort();
  await expect(left).rejects.toThrow("aborted");
  await closed;
});

const wrong = Buffer.from(text("three"));
wrong.writeUInt8(0x58, wrong.length - 5);

test.each<[string, (far: ServerResponse) => void, string]>([
  ["that ends without its last frame", (far) => far.end(), "truncated"],
  ["that breaks off", (far) => far.destroy(), "truncated"],
  ["with a wrong checksum", (far) => far.write(wrong), "truncated"],
  [
    "that goes on after its last frame",
    (far) => far.write(Buffer.concat([invokeComplete({}), text("x")])),
    "truncated",
  ],
  [
    "that ends with an error",
    (far) => far.end(invokeComplete({ ErrorCode: "Sandbox.Timedout" })),
    "timed_out",
  ],
])("a stream %s is broken for the caller too", async (_what, end, verdict) => {
  const answered = stack.fetch("/stream/x");
  const far = await called;
  begin(far, prelude, text("one"));
  const response = await answered;
  end(far);
  await expect(response.text()).rejects.toThrow("terminated");
  expect(stack.lineOf(response)).toMatchObject({ status: 200, verdict });
});

test.each<[string, (far: ServerResponse) => void, string]>([
  ["ends without its last frame", (far) => far.end(), "upstream_unreachable"],
  ["is no stream of frames", (far) => far.write("HTTP answers"), "upstream_unreachable"],
])("a stream that %s before its head is a 502", async (_what, end, reason) => {
  const answered = stack.fetch("/stream/x");
  const far = await called;
  begin(far, text("{"));
  end(far);
  const response = await answered;
  expect(response.status).toBe(502);
  expect(stack.lineOf(response)).toMatchObject({ reason });
});

test.each([
  [500, { "x-amzn-errortype": "ServiceException" }, 502, "upstream_refused"],
  [404, {}, 502, "upstream_refused"],
  [202, {}, 502, "upstream_refused"],
  [413, { "x-amzn-errortype": "RequestTooLargeException" }, 413, "body_too_large"],
])("%i from Lambda with %j is %i", async (status, headers, expected, reason) => {
  const answered = stack.fetch("/answer/x");
  (await called).writeHead(status, headers).end('{"message":"the secret"}');
  const response = await answered;
  expect(response.status).toBe(expected);
  expect(await response.text()).not.toContain("secret");
  expect(stack.lineOf(response)).toMatchObject({ reason });
});

test("a payload that breaks off is a 502, and one of the wrong length too", async () => {
  const answered = stack.fetch("/answer/x");
  const far = await called;
  far.writeHead(200, { "content-length": 100 }).write("{");
  far.destroy();
  const response = await answered;
  expect(response.status).toBe(502);
  expect(stack.lineOf(response)).toMatchObject({ reason: "upstream_unreachable" });
});

test("a log of more than 4 KB is cut to its end", async () => {
  const answered = stack.fetch("/answer/x");
  const log = Buffer.from(`${"a".repeat(5000)}end`).toString("base64");
  (await called).writeHead(200, { "x-amz-log-result": log }).end("{}");
  const line = stack.lineOf(await answered);
  expect(line?.logTail).toHaveLength(4096);
  expect(String(line?.logTail).endsWith("aend")).toBe(true);
});
