// The Invoke API as the AWS SDK sees it: statuses, headers, payloads and the classes of its errors.
import {
  InvalidRequestContentException,
  InvokeCommand,
  type InvokeCommandInput,
  type LambdaClient,
  LambdaServiceException,
  RequestTooLargeException,
  ResourceNotFoundException,
  TooManyRequestsException,
} from "@aws-sdk/client-lambda";
import { errorDocument } from "../../../../deploy/local/aws/lambda/invoke-answer.js";
import { invokable, type InvokeHarness, serveInvoke } from "./invoke-harness.js";

const EXPORTS = ["tells", "counts", "prints", "throws", "exits", "returnsNothing", "returnsBytes"];
const STREAMING = ["streams", "streamsWithHead", "streamsAndThrows"];

let harness: InvokeHarness;
let client: LambdaClient;
const asked: unknown[] = [];
beforeAll(async () => {
  harness = await serveInvoke(
    [
      ...[...EXPORTS, ...STREAMING].map((name) => invokable(name)),
      invokable("hangs", { timeoutSeconds: 1 }),
      invokable("killed", { handler: "invoke-functions.tells", reservedConcurrency: 0 }),
    ],
    ({ arn }, { functionArn, qualifier, definition }, sourceIp) => {
      asked.push([arn, functionArn, qualifier, definition?.name, sourceIp]);
      const forbidden = {
        status: 403,
        type: "AccessDeniedException",
        message: "User: alice is not authorized",
      };
      return qualifier === "forbidden" ? { ok: false, error: forbidden } : { ok: true, value: undefined };
    },
  );
  client = harness.client();
});
afterAll(() => harness.close());

const invoke = (FunctionName: string, more: Partial<InvokeCommandInput> = {}) =>
  client.send(new InvokeCommand({ FunctionName, ...more }));

const payloadOf = async (call: ReturnType<typeof invoke>): Promise<unknown> =>
  JSON.parse((await call).Payload?.transformToString() ?? "");

const ARN = "arn:aws:lambda:eu-west-1:123456789012:function:tells";

describe("a call that somebody waits for", () => {
  test("gives the function's payload, the version that ran and the request's id", async () => {
    const answer = await invoke("tells", { Payload: '{"a":"λ"}', Qualifier: "live" });
    expect(answer).toMatchObject({ StatusCode: 200, ExecutedVersion: "1" });
    expect(answer.FunctionError).toBeUndefined();
    expect(answer.LogResult).toBeUndefined();
    expect(JSON.parse(answer.Payload?.transformToString() ?? "")).toMatchObject({
      event: { a: "λ" },
      arn: `${ARN}:live`,
      version: "1",
      requestId: answer.$metadata.requestId,
    });
  });

  test.each([
    ["tells", ARN, "$LATEST"],
    [ARN, ARN, "$LATEST"],
    ["123456789012:function:tells:$LATEST", `${ARN}:$LATEST`, "$LATEST"],
    ["tells:1", `${ARN}:1`, "1"],
    [`${ARN}:live`, `${ARN}:live`, "1"],
  ])("named %s runs %s in version %s", async (name, arn, version) => {
    expect(await payloadOf(invoke(name))).toMatchObject({ event: {}, arn, version });
  });

  test("gives the function its client context", async () => {
    const ClientContext = Buffer.from('{"custom":{"a":1}}').toString("base64");
    expect(await payloadOf(invoke("tells", { ClientContext }))).toMatchObject({
      clientContext: { custom: { a: 1 } },
    });
  });

  test("of a function that returns nothing is null", async () => {
    expect(await payloadOf(invoke("returnsNothing"))).toBeNull();
  });

  test("of a streaming function is the whole stream", async () => {
    const text = async (name: string) => (await invoke(name)).Payload?.transformToString();
    expect(await text("streams")).toBe("first;last");
    expect(await text("streamsWithHead")).toBe(`{"statusCode":201,"headers":{"a":"1"}}${"\0".repeat(8)}body`);
  });

  test("has its permission asked for what was named, existing or not", async () => {
    asked.length = 0;
    await invoke("tells:live");
    await invoke("nobody").catch(() => undefined);
    const alice = "arn:aws:sts::123456789012:assumed-role/analyst/alice";
    expect(asked).toEqual([
      [alice, ARN, "live", "tells", "127.0.0.1"],
      [alice, ARN.replace("tells", "nobody"), undefined, undefined, "127.0.0.1"],
    ]);
  });
});

describe("a function's error is a 200 that says Unhandled", () => {
  test("with what was thrown", async () => {
    const answer = await invoke("throws");
    expect(answer).toMatchObject({ StatusCode: 200, FunctionError: "Unhandled", ExecutedVersion: "$LATEST" });
    expect(JSON.parse(answer.Payload?.transformToString() ?? "")).toEqual({
      errorType: "RangeError",
      errorMessage: "out of range",
      trace: expect.arrayContaining([expect.stringContaining("RangeError: out of range")]) as string[],
    });
  });

  test.each([
    ["exits", "Runtime.ExitError", "exit status 3"],
    ["hangs", "Sandbox.Timedout", "Task timed out after 1.00 seconds"],
  ])("with what befell the environment: %s is %s", async (name, errorType, text) => {
    const answer = await invoke(name);
    expect(answer.FunctionError).toBe("Unhandled");
    const { requestId = "" } = answer.$metadata;
    expect(JSON.parse(answer.Payload?.transformToString() ?? "")).toEqual({
      errorType,
      errorMessage: expect.stringMatching(`^RequestId: ${requestId} Error: .*${text}`) as string,
    });
  });

  test("with a stream that broke, and nothing of what was streamed", async () => {
    expect(await payloadOf(invoke("streamsAndThrows"))).toMatchObject({ errorMessage: "too late" });
  });

  test("with an answer of more than 6,291,556 bytes", async () => {
    const of = async (bytes: number) => invoke("returnsBytes", { Payload: JSON.stringify({ bytes }) });
    expect(await of(6_291_556)).not.toHaveProperty("FunctionError", "Unhandled");
    expect(await payloadOf(of(6_291_557))).toMatchObject({ errorType: "Function.ResponseSizeTooLarge" });
  });
});

describe("the log's tail", () => {
  test("is the last 4 KB of what this call printed, for Tail alone", async () => {
    const { LogResult = "" } = await invoke("prints", { LogType: "Tail" });
    const text = Buffer.from(LogResult, "base64").toString();
    expect(Buffer.byteLength(text)).toBe(4096);
    expect(text).toContain("line 499 of five hundred");
    expect(text).not.toContain("line 300 of five hundred");
    expect((await invoke("prints", { LogType: "None" })).LogResult).toBeUndefined();
  });
});

describe("a call that nobody waits for", () => {
  test("is 202 without a payload, and runs all the same", async () => {
    const answer = await invoke("prints", { InvocationType: "Event" });
    expect(answer.StatusCode).toBe(202);
    expect(answer.Payload?.transformToString() ?? "").toBe("");
    await harness.logged("line 499 of five hundred");
  });

  test("says in the twin's log that it failed", async () => {
    expect(await invoke("exits", { InvocationType: "Event" })).toMatchObject({ StatusCode: 202 });
    await harness.logged("Runtime.ExitError");
  });
});

test("a dry run is 204 and runs nothing", async () => {
  expect(await invoke("counts", { InvocationType: "DryRun" })).toMatchObject({ StatusCode: 204 });
  expect(await payloadOf(invoke("counts"))).toBe(1);
});

describe("is refused in AWS's classes", () => {
  const refused = async (call: Promise<unknown>): Promise<LambdaServiceException> => {
    const error = await call.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!(error instanceof LambdaServiceException)) throw new Error(`no refusal: ${String(error)}`);
    return error;
  };

  test.each(["nobody", "tells:2", "tells:other"])("a function that is not there: %s", async (name) => {
    const error = await refused(invoke(name));
    expect(error).toBeInstanceOf(ResourceNotFoundException);
    expect(error.message).toBe(`Function not found: ${ARN.replace("tells", name)}`);
    expect(error.$metadata.httpStatusCode).toBe(404);
  });

  test("a caller without permission", async () => {
    const error = await refused(invoke("tells:forbidden"));
    expect(error).toMatchObject({
      name: "AccessDeniedException",
      message: "User: alice is not authorized",
      $metadata: { httpStatusCode: 403 },
    });
  });

  test("a wrong key, before permission is looked at", async () => {
    asked.length = 0;
    const stranger = harness.client({
      credentials: { accessKeyId: "ASIASTRANGER00000000", secretAccessKey: "s", sessionToken: "t" },
    });
    const error = await refused(stranger.send(new InvokeCommand({ FunctionName: "tells" })));
    stranger.destroy();
    expect(error).toMatchObject({ name: "UnrecognizedClientException", $metadata: { httpStatusCode: 403 } });
    expect(asked).toEqual([]);
  });

  test("the signature of another service", async () => {
    const unsigned = await fetch(`${harness.url}/2015-03-31/functions/tells/invocations`, { method: "POST" });
    expect(unsigned.status).toBe(403);
    expect(unsigned.headers.get("x-amzn-errortype")).toBe("MissingAuthenticationTokenException");
  });

  test("a payload that is no JSON", async () => {
    const error = await refused(invoke("tells", { Payload: "{" }));
    expect(error).toBeInstanceOf(InvalidRequestContentException);
    expect(error.$metadata.httpStatusCode).toBe(400);
  });

  test("a payload above 6,291,456 bytes, on the way or in whole", async () => {
    const error = await refused(invoke("tells", { Payload: JSON.stringify("x".repeat(6_291_455)) }));
    expect(error).toBeInstanceOf(RequestTooLargeException);
    expect(error.$metadata.httpStatusCode).toBe(413);
  });

  test("an Event above 1 MB", async () => {
    const Payload = JSON.stringify("x".repeat(1_048_575));
    const error = await refused(invoke("tells", { Payload, InvocationType: "Event" }));
    expect(error).toBeInstanceOf(RequestTooLargeException);
  });

  test("the kill switch", async () => {
    const error = await refused(invoke("killed"));
    expect(error).toBeInstanceOf(TooManyRequestsException);
    expect(error).toMatchObject({
      Reason: "ReservedFunctionConcurrentInvocationLimitExceeded",
      Type: "User",
      $metadata: { httpStatusCode: 429 },
    });
  });

  test("a dry run of the kill switch is none of it", async () => {
    expect(await invoke("killed", { InvocationType: "DryRun" })).toMatchObject({ StatusCode: 204 });
  });
});

test.each([
  [{ errorType: "Runtime.ExitError", errorMessage: "gone" }, "RequestId: r1 Error: gone"],
  [{ errorType: "Runtime.ImportModuleError", errorMessage: "no such file", trace: ["a"] }, "no such file"],
  [{ errorType: "Error", errorMessage: "thrown", trace: [] }, "thrown"],
])("only what befell an environment carries the request's id: %j", (error, errorMessage) => {
  expect(JSON.parse(errorDocument(error, "r1"))).toEqual({ ...error, errorMessage });
});
