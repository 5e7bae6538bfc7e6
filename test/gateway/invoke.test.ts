// The Invoke API as a way out: the request becomes an event, the function's answer becomes the HTTP answer, and what
// fails is never a 200.
import type { APIGatewayProxyEventV2WithIAMAuthorizer } from "aws-lambda";
import { startInvokeStack, type InvokeStack } from "../fixtures/invoke-stack.js";

let stack: InvokeStack;
beforeAll(async () => {
  stack = await startInvokeStack({
    answer: { function: "answer:live", route: { headers: { "x-caller-sub": "claims.sub" } } },
    raw: { function: "answer:live", target: { raw: true } },
    logs: { function: "answer:live", target: { logTail: true } },
    jobs: { function: "answer:live", target: { mode: "Event" } },
    may: { function: "answer:live", target: { mode: "DryRun" } },
    "may-not": { function: "forbidden:live", target: { mode: "DryRun" } },
    hanging: { function: "hanging:live" },
    throttled: { function: "throttled:live" },
    "no-alias": { function: "answer:nope" },
    forbidden: { function: "forbidden:live" },
  });
}, 120_000);
afterAll(() => stack.close());

const problem = async (response: Response) => ({
  status: response.status,
  code: ((await response.json()) as { type: string }).type.split(":").at(-1),
});

describe("an answer", () => {
  test("has the function's status, fields and cookies, and Lambda's version", async () => {
    const response = await stack.fetch("/answer/a%20b/echo?b=2&b=3&a", {
      method: "POST",
      headers: { "x-caller-sub": "forged", cookie: "c=1; d=2", "content-type": "application/json" },
      body: '{"ü":1}',
    });
    expect(response.status).toBe(201);
    const { headers } = response;
    expect(headers.getSetCookie()).toEqual(["a=1", "b=2"]);
    expect(Object.fromEntries(headers)).toMatchObject({
      "content-type": "application/json",
      "x-own": "1",
      // Nothing is renamed: there is no front end of AWS's between.
      "www-authenticate": "Basic",
      "x-amz-executed-version": "1",
      "x-request-id": expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    });
    const event = (await response.json()) as APIGatewayProxyEventV2WithIAMAuthorizer;
    expect(event).toMatchObject({
      version: "2.0",
      rawPath: "/answer/a%20b/echo",
      rawQueryString: "b=2&b=3&a=",
      queryStringParameters: { a: "", b: "2,3" },
      cookies: ["c=1", "d=2"],
      body: '{"ü":1}',
      isBase64Encoded: false,
    });
    expect(event.headers).toMatchObject({ "x-caller-sub": "alice", "x-forwarded-for": "127.0.0.1" });
    expect(event.headers).not.toHaveProperty("authorization");
    const { iam } = event.requestContext.authorizer;
    expect(iam.userArn).toBe("arn:aws:sts::123456789012:assumed-role/grantway-analyst/local.alice");
    expect(iam.userId).toMatch(/^AROA\w+:local\.alice$/);
    expect(event.requestContext.http.path).toBe("/answer/a b/echo");
    expect(stack.lineOf(response)).toMatchObject({ status: 201, verdict: "complete", route: "answer" });
  });

  test.each([
    ["plain", "application/json", '{"hello":"world"}'],
    ["text", "application/json", '"hello"'],
    ["no-content", null, ""],
  ])("of the form %s is read as behind a URL", async (wish, contentType, body) => {
    const response = await stack.fetch(`/answer/${wish}`);
    expect(response.headers.get("content-type")).toBe(contentType);
    expect(await response.text()).toBe(body);
  });

  test("in base64 is bytes", async () => {
    const response = await stack.fetch("/answer/binary");
    expect(Buffer.from(await response.arrayBuffer())).toEqual(Buffer.from([0, 255, 128, 10]));
  });

  test("to HEAD has the length and no body", async () => {
    const response = await stack.fetch("/answer/plain", { method: "HEAD" });
    expect([response.status, response.headers.get("content-length")]).toEqual([200, "17"]);
    expect(await response.text()).toBe("");
  });

  test("of nearly 6 MB passes", async () => {
    const response = await stack.fetch("/answer/large");
    expect((await response.text()).length).toBe(6_291_000);
  });
});

describe("what fails is no answer", () => {
  test.each([
    ["throws", "TypeError: the secret reason"],
    ["exits", "Runtime.ExitError"],
    ["nonsense", "statusCode must be an integer from 200 to 599"],
    ["too-large", "Function.ResponseSizeTooLarge"],
  ])("a function that %s is a 502, and the log knows why", async (wish, cause) => {
    const response = await stack.fetch(`/answer/${wish}`);
    const text = await response.clone().text();
    expect(await problem(response)).toEqual({ status: 502, code: "function_failed" });
    expect(text).not.toContain("secret");
    const line = stack.lineOf(response);
    expect(line).toMatchObject({ reason: "function_failed", verdict: "function_error", status: 502 });
    expect(line?.cause).toContain(cause);
  });

  test("a function that takes too long is a 504", async () => {
    const response = await stack.fetch("/hanging/hangs");
    expect(await problem(response)).toEqual({ status: 504, code: "upstream_timeout" });
    expect(stack.lineOf(response)).toMatchObject({
      verdict: "timed_out",
      timeoutMs: 1000,
      cause: expect.stringContaining("Task timed out after 1.00 seconds") as string,
    });
  });

  test.each([
    ["throttled", 429, "rate_exceeded", "TooManyRequestsException"],
    ["no-alias", 502, "upstream_refused", "ResourceNotFoundException"],
    ["forbidden", 502, "upstream_refused", "AccessDeniedException"],
  ])("what Lambda refuses (%s) is %i", async (route, status, code, errorType) => {
    const response = await stack.fetch(`/${route}/plain`);
    expect(await problem(response)).toEqual({ status, code });
    expect(response.headers.has("retry-after")).toBe(status === 429);
    expect(stack.lineOf(response)?.cause).toMatch(new RegExp(`^\\d{3} (?:${errorType}): `));
  });
});

describe("too much", () => {
  const upTo = (bytes: number) => ({ method: "POST", body: "x".repeat(bytes), headers: text });
  const text = { "content-type": "text/plain" };

  test("is refused before it is sent: the event counts, not the body alone", async () => {
    expect((await stack.fetch("/answer/plain", upTo(6_280_000))).status).toBe(200);
    const response = await stack.fetch("/answer/plain", upTo(6_291_000));
    const { detail } = (await response.clone().json()) as { detail: string };
    expect(detail).toContain("6291456 bytes of JSON");
    expect(await problem(response)).toEqual({ status: 413, code: "body_too_large" });
    expect(stack.lineOf(response)).not.toHaveProperty("upstreamMs");
  });

  test("of bytes is so a third earlier", async () => {
    const headers = { "content-type": "application/octet-stream" };
    const post = (bytes: number) =>
      stack.fetch("/answer/plain", { method: "POST", body: Buffer.alloc(bytes), headers });
    expect((await post(4_700_000)).status).toBe(200);
    expect((await post(4_720_000)).status).toBe(413);
  });

  test("for what runs later is 1 MB", async () => {
    expect((await stack.fetch("/jobs/plain", upTo(1_040_000))).status).toBe(202);
    const response = await stack.fetch("/jobs/plain", upTo(1_048_577));
    expect(await problem(response)).toEqual({ status: 413, code: "body_too_large" });
  });
});

describe("the other modes", () => {
  test("Event is a 202 with Lambda's request id, whatever becomes of the function", async () => {
    const response = await stack.fetch("/jobs/throws", { method: "POST", body: "{}" });
    expect(response.status).toBe(202);
    const body = (await response.json()) as { requestId: string };
    expect(body).toEqual({ requestId: response.headers.get("x-amzn-requestid") });
    expect(body.requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(stack.lineOf(response)).toMatchObject({ status: 202, verdict: "complete" });
  });

  test("DryRun is a 204 where the caller may, and a 403 where he may not", async () => {
    const may = await stack.fetch("/may/throws");
    expect([may.status, await may.text()]).toEqual([204, ""]);
    const mayNot = await stack.fetch("/may-not/throws");
    expect(await problem(mayNot)).toEqual({ status: 403, code: "invocation_denied" });
    expect(stack.lineOf(mayNot)?.cause).toContain("AccessDeniedException");
  });

  test("raw: the body is the event and the payload the answer", async () => {
    const response = await stack.fetch("/raw/x", { method: "POST", body: '{"do":"nonsense"}' });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(response.headers.get("x-amz-executed-version")).toBe("1");
    expect(await response.json()).toEqual({ statusCode: 99, body: "the secret payload" });
  });

  test("raw: what is not JSON is a 400, and a function that throws a 502", async () => {
    const post = (body: string) => stack.fetch("/raw/x", { method: "POST", body });
    expect(await problem(await post("{"))).toEqual({ status: 400, code: "payload_invalid" });
    const thrown = await post('{"do":"throws"}');
    expect(await problem(thrown)).toEqual({ status: 502, code: "function_failed" });
    expect(stack.lineOf(thrown)?.cause).toBe("TypeError: the secret reason");
  });
});

test("the log's tail goes to the gateway's log and to nobody else", async () => {
  const response = await stack.fetch("/logs/logs");
  const seen = JSON.stringify([...response.headers]) + (await response.text());
  expect(seen).toContain("done");
  expect(seen).not.toContain("secret");
  expect(seen.toLowerCase()).not.toContain("log-result");
  expect(stack.lineOf(response)?.logTail).toContain("the secret of the log");
});

test("without logTail nobody gets it", async () => {
  const response = await stack.fetch("/answer/logs");
  expect(await response.json()).toEqual({ done: true });
  expect(stack.lineOf(response)).not.toHaveProperty("logTail");
});
