// The process of an execution environment: stopped between calls, alone in its session, and never left behind.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildWorker } from "../../../../deploy/local/aws/lambda/build.js";
import { Environment, type EnvironmentSpec } from "../../../../deploy/local/aws/lambda/environment.js";
import type { AnswerSink } from "../../../../deploy/local/aws/lambda/invocation.js";
import { Keeper } from "../../../../deploy/local/aws/lambda/keeper.js";
import { StartGate } from "../../../../deploy/local/aws/lambda/start-gate.js";
import { processState, waitFor } from "./processes.js";

const context = {
  functionName: "f",
  functionVersion: "$LATEST",
  invokedFunctionArn: "arn:aws:lambda:eu-west-1:123456789012:function:f",
  memoryLimitInMB: "128",
  logGroupName: "/aws/lambda/f",
  logStreamName: "stream",
};
const noStream: AnswerSink = { start: () => undefined, chunk: () => Promise.resolve(), end: () => undefined };

let folder: string;
let workerFile: string;
let keeper: Keeper;
const started: Environment[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "grantway-test-"));
  workerFile = await buildWorker(folder);
  keeper = new Keeper();
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((each) => each.destroy()));
});
afterAll(async () => {
  keeper.close();
  await rm(folder, { recursive: true });
});

let files = 0;
const start = async (source: string, overrides: Partial<EnvironmentSpec> = {}): Promise<Environment> => {
  const handlerFile = join(folder, `handler-${(files += 1)}.mjs`);
  await writeFile(handlerFile, source);
  const environment = new Environment({
    ...{ workerFile, folder, keeper, environmentVariables: {}, nodeOptions: [] },
    load: { handlerFile, exportPath: "handler", context, logFormat: "Text", logLevel: "TRACE" },
    memoryMb: 128,
    timeoutSeconds: 10,
    startGate: new StartGate(),
    printed: () => undefined,
    ...overrides,
  });
  started.push(environment);
  return environment;
};
const call = (environment: Environment, event: unknown = {}, more = {}) =>
  environment.invoke(
    { requestId: crypto.randomUUID(), traceId: "t", event: JSON.stringify(event), ...more },
    noStream,
  );
const answerOf = async <T>(environment: Environment, event?: unknown, more?: object): Promise<T> => {
  const outcome = await call(environment, event, more);
  if (outcome.kind !== "payload") throw new Error(JSON.stringify(outcome));
  return JSON.parse(outcome.payload) as T;
};

test("what a handler leaves in the event loop waits for the next call", async () => {
  const environment = await start(`
    let ranAt = 0;
    export const handler = async () => {
      const before = ranAt;
      setTimeout(() => (ranAt = Date.now()), 20);
      await new Promise((resolve) => setTimeout(resolve, 5));
      return { pid: process.pid, ranAt, before };
    };`);
  const { pid } = await answerOf<{ pid: number }>(environment);
  await waitFor(() => processState(pid) === "T");
  // Longer than the timer that was left.
  const other = await start(
    `export const handler = () => new Promise((resolve) => setTimeout(resolve, 40));`,
  );
  await answerOf(other);
  const calledAt = Date.now();
  const { ranAt } = await answerOf<{ ranAt: number }>(environment);
  expect(ranAt).toBeGreaterThanOrEqual(calledAt);
});

test("a promise that is rejected between two calls fails the second one", async () => {
  const environment = await start(`
    export const handler = async () => {
      setTimeout(() => Promise.reject(new Error("left behind")), 10);
      return 1;
    };`);
  expect(await call(environment)).toMatchObject({ kind: "payload" });
  const slow = await start(`export const handler = () => new Promise((resolve) => setTimeout(resolve, 30));`);
  await call(slow);
  expect([await call(environment), await call(environment)]).toContainEqual(
    expect.objectContaining({
      errorType: "Runtime.UnhandledPromiseRejection",
      errorMessage: "Error: left behind",
    }),
  );
  expect(environment.alive).toBe(false);
});

test("a function sees its own variables, and no way to the twin", async () => {
  const environment = await start(
    `export const handler = async () => ({
      env: Object.keys(process.env).sort(),
      folder: process.cwd(),
      argv: process.argv.slice(2),
      send: typeof process.send,
    });`,
    { environmentVariables: { COLOUR: "red" } },
  );
  expect(await answerOf(environment)).toEqual({
    env: ["COLOUR", "_X_AMZN_TRACE_ID"],
    folder,
    argv: [],
    send: "undefined",
  });
});

test("the context tells what was called, and the client's context", async () => {
  const environment = await start(
    `export const handler = async (event, context) => ({ ...context, event });`,
  );
  const invoked = { arn: `${context.invokedFunctionArn}:live`, version: "1" };
  expect(await answerOf(environment, { n: 1 }, { invoked, clientContext: '{"app":"a"}' })).toMatchObject({
    event: { n: 1 },
    functionVersion: "1",
    invokedFunctionArn: invoked.arn,
    clientContext: { app: "a" },
  });
  const plain = await answerOf<object>(environment);
  expect(plain).toMatchObject({ functionVersion: "$LATEST" });
  expect(plain).not.toHaveProperty("clientContext");
});

test("a start that takes longer than its time ends, also in an endless loop", async () => {
  for (const source of ["for (;;);", "await new Promise((resolve) => setTimeout(resolve, 60_000));"]) {
    const environment = await start(source, { initTimeoutSeconds: 0.3 });
    expect(await call(environment)).toMatchObject({
      errorType: "Sandbox.Timedout",
      errorMessage: "Init timed out after 0.3 seconds",
    });
    expect(environment.alive).toBe(false);
  }
});

test("the time of a start counts from when it may begin", async () => {
  const startGate = new StartGate(1);
  const slow = `await new Promise((resolve) => setTimeout(resolve, 350)); export const handler = async () => 1;`;
  const spec = { startGate, initTimeoutSeconds: 0.6 };
  const both = await Promise.all([start(slow, spec), start(slow, spec)]);
  expect(await Promise.all(both.map((each) => answerOf(each)))).toEqual([1, 1]);
});

test("what a function started ends with it, though it holds the function's output", async () => {
  const environment = await start(`
    import { spawn } from "node:child_process";
    export const handler = async () => spawn("/bin/sleep", ["3600"], { stdio: "inherit" }).pid;`);
  const left = await answerOf<number>(environment);
  expect(processState(left)).toBeDefined();
  await environment.destroy();
  await waitFor(() => processState(left) === undefined);
});

test("an exit is told when everything that was said before it has arrived", async () => {
  const lines: string[] = [];
  const environment = await start(
    `export const handler = async () => {
      for (let line = 0; line < 1000; line += 1) console.log("line", line);
      process.exit(7);
    };`,
    { printed: ({ message }) => lines.push(message) },
  );
  expect(await call(environment)).toMatchObject({
    errorMessage: "Runtime exited with error: exit status 7",
  });
  expect(lines.filter((line) => line.includes("line"))).toHaveLength(1000);
});

test("a runtime that cannot be started fails the call, not the twin", async () => {
  const environment = await start(`export const handler = async () => 1;`, {
    folder: join(folder, "not-there"),
  });
  expect(await call(environment)).toMatchObject({ kind: "failed", errorType: "Runtime.ExitError" });
});

test("nothing outlives a twin that is killed: neither a stopped environment nor one in an endless loop", async () => {
  const script = join(__dirname, "fixtures/doomed-twin.ts");
  const twin = spawn(process.execPath, ["--import", "tsx", script, folder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(twin.stdout, "data")) as [Buffer];
  const pids = JSON.parse(line.toString()) as number[];
  const [stopped = 0, busy = 0] = pids;
  await waitFor(() => processState(stopped) === "T" && processState(busy) === "R");
  twin.kill("SIGKILL");
  await waitFor(() => pids.every((pid) => processState(pid) === undefined));
}, 20_000);
