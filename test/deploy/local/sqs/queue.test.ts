import { Queue } from "../../../../deploy/local/aws/sqs/queue.js";
import type { QueueDefinition } from "../../../../deploy/local/aws/model.js";
import { manualTime } from "../manual-time.js";
import { queueDefinition, text } from "./sample-queue.js";

const SECOND = 1000;

const twoQueues = (overrides: Partial<QueueDefinition> = {}) => {
  const time = manualTime();
  const dead = new Queue(queueDefinition("dead", { retentionSeconds: 7200 }), time);
  const redrive = { deadLetterArn: dead.definition.arn, maxReceiveCount: 2 };
  const definition = queueDefinition("work", { redrive, ...overrides });
  return { time, dead, work: new Queue(definition, { ...time, deadLetters: () => dead }) };
};

const take = async (queue: Queue, most = 10) =>
  (await queue.receive({ most, waitSeconds: 0 })).map(({ body, receiveCount }) => `${body} ${receiveCount}`);

test("a received message is hidden until its visibility timeout is over, to the millisecond", async () => {
  const { time, work } = twoQueues();
  work.send(text("a"));
  expect(await take(work)).toEqual(["a 1"]);
  await time.advance(30 * SECOND - 1);
  expect(await take(work)).toEqual([]);
  await time.advance(1);
  expect(await take(work)).toEqual(["a 2"]);
});

test("messages come oldest first, and never more than were asked for", async () => {
  const { work } = twoQueues();
  for (const body of ["a", "b", "c"]) work.send(text(body));
  expect(await take(work, 2)).toEqual(["a 1", "b 1"]);
  expect(await take(work, 2)).toEqual(["c 1"]);
});

test("a deleted message does not come back", async () => {
  const { time, work } = twoQueues();
  work.send(text("a"));
  const [message] = await work.receive({ most: 1, waitSeconds: 0 });
  work.delete(message?.receiptHandle ?? "");
  await time.advance(3600 * SECOND);
  expect(await take(work)).toEqual([]);
});

test("the handle of an earlier receive deletes nothing", async () => {
  const { time, work } = twoQueues();
  work.send(text("a"));
  const [first] = await work.receive({ most: 1, waitSeconds: 0 });
  await time.advance(30 * SECOND);
  const [second] = await work.receive({ most: 1, waitSeconds: 0 });
  work.delete(first?.receiptHandle ?? "");
  expect(work.counts().inFlight).toBe(1);
  work.delete(second?.receiptHandle ?? "");
  expect(work.counts().inFlight).toBe(0);
});

test("a message that was received as often as it may be is moved when it would be received again", async () => {
  const { time, work, dead } = twoQueues();
  const sent = work.send(text("poison"));
  for (const expected of ["poison 1", "poison 2"]) {
    expect(await take(work)).toEqual([expected]);
    await time.advance(30 * SECOND);
    expect(dead.counts().visible).toBe(0);
  }
  expect(await take(work)).toEqual([]);
  const [moved] = await dead.receive({ most: 1, waitSeconds: 0 });
  expect(moved).toMatchObject({
    ...{ messageId: sent?.messageId, body: "poison", sentAt: sent?.sentAt },
    ...{ deadLetterSourceArn: work.definition.arn, receiveCount: 3 },
  });
});

test("in a dead-letter queue the time counts from when the message was first sent", async () => {
  const { time, work, dead } = twoQueues({ redrive: { deadLetterArn: "dead", maxReceiveCount: 1 } });
  work.send(text("a"));
  await take(work);
  await time.advance(7200 * SECOND - 1);
  await take(work);
  expect(dead.counts().visible).toBe(1);
  await time.advance(1);
  expect(dead.counts().visible).toBe(0);
});

test("a message is kept as long as the queue keeps messages, and not longer", async () => {
  const { time, work } = twoQueues({ retentionSeconds: 60 });
  work.send(text("a"));
  await time.advance(60 * SECOND - 1);
  expect(work.counts().visible).toBe(1);
  await time.advance(1);
  expect(work.counts().visible).toBe(0);
});

test("a delayed message waits; its own delay stands over the queue's", async () => {
  const { time, work } = twoQueues({ delaySeconds: 10 });
  work.send(text("late"));
  work.send(text("now"), 0);
  expect(work.counts()).toEqual({ visible: 1, inFlight: 0, delayed: 1 });
  expect(await take(work)).toEqual(["now 1"]);
  await time.advance(10 * SECOND);
  expect(await take(work)).toEqual(["late 1"]);
});

test("a long poll gets the message that comes, at once", async () => {
  const { time, work } = twoQueues();
  const polling = work.receive({ most: 10, waitSeconds: 20 });
  await time.advance(5 * SECOND);
  work.send(text("a"));
  expect((await polling).map(({ body }) => body)).toEqual(["a"]);
});

test("a long poll gets a message that becomes visible while it waits", async () => {
  const { time, work } = twoQueues();
  work.send(text("a"), 7);
  const polling = work.receive({ most: 10, waitSeconds: 20 });
  await time.advance(7 * SECOND);
  expect((await polling).map(({ body }) => body)).toEqual(["a"]);
});

test("a long poll ends empty when its time is over", async () => {
  const { time, work } = twoQueues();
  let ended = false;
  const polling = work.receive({ most: 10, waitSeconds: 20 }).finally(() => (ended = true));
  await time.advance(20 * SECOND - 1);
  expect(ended).toBe(false);
  await time.advance(1);
  expect(await polling).toEqual([]);
});

test("a receiver that has left takes no message with him", async () => {
  const { work } = twoQueues();
  const left = new AbortController();
  const polling = work.receive({ most: 10, waitSeconds: 20, signal: left.signal });
  left.abort();
  work.send(text("a"));
  expect(await polling).toEqual([]);
  expect(await take(work)).toEqual(["a 1"]);
});

test("the visibility of a message in flight can be ended or prolonged, up to twelve hours from its receive", async () => {
  const { time, work } = twoQueues();
  work.send(text("a"));
  const [message] = await work.receive({ most: 1, waitSeconds: 0 });
  const handle = message?.receiptHandle ?? "";
  expect(work.changeVisibility(handle, 43_200)).toBe("changed");
  await time.advance(SECOND);
  expect(work.changeVisibility(handle, 43_200)).toBe("too long");
  expect(work.changeVisibility(handle, 43_199)).toBe("changed");
  expect(work.changeVisibility(handle, 0)).toBe("changed");
  expect(work.changeVisibility(handle, 10)).toBe("not in flight");
  expect(await take(work)).toEqual(["a 2"]);
});

test("a queue is purged once a minute at most, and nothing of it comes back", async () => {
  const { time, work } = twoQueues();
  work.send(text("a"));
  await take(work);
  expect(work.purge()).toBe(true);
  await time.advance(60 * SECOND - 1);
  expect(await take(work)).toEqual([]);
  expect(work.purge()).toBe(false);
  await time.advance(1);
  expect(work.purge()).toBe(true);
});

test("a queue holds 256 MiB, and refuses the message after", () => {
  const { work } = twoQueues();
  const mebibyte = text("x".repeat(1_048_576));
  for (let sent = 0; sent < 256; sent += 1) expect(work.send(mebibyte)).toBeDefined();
  expect(work.send(text("x"))).toBeUndefined();
});
