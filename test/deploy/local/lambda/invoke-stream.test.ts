// InvokeWithResponseStream as the AWS SDK sees it: chunks as they come, and how the stream ends.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  type InvokeWithResponseStreamCommandInput,
  InvokeWithResponseStreamCommand,
  type InvokeWithResponseStreamCompleteEvent,
  LambdaClient,
} from "@aws-sdk/client-lambda";
import { sendFrames } from "../../../../deploy/local/aws/lambda/invoke-answer.js";
import { invokable, type InvokeHarness, serveInvoke } from "./invoke-harness.js";

const EXPORTS = ["tells", "prints", "throws", "exits", "returnsBytes", "streams", "streamsWithHead"];

let harness: InvokeHarness;
let client: LambdaClient;
beforeAll(async () => {
  harness = await serveInvoke([
    ...[...EXPORTS, "streamsNothing", "streamsAndThrows"].map((name) => invokable(name)),
    invokable("streamsAndHangs", { timeoutSeconds: 1 }),
  ]);
  client = harness.client();
});
afterAll(() => harness.close());

const open = (FunctionName: string, more: Partial<InvokeWithResponseStreamCommandInput> = {}) =>
  client.send(new InvokeWithResponseStreamCommand({ FunctionName, ...more }));

interface Streamed {
  readonly text: string;
  readonly chunks: number;
  readonly completions: readonly InvokeWithResponseStreamCompleteEvent[];
}

const readAll = async (call: ReturnType<typeof open>): Promise<Streamed> => {
  const chunks: Uint8Array[] = [];
  const completions: InvokeWithResponseStreamCompleteEvent[] = [];
  for await (const { PayloadChunk, InvokeComplete } of (await call).EventStream ?? []) {
    if (PayloadChunk?.Payload !== undefined) chunks.push(PayloadChunk.Payload);
    if (InvokeComplete !== undefined) completions.push(InvokeComplete);
  }
  return { text: Buffer.concat(chunks).toString(), chunks: chunks.length, completions };
};

test("the head names the version and the stream's type", async () => {
  const answer = await open("streams:live");
  expect(answer).toMatchObject({
    StatusCode: 200,
    ExecutedVersion: "1",
    ResponseStreamContentType: "application/vnd.amazon.eventstream",
  });
  await readAll(Promise.resolve(answer));
});

test.each([
  ["streams", "first;last"],
  ["streamsNothing", ""],
  ["streamsWithHead", `{"statusCode":201,"headers":{"a":"1"}}${"\0".repeat(8)}body`],
])("%s arrives whole, and its last event says nothing of an error", async (name, text) => {
  expect(await readAll(open(name))).toMatchObject({ text, completions: [{}] });
});

test("a chunk arrives while the function still runs", async () => {
  const { EventStream } = await open("streamsAndHangs");
  for await (const { PayloadChunk } of EventStream ?? []) {
    expect(Buffer.from(PayloadChunk?.Payload ?? []).toString()).toBe("first");
    break;
  }
});

test("a buffered function's payload is one chunk", async () => {
  const { text, chunks } = await readAll(open("tells", { Payload: '{"a":1}' }));
  expect(JSON.parse(text)).toMatchObject({ event: { a: 1 } });
  expect(chunks).toBe(1);
});

describe("a failure is told by the last event", () => {
  test.each([
    ["throws", "", "RangeError", "out of range"],
    ["exits", "", "Runtime.ExitError", "exit status 3"],
    ["streamsAndThrows", "first", "RangeError", "too late"],
    ["streamsAndHangs", "first", "Sandbox.Timedout", "Task timed out after 1.00 seconds"],
  ])("%s: after %j it is %s", async (name, text, ErrorCode, message) => {
    const { completions, ...rest } = await readAll(open(name));
    expect(rest.text).toBe(text);
    expect(completions).toEqual([{ ErrorCode, ErrorDetails: expect.stringContaining(message) as string }]);
    expect(JSON.parse(completions[0]?.ErrorDetails ?? "")).toMatchObject({ errorType: ErrorCode });
  });

  test("and so is an answer that is too large", async () => {
    const Payload = JSON.stringify({ bytes: 6_291_557 });
    const { completions } = await readAll(open("returnsBytes", { Payload }));
    expect(completions).toMatchObject([{ ErrorCode: "Function.ResponseSizeTooLarge" }]);
  });
});

test("the log's tail comes with the last event", async () => {
  const { completions } = await readAll(open("prints", { LogType: "Tail" }));
  const text = Buffer.from(completions[0]?.LogResult ?? "", "base64").toString();
  expect(text).toContain("line 499 of five hundred");
});

test("a dry run is 204 and no stream", async () => {
  const answer = await open("streams", { InvocationType: "DryRun" });
  expect(answer.$metadata.httpStatusCode).toBe(204);
});

test("a function that is not there is refused before any stream", async () => {
  await expect(open("nobody")).rejects.toMatchObject({ name: "ResourceNotFoundException" });
});

test("a stream ends with an error where its 200 MB (here: 10 bytes) do, and no later chunk leaves", async () => {
  const server = createServer((_req, res) => {
    const frames = sendFrames(res, { requestId: "r", traceId: "t", version: "1" }, 10);
    void (async () => {
      for (const text of ["12345", "67890", "x"]) await frames.chunk(Buffer.from(text));
      await frames.complete({ kind: "streamed" }, undefined);
    })();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: "a", secretAccessKey: "s" };
  const lambda = new LambdaClient({ endpoint, region: "eu-west-1", credentials });
  const { text, completions } = await readAll(
    lambda.send(new InvokeWithResponseStreamCommand({ FunctionName: "f" })),
  );
  lambda.destroy();
  server.close();
  expect(text).toBe("1234567890");
  expect(completions).toMatchObject([{ ErrorCode: "Function.ResponseSizeTooLarge" }]);
});
