// InvokeWithResponseStream as a way out, against the twin: frames and metadata are taken away, and what fails breaks the
// transfer.
import { startInvokeStack, type InvokeStack } from "../fixtures/invoke-stack.js";

const mode = { target: { mode: "ResponseStream" } };

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
  expect([response.status, response.headers.get("content-type")]).toEqual([200, "application/octet-stream"]);
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
