import { invokeComplete, payloadChunk } from "../deploy/local/aws/lambda/event-stream.js";
import { EventStreamSink } from "../server/adapters/event-stream-sink.js";
import type { BrokenVerdict, RelayedBody, Sink, Verdict } from "../server/core/inbound.js";
import { FunctionStream } from "../server/function-stream.js";
import { accepted, refused } from "./fixtures/outcome.js";
import { KeepingSink } from "./fixtures/tcp-server.js";

/** Lambda's answer, in the test's hands. */
class Answer implements RelayedBody {
  bytes = 0;
  isLeft = false;
  drains = 0;
  private sink: Sink | undefined;
  private settle: ((verdict: Verdict) => void) | undefined;

  relay(sink: Sink): Promise<Verdict> {
    this.sink = sink;
    sink.on("drain", () => (this.drains += 1));
    return new Promise((settle) => (this.settle = settle));
  }
  /** false: asked to wait. */
  write(...frames: Uint8Array[]): boolean | undefined {
    return this.sink?.write(Buffer.concat(frames));
  }
  end(): void {
    this.sink?.end([]);
    this.settle?.("complete");
  }
  destroy(verdict: BrokenVerdict): void {
    this.sink?.destroy(verdict);
    this.settle?.(verdict);
  }
  leave(): void {
    this.isLeft = true;
    this.destroy("client_gone");
  }
}

function opened() {
  const answer = new Answer();
  const notes: string[] = [];
  const stream = new FunctionStream(answer, {
    logTail: (base64) => notes.push(`log ${base64}`),
    brokenBy: (cause) => notes.push(cause),
  });
  return { answer, notes, stream, head: stream.head() };
}

const text = (content: string) => payloadChunk(Buffer.from(content));
const prelude = text(`{"statusCode":201,"headers":{"a":"b"}}${"\0".repeat(8)}`);

test("reads until its head is known and no further, and passes on what came with it", async () => {
  const { answer, stream, head } = opened();
  expect(answer.write(text('{"statusCode":201,'))).toBe(true);
  expect(answer.write(text(`"headers":{"a":"b"}}${"\0".repeat(8)}one`), text("two"))).toBe(false);
  expect(accepted(await head)).toEqual({
    status: 201,
    headers: ["a", "b", "content-type", "application/octet-stream"],
  });
  expect(answer.drains).toBe(0);
  const sink = new KeepingSink();
  const verdict = stream.relay(sink);
  expect([sink.text, answer.drains, stream.bytes]).toEqual(["onetwo", 1, 6]);
  expect(answer.write(text("three"), invokeComplete({}))).toBe(true);
  answer.end();
  expect(await verdict).toBe("complete");
  expect([sink.text, sink.ending]).toEqual(["onetwothree", "ended"]);
});

test("a reader who is full makes Lambda wait, until he is not", async () => {
  const { answer, stream, head } = opened();
  answer.write(prelude);
  await head;
  const sink = new KeepingSink();
  sink.isFull = true;
  void stream.relay(sink);
  expect(answer.drains).toBe(1);
  expect(answer.write(text("one"))).toBe(false);
  // Not a byte of content, and still nobody to take the next.
  expect(answer.write(text("").subarray(0, 5))).toBe(false);
  sink.isFull = false;
  sink.drain();
  expect(answer.drains).toBe(2);
  expect(answer.write(text("").subarray(5), text("two"))).toBe(true);
  expect(sink.bytesWhileFull).toBe(0);
});

test("a reader who is full of what came with the head is waited for", async () => {
  const { answer, stream, head } = opened();
  answer.write(prelude, text("one"));
  await head;
  const sink = new KeepingSink();
  sink.isFull = true;
  void stream.relay(sink);
  expect(answer.drains).toBe(0);
  sink.drain();
  expect(answer.drains).toBe(1);
});

test("a stream that was over before anybody asked for it is passed whole", async () => {
  const { answer, stream, head } = opened();
  answer.write(text('{"is":'), text('"content"}'), invokeComplete({ LogResult: "bG9n" }));
  answer.end();
  expect(accepted(await head).status).toBe(200);
  const sink = new KeepingSink();
  expect(await stream.relay(sink)).toBe("complete");
  expect([sink.text, sink.ending]).toEqual(['{"is":"content"}', "ended"]);
});

test("what is wrong before the head refuses it, and Lambda is left", async () => {
  const { answer, head, notes } = opened();
  answer.write(text(`{"statusCode":99}${"\0".repeat(8)}`), text("never seen"));
  expect(refused(await head)).toEqual({
    verdict: "function_error",
    cause: "statusCode must be an integer from 200 to 599",
  });
  expect([answer.isLeft, notes]).toEqual([true, []]);
});

test.each<[object, BrokenVerdict, string]>([
  [
    { ErrorCode: "Unhandled", ErrorDetails: '{"errorType":"E","errorMessage":"m"}' },
    "function_error",
    "E: m",
  ],
  [{ ErrorCode: "Sandbox.Timedout", ErrorDetails: "x" }, "timed_out", "Sandbox.Timedout: x"],
])("the last frame's error (%j) breaks a stream that has begun", async (completion, verdict, cause) => {
  const { answer, stream, head, notes } = opened();
  answer.write(prelude);
  await head;
  const sink = new KeepingSink();
  const ended = stream.relay(sink);
  answer.write(text("one"), invokeComplete({ ...completion, LogResult: "bG9n" }));
  answer.end();
  expect(await ended).toBe(verdict);
  expect([sink.text, sink.brokenBy]).toEqual(["one", verdict]);
  expect(notes).toEqual(["log bG9n", cause]);
});

test("wrong bytes break it, are told, and end the call", async () => {
  const { answer, stream, head, notes } = opened();
  answer.write(prelude);
  await head;
  const sink = new KeepingSink();
  const ended = stream.relay(sink);
  answer.write(Buffer.alloc(12, 1));
  expect(await ended).toBe("truncated");
  expect([sink.brokenBy, answer.isLeft]).toEqual(["truncated", true]);
  expect(notes).toEqual(["a frame's prelude has another checksum"]);
});

test.each<BrokenVerdict>(["truncated", "client_gone", "timed_out", "drained"])(
  "a transfer that ends with %s is no more than that",
  async (verdict) => {
    const before = opened();
    before.answer.destroy(verdict);
    expect(refused(await before.head)).toEqual({ verdict });
    const after = opened();
    after.answer.write(prelude);
    await after.head;
    const sink = new KeepingSink();
    const ended = after.stream.relay(sink);
    after.answer.destroy(verdict);
    expect([await ended, sink.brokenBy, after.notes]).toEqual([verdict, verdict, []]);
  },
);

test("a silent event stream has the gateway's comments between its events", async () => {
  jest.useFakeTimers();
  const { answer, stream, head } = opened();
  answer.write(text(`{"headers":{"content-type":"text/event-stream"}}${"\0".repeat(8)}data: 1\n\n`));
  await head;
  const sink = new KeepingSink();
  const ended = stream.relay(new EventStreamSink(sink, { requestId: "r", heartbeatMs: 20 }));
  jest.advanceTimersByTime(20);
  answer.write(text("data: 2\n\n"), invokeComplete({}));
  answer.end();
  expect(await ended).toBe("complete");
  expect(sink.text).toBe("data: 1\n\n:\n\ndata: 2\n\n");
  expect(jest.getTimerCount()).toBe(0);
  jest.useRealTimers();
});

test("leaving it leaves Lambda", async () => {
  const { answer, stream, head } = opened();
  answer.write(prelude);
  await head;
  stream.leave();
  expect(answer.isLeft).toBe(true);
});
