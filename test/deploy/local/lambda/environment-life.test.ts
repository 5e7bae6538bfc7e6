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

// Real processes, perhaps on a busy machine.
jest.setTimeout(60_000);

let folder: string;
let workerFile: string;
let keeper: Keeper;
const started: Environment[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "grantway-test-"));
  workerFile = await buildWorker(folder);
  keeper = new Keeper(folder);
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((each) => each.destroy()));
});
afterAll(async () => {
  await keeper.close();
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

test("the remaining time runs down, in a warm environment too", async () => {
  const environment = await start(`
    export const handler = async (event, context) => {
      const before = context.getRemainingTimeInMillis();
      await new Promise((resolve) => setTimeout(resolve, 50));
      return before - context.getRemainingTimeInMillis();
    };`);
  const spents = [await answerOf<number>(environment), await answerOf<number>(environment)];
  for (const spent of spents) {
    expect(spent).toBeGreaterThanOrEqual(49);
    expect(spent).toBeLessThan(10_000);
  }
});

test("a second call at the same time is a fault of the twin, and spoils nothing", async () => {
  const environment = await start(`export const handler = async () => "one";`);
  const first = answerOf(environment);
  await expect(call(environment)).rejects.toThrow("one call at a time");
  expect(await first).toBe("one");
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
  const slow = `await new Promise((resolve) => setTimeout(resolve, 2200)); export const handler = async () => 1;`;
  const first = await start(slow, { startGate });
  const second = await start(`export const handler = async () => 2;`, { startGate, initTimeoutSeconds: 2 });
  expect(await Promise.all([answerOf(first), answerOf(second)])).toEqual([1, 2]);
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

describe("nothing outlives its twin: a stopped environment, one in an endless loop, what left its group", () => {
  const startTwin = async (...options: string[]) => {
    const script = join(__dirname, "fixtures/doomed-twin.ts");
    const twin = spawn(process.execPath, ["--import", "tsx", script, folder, ...options], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = once(twin, "exit");
    const [line] = (await once(twin.stdout, "data")) as [Buffer];
    return { twin, ended, pids: JSON.parse(line.toString()) as number[] };
  };

  test("when it is killed", async () => {
    const { twin, pids } = await startTwin();
    const [stopped = 0, busy = 0] = pids;
    await waitFor(() => processState(stopped) === "T" && processState(busy) === "R");
    twin.kill("SIGKILL");
    await waitFor(() => pids.every((pid) => processState(pid) === undefined));
  });

  test("when it closes, and nothing keeps it", async () => {
    const { ended, pids } = await startTwin("close");
    expect(await ended).toEqual([0, null]);
    expect(pids).toHaveLength(3);
    await waitFor(() => pids.every((pid) => processState(pid) === undefined));
  });
});

test("an environment that has died is known to be dead before its end is told", async () => {
  const environment = await start(`export const handler = async () => process.pid;`);
  const pid = await answerOf<number>(environment);
  expect(environment.alive).toBe(true);
  process.kill(pid, "SIGKILL");
  // Nothing that Node tells gets in between.
  while (processState(pid) !== undefined);
  expect(environment.alive).toBe(false);
});
