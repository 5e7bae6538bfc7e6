// A queue and a function between which an event source stands: time is moved by hand, the function is the test's.
import type { SQSEvent } from "aws-lambda";
import { EventSource } from "../../../../deploy/local/aws/lambda/event-source.js";
import type { ServiceAnswer } from "../../../../deploy/local/aws/lambda/service-call.js";
import type { EventSourceDefinition, QueueDefinition } from "../../../../deploy/local/aws/model.js";
import { Queue } from "../../../../deploy/local/aws/sqs/queue.js";
import { manualTime, settled } from "../manual-time.js";
import { queueDefinition, text } from "../sqs/sample-queue.js";

const functionArn = "arn:aws:lambda:eu-west-1:123456789012:function:worker";
const sources: EventSource[] = [];
afterEach(() => Promise.all(sources.splice(0).map((source) => source.close())));

type Answering = (event: SQSEvent) => ServiceAnswer | Promise<ServiceAnswer>;

const answer = (value: unknown): ServiceAnswer => ({ kind: "payload", payload: JSON.stringify(value) });

const start = (
  overrides: Partial<EventSourceDefinition> = {},
  settings: { readonly answering?: Answering; readonly queue?: Partial<QueueDefinition> } = {},
) => {
  const time = manualTime();
  const queue = new Queue(queueDefinition("work", settings.queue), time);
  const batches: SQSEvent[] = [];
  const calls: (readonly [string, string | undefined])[] = [];
  const log: string[] = [];
  const definition: EventSourceDefinition = {
    ...{ place: "Resources.M", queueArn: queue.definition.arn, functionArn, qualifier: "live" },
    ...{ isEnabled: true, batchSize: 10, windowSeconds: 0, reportsItemFailures: true },
    ...overrides,
  };
  const source = new EventSource(definition, {
    queue,
    after: time.after,
    log: (line) => void log.push(line),
    call: (arn, qualifier, event) => {
      const parsed = JSON.parse(event) as SQSEvent;
      calls.push([arn, qualifier]);
      batches.push(parsed);
      return Promise.resolve((settings.answering ?? (() => answer(null)))(parsed));
    },
  });
  sources.push(source);
  return { time, queue, batches, calls, log, source };
};

const bodiesOf = ({ Records: records }: SQSEvent): string[] => records.map(({ body }) => body);

test("the function gets the event that Lambda sends, on the qualifier of the mapping", async () => {
  const { queue, batches, calls, time } = start();
  const attributes = new Map([["kind", { dataType: "String", value: "new" }]]);
  const sent = queue.send({ body: "hello", attributes, senderId: "AROAEXAMPLE:alice" });
  await settled();
  expect(calls).toEqual([[functionArn, "live"]]);
  expect(batches).toEqual([
    {
      Records: [
        {
          messageId: sent?.messageId,
          receiptHandle: expect.stringMatching(/^AQEB/) as string,
          body: "hello",
          attributes: {
            ...{ SenderId: "AROAEXAMPLE:alice", ApproximateReceiveCount: "1" },
            ...{
              SentTimestamp: String(time.clock()),
              ApproximateFirstReceiveTimestamp: String(time.clock()),
            },
          },
          messageAttributes: {
            kind: { stringValue: "new", stringListValues: [], binaryListValues: [], dataType: "String" },
          },
          md5OfMessageAttributes: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
          md5OfBody: "5d41402abc4b2a76b9719d911017c592",
          eventSource: "aws:sqs",
          eventSourceARN: "arn:aws:sqs:eu-west-1:123456789012:work",
          awsRegion: "eu-west-1",
        },
      ],
    },
  ]);
});

test("what the function has done is gone", async () => {
  const { queue, time, batches } = start();
  queue.send(text("a"));
  await time.advance(3_600_000);
  expect(queue.counts()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  expect(batches).toHaveLength(1);
});

test("the messages that it reports come back alone, after the visibility timeout", async () => {
  const answering: Answering = ({ Records: records }) =>
    answer({
      batchItemFailures: records
        .filter(({ body }) => body === "bad")
        .map(({ messageId }) => ({ itemIdentifier: messageId })),
    });
  const { queue, time, batches, log } = start({}, { answering });
  for (const body of ["a", "bad", "c"]) queue.send(text(body));
  await time.advance(29_999);
  expect(batches.map(bodiesOf)).toEqual([["a", "bad", "c"]]);
  await time.advance(1);
  expect(batches.map(bodiesOf)).toEqual([["a", "bad", "c"], ["bad"]]);
  expect(log[0]).toBe("1 of 3 messages go back to work");
});

test("without ReportBatchItemFailures such an answer is a success like any other", async () => {
  const answering = () => answer({ batchItemFailures: [{ itemIdentifier: "nobody" }] });
  const { queue, time, batches } = start({ reportsItemFailures: false }, { answering });
  queue.send(text("a"));
  await time.advance(60_000);
  expect(batches).toHaveLength(1);
});

const failed: ServiceAnswer = { kind: "failed", error: { errorType: "Error", errorMessage: "no database" } };
const throttled: ServiceAnswer = {
  kind: "throttled",
  error: { status: 429, type: "TooManyRequestsException", message: "Rate Exceeded.", reason: "Reserved" },
};

test.each([
  ["throws", failed, "2 of 2 messages go back to work: no database"],
  ["is throttled", throttled, "2 of 2 messages go back to work: Reserved"],
  ["names a stranger", answer({ batchItemFailures: [{ itemIdentifier: "z" }] }), '"z" is no message'],
])("a function that %s gets the whole batch again", async (_what, given, line) => {
  const { queue, time, batches, log } = start({}, { answering: () => given });
  for (const body of ["a", "b"]) queue.send(text(body));
  await time.advance(30_000);
  expect(batches.map(bodiesOf)).toEqual([
    ["a", "b"],
    ["a", "b"],
  ]);
  expect(log[0]).toContain(line);
});

test("a batch has no more messages than BatchSize", async () => {
  const { queue, batches } = start({ batchSize: 2 });
  for (const body of ["a", "b", "c"]) queue.send(text(body));
  await settled();
  expect(batches.map(({ Records: records }) => records.length).sort()).toEqual([1, 2]);
});

test("a batch that has no room for the next message does not wait for its window to close", async () => {
  const { queue, batches } = start({ batchSize: 100, windowSeconds: 300, maximumConcurrency: 1 });
  const large = "x".repeat(1_000_000);
  for (let sent = 0; sent < 7; sent += 1) {
    queue.send(text(large));
    await settled();
  }
  expect(batches.map(({ Records: records }) => records.length)).toEqual([6]);
});

test("with a window a batch waits to be full, or for the window to close", async () => {
  const { queue, time, batches } = start({ batchSize: 3, windowSeconds: 5, maximumConcurrency: 2 });
  queue.send(text("a"));
  await time.advance(4_999);
  expect(batches).toEqual([]);
  await time.advance(1);
  expect(batches.map(bodiesOf)).toEqual([["a"]]);
  for (const body of ["b", "c", "d"]) queue.send(text(body));
  await settled();
  expect(batches.map(bodiesOf)).toEqual([["a"], ["b", "c", "d"]]);
});

test("a batch stays within the 6 MB of an event", async () => {
  const { queue, batches } = start();
  for (let sent = 0; sent < 7; sent += 1) queue.send(text("x".repeat(1_048_576)));
  await settled();
  expect(batches.map(({ Records: records }) => records.length)).toEqual([5, 2]);
});

test("no more batches run at once than MaximumConcurrency says", async () => {
  let [running, most] = [0, 0];
  const answering = async (): Promise<ServiceAnswer> => {
    running += 1;
    most = Math.max(most, running);
    await settled();
    running -= 1;
    return answer(null);
  };
  const { queue, time, batches } = start({ batchSize: 1, maximumConcurrency: 2 }, { answering });
  for (let sent = 0; sent < 10; sent += 1) queue.send(text("a"));
  while (batches.length < 10) await time.advance(1);
  expect(most).toBe(2);
});

test("a mapping that is not enabled calls nobody", async () => {
  const { queue, time, batches } = start({ isEnabled: false });
  queue.send(text("a"));
  await time.advance(60_000);
  expect(batches).toEqual([]);
});

test("a mapping that is closed leaves what comes then", async () => {
  const { queue, source, batches } = start();
  await settled();
  await source.close();
  queue.send(text("a"));
  await settled();
  expect([batches.length, queue.counts().visible]).toEqual([0, 1]);
});
