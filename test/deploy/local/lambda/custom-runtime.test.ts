// Functions that bring their own runtime: a `bootstrap` in a shell and one in Node, behind the Runtime API, called through
// a function URL.
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FunctionDefinition } from "../../../../deploy/local/aws/model.js";
import { fixture, type Harness, serveFunctions, without } from "./lambda-harness.js";
import { processState, waitFor } from "./processes.js";

type Mode = "BUFFERED" | "RESPONSE_STREAM";

const custom = (
  folder: string,
  handler: string,
  mode: Mode = "BUFFERED",
  more: Partial<FunctionDefinition> = {},
): FunctionDefinition =>
  without(
    "build",
    fixture(handler.replace(".", "-"), mode, {
      ...{ codeFolder: join(__dirname, "fixtures", folder), handler, runtime: "provided.al2023", ...more },
    }),
  );
const node = (handler: string, mode: Mode = "BUFFERED", more: Partial<FunctionDefinition> = {}) =>
  custom("node-runtime", handler, mode, more);

let twin: Harness;
beforeAll(async () => {
  twin = await serveFunctions([
    ...[custom("shell-runtime", "greet.hello"), custom("shell-runtime", "greet.plain")],
    ...["echo", "errors", "failsAndExits", "answersAndExits", "exits", "statuses", "tooLarge"].map((name) =>
      node(name),
    ),
    ...["failsAtInit", "exitsAtInit", "workAfterAnswer"].map((name) => node(name)),
    ...["streams", "streamsPlain", "streamsAndFails", "streamsWithoutEnd", "breaksOff"].map((name) =>
      node(name, "RESPONSE_STREAM"),
    ),
    node("hangs", "BUFFERED", { timeoutSeconds: 1 }),
  ]);
});
afterAll(() => twin.close());

const logged = (text: string): boolean => twin.log.some(({ message }) => message.includes(text));
const bodyOf = async <T>(path: string): Promise<T> => JSON.parse((await twin.call(path)).body) as T;

test("a bootstrap in a shell, with curl, answers calls one after the other", async () => {
  for (const n of ["1", "2"]) {
    const { status, body } = await twin.call(`/greet-hello/${n}`);
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({ greeting: "hello", event: { rawPath: `/greet-hello/${n}` } });
  }
  expect(logged("greeting for {")).toBe(true);
});

test("an answer that is not JSON is no HTTP answer", async () => {
  expect((await twin.call("/greet-plain")).status).toBe(502);
  expect(logged("the payload is not JSON")).toBe(true);
});

test("a call comes with its id, its deadline, the function that was called and its trace", async () => {
  const before = Date.now();
  const { headers, event } = await bodyOf<{
    headers: Record<string, string>;
    event: { requestContext: { requestId: string } };
  }>("/echo");
  expect(headers["lambda-runtime-aws-request-id"]).toBe(event.requestContext.requestId);
  expect(headers["lambda-runtime-invoked-function-arn"]).toMatch(/:function:twin-echo:live$/);
  expect(headers["lambda-runtime-trace-id"]).toMatch(/^Root=1-/);
  const remainingMs = Number(headers["lambda-runtime-deadline-ms"]) - before;
  expect(remainingMs).toBeGreaterThan(29_000);
  expect(remainingMs).toBeLessThan(60_000);
});

test("a process runs call after call, and is stopped in between", async () => {
  const first = await bodyOf<{ calls: number; pid: number }>("/echo");
  await waitFor(() => processState(first.pid) === "T");
  const second = await bodyOf<{ calls: number; pid: number }>("/echo");
  expect(second).toMatchObject({ pid: first.pid, calls: first.calls + 1 });
});

test("what a runtime does before it asks for the next call belongs to the call", async () => {
  await twin.call("/workAfterAnswer");
  expect(logged("after the answer")).toBe(true);
});

test.each([
  ["errors", "Teapot"],
  ["failsAndExits", "Teapot"],
  ["answersAndExits", "Runtime.ExitError"],
  ["exits", "Runtime exited with error: exit status 7"],
  ["failsAtInit", "Runtime.NoHandler"],
  ["exitsAtInit", "Runtime exited with error: exit status 3"],
  ["hangs", "Task timed out after 1.00 seconds"],
  ["tooLarge", "Function.ResponseSizeTooLarge"],
])("a runtime that %s fails the call: %s", async (name, why) => {
  twin.log.length = 0;
  expect((await twin.call(`/${name}`)).status).toBe(502);
  expect(logged(why)).toBe(true);
});

test("a payload over the limit is told to the runtime with 413", async () => {
  await twin.call("/tooLarge");
  expect(logged("too large: 413")).toBe(true);
});

test("a runtime that breaks the order is refused, and the call goes on", async () => {
  const { brief } = await bodyOf<{ brief: unknown }>("/statuses");
  expect(brief).toEqual([
    ["nextDuringCall", 403, "InvalidStateTransition"],
    ["wrongId", 400, "InvalidRequestID"],
    ["badMode", 400, "InvalidFunctionResponseMode"],
    ["lateInit", 403, "InvalidStateTransition"],
    ["unknown", 404, "NotFound"],
    ["otherHost", 403, "InvalidHost"],
  ]);
  expect(logged('first 202 {"status":"OK"} second 403 InvalidStateTransition')).toBe(true);
});

test("a stream's metadata becomes the head of the answer", async () => {
  const { status, headers, body, complete } = await twin.call("/streams");
  expect({ status, body, complete }).toEqual({ status: 201, body: "one two", complete: true });
  expect(headers).toMatchObject({ "x-from": "runtime", "set-cookie": ["a=1"] });
});

test("a stream without metadata has its own content type", async () => {
  const { status, headers, body } = await twin.call("/streamsPlain");
  expect({ status, body, type: headers["content-type"] }).toEqual({
    status: 200,
    body: "a,b",
    type: "text/csv",
  });
});

test.each(["streamsAndFails", "breaksOff"])("%s: what was begun is broken off", async (name) => {
  const { status, complete } = await twin.call(`/${name}`);
  expect({ status, complete }).toEqual({ status: 200, complete: false });
});

test("metadata without its end is no answer", async () => {
  expect((await twin.call("/streamsWithoutEnd")).status).toBe(502);
  expect(logged("it ends before the eight NUL bytes")).toBe(true);
});

test("a bootstrap that cannot be executed is told at the start", async () => {
  const folder = await mkdtemp(join(tmpdir(), "grantway-test-"));
  const definition = custom("", "any", "BUFFERED", { codeFolder: folder });
  await expect(serveFunctions([definition])).rejects.toThrow(`any: no executable bootstrap in ${folder}`);
  await writeFile(join(folder, "bootstrap"), "#!/bin/sh\n");
  await chmod(join(folder, "bootstrap"), 0o644);
  await expect(serveFunctions([definition])).rejects.toThrow("no executable bootstrap");
  await rm(folder, { recursive: true });
});

// npm's aws-lambda-ric compiles libcurl when it is installed, so it is no dependency of this project. Where it is installed:
// AWS_LAMBDA_RIC=/somewhere/node_modules/aws-lambda-ric npx jest test/deploy/local/lambda/custom-runtime.test.ts
const { AWS_LAMBDA_RIC: client } = process.env;

(client === undefined ? test.skip : test)(
  "AWS's own runtime client runs handlers, buffered and streamed",
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "grantway-test-"));
    const start = `#!/bin/sh\nexec "${process.execPath}" "${client ?? ""}/bin/index.mjs" "$_HANDLER"\n`;
    await writeFile(join(folder, "bootstrap"), start, { mode: 0o755 });
    const source = `
    export const whole = async ({ rawPath }, { awsRequestId }) => {
      if (rawPath.endsWith("/throw")) throw new TypeError("on purpose");
      return { statusCode: 201, body: awsRequestId };
    };
    export const streamed = awslambda.streamifyResponse(async (event, stream) => {
      const answer = awslambda.HttpResponseStream.from(stream, { statusCode: 202 });
      answer.write("one ");
      answer.end("two");
    });`;
    await writeFile(join(folder, "app.mjs"), source);
    const more = { codeFolder: folder, memoryMb: 256 };
    const own = await serveFunctions([
      custom("", "app.whole", "BUFFERED", more),
      custom("", "app.streamed", "RESPONSE_STREAM", more),
    ]);
    const { status, headers, body } = await own.call("/app-whole");
    expect({ status, body }).toEqual({ status: 201, body: headers["x-amzn-requestid"] });
    expect((await own.call("/app-whole/throw")).status).toBe(502);
    expect(own.log.map(({ message }) => message)).toContainEqual(
      expect.stringContaining("TypeError: on purpose"),
    );
    expect(await own.call("/app-streamed")).toMatchObject({ status: 202, body: "one two", complete: true });
    await own.close();
    await rm(folder, { recursive: true });
  },
);
