// What a function sees, and what its failures do: each ends its own environment, never the twin.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FunctionDefinition } from "../../../../deploy/local/aws/model.js";
import { deployed, fixture, type Harness, serveFunctions, without } from "./lambda-harness.js";

const QUICK = { timeoutSeconds: 1 };
/** From source text, run as it is: no build settings. */
const plain = (logicalId: string, handler: string): FunctionDefinition => ({
  ...without("build", fixture(logicalId)),
  handler,
  codeFolder: join(folder, logicalId),
});

const SOURCES: Record<string, [file: string, text: string]> = {
  broken: ["index.mjs", "export const handler = async () => {"],
  throwsAtInit: ["index.mjs", "throw new Error('no start'); export const handler = async () => 1;"],
  exitsAtInit: ["index.mjs", "process.exit(0);"],
  importsNothing: ["index.mjs", "import 'no-such-package'; export const handler = async () => 1;"],
  commonjs: ["index.cjs", "exports.handler = async () => require('node:path').sep;"],
  deep: ["src/app.mjs", "export default { handler: async () => 'deep' };"],
};

const GOOD = [
  deployed("hello"),
  ...[
    "count",
    "moody",
    "describePlace",
    "prints",
    "returnsSynchronously",
    "returnsNothing",
    "returnsBytes",
  ].map((name) => fixture(name)),
  fixture("nested", "BUFFERED", { handler: "functions.nested.deeper.handler" }),
];
const BAD = [
  ...[
    "throws",
    "throwsSynchronously",
    "throwsString",
    "exits",
    "exitsWithoutReason",
    "killsItself",
    "aborts",
    "closesItsPipes",
    "spoilsItsPipe",
    "killsItsParent",
    "rejectsElsewhere",
    "throwsElsewhere",
    "eatsMemory",
    "eatsBuffers",
    "callsBack",
  ],
  ...["noFunction", "notThere", "returnsFunction", "returnsCycle", "returnsBadStatus"],
].map((name) => fixture(name));

let folder: string;
let harness: Harness;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "grantway-test-"));
  for (const [name, [file, text]] of Object.entries(SOURCES)) {
    await mkdir(join(folder, name, "src"), { recursive: true });
    await writeFile(join(folder, name, file), text);
  }
  harness = await serveFunctions([
    ...GOOD,
    ...BAD,
    fixture("loops", "BUFFERED", QUICK),
    fixture("hangs", "BUFFERED", QUICK),
    fixture("eatsHeap", "BUFFERED", {
      memoryMb: 512,
      handler: "functions.eatsMemory",
      environment: { NODE_OPTIONS: "--max-old-space-size=32" },
    }),
    ...Object.keys(SOURCES).map((name) => plain(name, name === "deep" ? "src/app.handler" : "index.handler")),
  ]);
});
afterAll(async () => {
  await harness.close();
  await rm(folder, { recursive: true });
});

const bodyOf = async (path: string): Promise<unknown> => JSON.parse((await harness.call(path)).body);
const logged = (name: string): string[] =>
  harness.log.filter(({ functionName }) => functionName === `twin-${name}`).map(({ message }) => message);

test("hello says hello", async () => {
  expect(await harness.call("/hello")).toMatchObject({
    status: 200,
    headers: { "content-type": "application/json" },
    body: '{"message":"hello world"}',
  });
});

test("a warm environment is used again", async () => {
  expect(await bodyOf("/count")).toEqual({ calls: 1 });
  expect(await bodyOf("/count")).toEqual({ calls: 2 });
});

test("the context and the environment are Lambda's, and nothing of the twin's", async () => {
  const reply = await harness.call("/describePlace");
  const place = JSON.parse(reply.body) as { context: object; env: object };
  const stream = /^2026\/11\/21\/\[1\][0-9a-f]{32}$/;
  expect(place.context).toEqual({
    awsRequestId: reply.headers["x-amzn-requestid"],
    functionName: "twin-describePlace",
    functionVersion: "1",
    invokedFunctionArn: "arn:aws:lambda:eu-west-1:123456789012:function:twin-describePlace:live",
    memoryLimitInMB: "128",
    logGroupName: "/aws/lambda/twin-describePlace",
    logStreamName: expect.stringMatching(stream) as string,
    remaining: expect.any(Number) as number,
  });
  expect(place.env).toEqual({
    COLOUR: "red",
    AWS_REGION: "eu-west-1",
    AWS_DEFAULT_REGION: "eu-west-1",
    AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
    AWS_LAMBDA_FUNCTION_NAME: "twin-describePlace",
    AWS_LAMBDA_FUNCTION_VERSION: "1",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "128",
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_LAMBDA_LOG_FORMAT: "Text",
    AWS_LAMBDA_LOG_GROUP_NAME: "/aws/lambda/twin-describePlace",
    AWS_LAMBDA_LOG_STREAM_NAME: expect.stringMatching(stream) as string,
    LAMBDA_TASK_ROOT: expect.stringMatching(/describePlace\/0\/task$/) as string,
    LANG: "en_US.UTF-8",
    PATH: "/usr/local/bin:/usr/bin:/bin",
    TZ: ":UTC",
    _HANDLER: "functions.describePlace",
    _X_AMZN_TRACE_ID: reply.headers["x-amzn-trace-id"],
  });
  const { remaining } = place.context as { remaining: number };
  expect(remaining).toBeGreaterThan(0);
  expect(remaining).toBeLessThanOrEqual(30_000);
});

test.each([
  ["returnsSynchronously", { sync: true }],
  ["returnsNothing", null],
  ["nested", "nested"],
  ["commonjs", "/"],
  ["deep", "deep"],
])("%s is a good function", async (name, body) => {
  expect(await bodyOf(`/${name}`)).toEqual(body);
});

test.each([
  ["throws", "RangeError: the secret reason"],
  ["throwsSynchronously", "Error: at once"],
  ["throwsString", "only a string"],
  ["exits", "Runtime.ExitError: Runtime exited with error: exit status 3"],
  ["exitsWithoutReason", "Runtime.ExitError: Runtime exited without providing a reason"],
  ["killsItself", "Runtime.ExitError: Runtime exited with error: signal: killed"],
  ["aborts", "Runtime.ExitError: Runtime exited with error: signal: aborted"],
  ["closesItsPipes", "Runtime.ExitError"],
  ["spoilsItsPipe", "its pipe is spoiled"],
  ["rejectsElsewhere", "Runtime.UnhandledPromiseRejection: Error: nobody is listening"],
  ["throwsElsewhere", "Error: nobody catches it"],
  ["killsItsParent", "kill EPERM"],
  ["callsBack", "Runtime.CallbackHandlerDeprecated"],
  ["noFunction", "Runtime.HandlerNotFound"],
  ["notThere", "Runtime.HandlerNotFound"],
  ["returnsFunction", "cannot return a function"],
  ["returnsCycle", "circular structure"],
  ["returnsBadStatus", "statusCode must be an integer"],
  ["broken", "Runtime.UserCodeSyntaxError"],
  ["throwsAtInit", "no start"],
  ["exitsAtInit", "Runtime.ExitError"],
  ["importsNothing", "Runtime.ImportModuleError"],
  ["eatsMemory", "Runtime.OutOfMemory"],
  ["eatsHeap", "signal: aborted"],
  ["eatsBuffers", "Runtime.OutOfMemory: Runtime exited with error: signal: killed"],
])("%s is a 502 that tells the log, not the caller, and twice the same", async (name, reason) => {
  for (let time = 1; time <= 2; time += 1) {
    expect(await harness.call(`/${name}`)).toMatchObject({
      status: 502,
      headers: { "content-type": "application/json", "x-amzn-requestid": expect.any(String) as string },
      body: "Internal Server Error",
    });
    expect(logged(name).join("\n")).toContain(reason);
    harness.log.splice(0);
  }
  expect(await harness.call("/hello")).toMatchObject({ status: 200 });
});

test("a function that does not end in time is a 502, busy or idle", async () => {
  const names = ["loops", "hangs"];
  const replies = await Promise.all(names.map((name) => harness.call(`/${name}`)));
  expect(replies.map(({ status }) => status)).toEqual([502, 502]);
  for (const name of names)
    expect(logged(name)).toEqual([
      expect.stringMatching(/^REPORT .*\tStatus: timeout\tError Type: Sandbox.Timedout$/),
      "Sandbox.Timedout: Task timed out after 1.00 seconds",
    ]);
});

test("a handler that throws keeps its environment, one that exits gets a new one", async () => {
  expect(await bodyOf("/moody")).toEqual({ calls: 1 });
  expect(await harness.call("/moody?mood=throw")).toMatchObject({ status: 502 });
  expect(await bodyOf("/moody")).toEqual({ calls: 3 });
  expect(await harness.call("/moody?mood=exit")).toMatchObject({ status: 502 });
  expect(await bodyOf("/moody")).toEqual({ calls: 1 });
});

test("a buffered answer is at most 6,291,556 bytes of JSON", async () => {
  expect(await harness.call("/returnsBytes?bytes=6291556")).toMatchObject({
    status: 200,
    headers: { "content-length": "6291556" },
  });
  expect(await harness.call("/returnsBytes?bytes=6291557")).toMatchObject({ status: 502 });
});
