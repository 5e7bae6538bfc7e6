// InvokeWithResponseStream as a way out, against the twin and against a Lambda that the test plays itself: frames and
// metadata are taken away, what comes is handed on before the next is made, and what fails breaks the transfer.
import type { ServerResponse } from "node:http";
import { invokeComplete, payloadChunk } from "../../deploy/local/aws/lambda/event-stream.js";
import { startInvokeStack, type InvokeStack } from "../fixtures/invoke-stack.js";
import { startUpstreamServer, type UpstreamServer } from "../fixtures/upstream-server.js";

const mode = { target: { mode: "ResponseStream" } };

describe("behind the twin", () => {
  let stack: InvokeStack;
  beforeAll(async () => {
    stack = await startInvokeStack({
      stream: { function: "stream:live", ...mode },
      logs: { function: "stream:live", target: { mode: "ResponseStream", logTail: true } },
      buffered: { function: "answer:live", ...mode },
      hanging: { function: "hanging-stream:live", ...mode },
      "no-alias": { function: "answer:nope", ...mode },
    });
  }, 120_000);
  afterAll(() => stack.close());

  test("a stream has the function's status, fields, cookies and content", async () => {
    const response = await stack.fetch("/stream/plain-with-head");
    expect(response.status).toBe(202);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "text/plain",
      "x-own": "1",
      "set-cookie": "a=1",
      "x-amz-executed-version": "1",
    });
    expect(await response.text()).toBe("data: 1\n\ndata: 2\n\n");
    expect(stack.lineOf(response)).toMatchObject({ verdict: "complete", bytes: 18 });
  });

  test("without metadata it is 200 and bytes", async () => {
    const response = await stack.fetch("/stream/plain");
    expect([response.status, response.headers.get("content-type")]).toEqual([
      200,
      "application/octet-stream",
    ]);
    expect(await response.text()).toBe("no head");
  });

  test("a buffered function's payload comes as its bytes", async () => {
    const response = await stack.fetch("/buffered/plain");
    expect(await response.text()).toBe('{"hello":"world"}');
  });

  test("10 MB pass whole", async () => {
    const response = await stack.fetch("/stream/large");
    expect((await response.arrayBuffer()).byteLength).toBe(10_000_018);
  });

  test.each([
    ["/stream/throws", 502, "function_failed", "function_error", "TypeError: the secret reason"],
    ["/stream/nonsense", 502, "function_failed", "function_error", "statusCode must be"],
    ["/hanging/hangs", 504, "upstream_timeout", "timed_out", "Task timed out after 1.00 seconds"],
    ["/no-alias/plain", 502, "upstream_refused", "complete", "ResourceNotFoundException"],
  ])("%s is a %i before its head", async (path, status, reason, verdict, cause) => {
    const response = await stack.fetch(path);
    expect(response.status).toBe(status);
    expect(await response.text()).not.toContain("secret");
    const line = stack.lineOf(response);
    expect(line).toMatchObject({ reason, status, verdict });
    expect(line?.cause).toContain(cause);
  });

  test("a function that fails half-way breaks the transfer, and the log knows why", async () => {
    const response = await stack.fetch("/stream/then-throw");
    expect(response.status).toBe(202);
    await expect(response.text()).rejects.toThrow("terminated");
    expect(stack.lineOf(response)).toMatchObject({
      verdict: "function_error",
      functionError: "TypeError: the secret reason",
    });
  });

  test("an event stream that fails between events says so in its last one", async () => {
    const response = await stack.fetch("/stream/events-throw");
    let text = "";
    const read = async () => {
      for await (const chunk of response.body ?? []) text += Buffer.from(chunk as Uint8Array).toString();
    };
    await expect(read()).rejects.toThrow("terminated");
    expect(text).toMatch(
      /^data: 1\n\nevent: error\ndata: \{"type":"urn:grantway:problem:stream_function_error"/,
    );
    expect(text).not.toContain("secret");
  });

  test("the log's tail goes to the gateway's log alone", async () => {
    const response = await stack.fetch("/logs/logs");
    expect(await response.text()).not.toContain("secret");
    expect(stack.lineOf(response)?.logTail).toContain("the secret of the log");
  });
});

describe("behind a Lambda that the test plays", () => {
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

  test("a caller who goes closes the call to Lambda", async () => {
    const leaving = new AbortController();
    const answered = stack.fetch("/stream/x", { signal: leaving.signal });
    const far = await called;
    const closed = new Promise((resolve) => far.once("close", resolve));
    begin(far, prelude, text("one"));
    await answered;
    leaving.abort();
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
});
