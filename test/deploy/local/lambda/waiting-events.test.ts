// Calls of type Event after they were taken: time is moved by hand, the function is the test's.
import type { Callee } from "../../../../deploy/local/aws/lambda/callee.js";
import type { InvocationOutcome } from "../../../../deploy/local/aws/lambda/invocation.js";
import { type DeadLetter, WaitingEvents } from "../../../../deploy/local/aws/lambda/waiting-events.js";
import type { FunctionDefinition } from "../../../../deploy/local/aws/model.js";
import { manualTime, settled } from "../manual-time.js";
import { fixture } from "./lambda-harness.js";

const MINUTE = 60_000;
const failed: InvocationOutcome = { kind: "failed", errorType: "Error", errorMessage: "no database" };
const done: InvocationOutcome = { kind: "payload", payload: "null" };

const start = (
  outcomes: readonly (InvocationOutcome | "throttled")[],
  overrides: Partial<FunctionDefinition> = {},
  takesLetters = true,
) => {
  const time = manualTime();
  const definition = fixture("hello", "BUFFERED", {
    deadLetterArn: "arn:aws:sqs:eu-west-1:123456789012:failed",
    ...overrides,
  });
  const began = time.clock();
  const tries: number[] = [];
  const requestIds = new Set<string>();
  const callee: Callee = {
    definition,
    pick: (qualifier) => ({
      ok: true,
      value: { version: "1", isSplit: false, ...(qualifier === undefined ? {} : { qualifier }) },
    }),
    admit: () => {
      const outcome = outcomes[Math.min(tries.length, outcomes.length - 1)] ?? done;
      tries.push(time.clock() - began);
      if (outcome === "throttled")
        return {
          ok: false,
          error: { status: 429, type: "TooManyRequestsException", message: "Rate Exceeded.", reason: "Full" },
        };
      return {
        ok: true,
        value: ({ requestId }) => {
          requestIds.add(requestId);
          return Promise.resolve(outcome);
        },
      };
    },
  };
  const letters: DeadLetter[] = [];
  const log: string[] = [];
  const events = new WaitingEvents({
    ...time,
    log: ({ message }) => void log.push(message),
    sendDeadLetter: (_definition, letter) => takesLetters && letters.push(letter) > 0,
  });
  const accept = (qualifier?: string, event = '{"n":1}') =>
    events.accept(callee, qualifier, { requestId: "r-1", traceId: "t", event });
  return { time, tries, letters, log, events, accept, requestIds };
};

test("an event that succeeds runs once, at once", async () => {
  const { time, tries, letters, accept } = start([done]);
  expect(accept("live")).toBe(true);
  await time.advance(6 * 60 * MINUTE);
  expect([tries, letters]).toEqual([[0], []]);
});

test("one that fails is tried again after one minute and after two more, under one request id", async () => {
  const { time, tries, letters, accept, requestIds } = start([failed]);
  accept("live");
  await time.advance(10 * MINUTE);
  expect(tries).toEqual([0, MINUTE, 3 * MINUTE]);
  expect([...requestIds]).toEqual(["r-1"]);
  expect(letters).toEqual([
    { event: '{"n":1}', requestId: "r-1", errorCode: 200, errorMessage: "Error: no database" },
  ]);
});

test("one that succeeds the second time is not tried a third time, and is no dead letter", async () => {
  const { time, tries, letters, accept } = start([failed, done]);
  accept();
  await time.advance(10 * MINUTE);
  expect([tries, letters]).toEqual([[0, MINUTE], []]);
});

test("the configuration of the qualifier that was called holds, and no other", async () => {
  const asynchronous = [{ qualifier: "live", maximumRetryAttempts: 0, maximumEventAgeSeconds: 60 }];
  const named = start([failed], { asynchronous });
  named.accept("live");
  await named.time.advance(10 * MINUTE);
  expect(named.tries).toEqual([0]);
  for (const qualifier of [undefined, "$LATEST", "1"]) {
    const other = start([failed], { asynchronous });
    other.accept(qualifier);
    await other.time.advance(10 * MINUTE);
    expect(other.tries).toHaveLength(3);
  }
});

test("an event that finds no room waits longer each time, up to five minutes, and loses no attempt", async () => {
  const { time, tries, accept } = start([...Array.from({ length: 11 }, () => "throttled" as const), done]);
  accept();
  await time.advance(60 * MINUTE);
  const waits = tries.slice(1).map((at, index) => (at - (tries[index] ?? 0)) / 1000);
  expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
});

test("an event that has grown too old is given up", async () => {
  const asynchronous = [{ maximumRetryAttempts: 2, maximumEventAgeSeconds: 60 }];
  const { time, tries, letters, accept } = start(["throttled"], { asynchronous });
  accept();
  await time.advance(60 * MINUTE);
  expect(tries.at(-1)).toBe(31_000);
  expect(letters).toMatchObject([{ errorCode: 429, errorMessage: "Full" }]);
});

test("a function that is switched off is not waited for", async () => {
  const { tries, letters, accept } = start(["throttled"], { reservedConcurrency: 0 });
  accept();
  await settled();
  expect([tries.length, letters.length]).toEqual([1, 1]);
});

test("the error's text is cut to a kilobyte", async () => {
  const { time, letters, accept } = start([{ ...failed, errorMessage: "x".repeat(5000) }]);
  accept();
  await time.advance(10 * MINUTE);
  expect(letters[0]?.errorMessage).toHaveLength(1024);
});

test("an event that no dead-letter queue takes is told as lost", async () => {
  const { time, log, accept } = start([failed], {}, false);
  accept();
  await time.advance(10 * MINUTE);
  expect(log.at(-1)).toBe("Error: no database; the event is lost, failed did not take it");
});

test("256 MiB of events are held, and no more until one is done", async () => {
  const { accept, time } = start([failed, ...Array.from({ length: 300 }, () => failed)]);
  const event = JSON.stringify("x".repeat(1_048_574));
  for (let taken = 0; taken < 256; taken += 1) expect(accept("live", event)).toBe(true);
  expect(accept("live", event)).toBe(false);
  await time.advance(10 * MINUTE);
  expect(accept("live", event)).toBe(true);
});

test("nothing is tried again once the twin closes", async () => {
  const { time, tries, events, accept } = start([failed]);
  accept();
  await settled();
  events.close();
  await time.advance(10 * MINUTE);
  expect(tries).toEqual([0]);
});
