// The clocks are Jest's: nothing here waits.
import { EventStreamSink } from "../../server/adapters/event-stream-sink.js";
import type { BrokenVerdict } from "../../server/core/inbound.js";
import { KeepingSink } from "../fixtures/tcp-server.js";

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

const requestId = "3d0c5e1e-8a0e-4b6f-9a55-0f8f6c7d1e2a";

function streamTo(heartbeatMs?: number) {
  const reader = new KeepingSink();
  const sink = new EventStreamSink(reader, { requestId, heartbeatMs });
  return { reader, sink, write: (text: string) => sink.write(Buffer.from(text)) };
}

describe("a heartbeat", () => {
  test("comes after so long a silence, and again after as long, before the first event too", () => {
    const { reader } = streamTo(1000);
    jest.advanceTimersByTime(999);
    expect(reader.text).toBe("");
    jest.advanceTimersByTime(1);
    expect(reader.text).toBe(":\n\n");
    jest.advanceTimersByTime(2000);
    expect(reader.text).toBe(":\n\n".repeat(3));
  });

  test("waits anew with every chunk", () => {
    const { reader, write } = streamTo(1000);
    for (let event = 0; event < 5; event += 1) {
      jest.advanceTimersByTime(999);
      write("data\n\n");
    }
    expect(reader.text).toBe("data\n\n".repeat(5));
    jest.advanceTimersByTime(1000);
    expect(reader.text).toBe("data\n\n".repeat(5) + ":\n\n");
  });

  test("never stands inside an event, and comes again after it", () => {
    const { reader, write } = streamTo(1000);
    write("data: 1\n");
    jest.advanceTimersByTime(5000);
    expect(reader.text).toBe("data: 1\n");
    write("\n");
    jest.advanceTimersByTime(1000);
    expect(reader.text).toBe("data: 1\n\n:\n\n");
  });

  test("is not sent to a reader who is full, be it of heartbeats", () => {
    const { reader, write } = streamTo(1000);
    reader.isFull = true;
    expect(write("data\n\n")).toBe(false);
    jest.advanceTimersByTime(5000);
    expect(reader.text).toBe("data\n\n");
    reader.drain();
    jest.advanceTimersByTime(5000);
    expect(reader.text).toBe("data\n\n:\n\n");
  });

  test.each<[string, (sink: EventStreamSink) => void]>([
    ["ends", (sink) => sink.end([])],
    ["breaks", (sink) => sink.destroy("client_gone")],
  ])("ends with a stream that %s", (_how, end) => {
    const { reader, sink } = streamTo(1000);
    end(sink);
    jest.advanceTimersByTime(5000);
    expect(reader.text).toBe("");
    expect(jest.getTimerCount()).toBe(0);
  });

  test("is none where the route has none", () => {
    const { reader, write } = streamTo();
    write("data\n\n");
    expect(jest.getTimerCount()).toBe(0);
    expect(reader.listenerCount("drain")).toBe(0);
  });
});

describe("a stream that breaks", () => {
  const broken: BrokenVerdict[] = ["truncated", "function_error", "timed_out", "drained"];

  test.each(broken)("between events says why (%s), and breaks", (verdict) => {
    const { reader, sink, write } = streamTo();
    write("data: 1\n\n");
    sink.destroy(verdict);
    expect(reader.text).toMatch(
      new RegExp(`^data: 1\n\nevent: error\ndata: \\{.*stream_${verdict}.*${requestId}`),
    );
    expect([reader.ending, reader.brokenBy]).toEqual(["destroyed", verdict]);
  });

  test.each(["data: 1", "data: 1\n\nid: 4", "data: 1\r\n"])("inside an event (%j) says nothing", (text) => {
    const { reader, sink, write } = streamTo();
    write(text);
    sink.destroy("truncated");
    expect([reader.text, reader.ending]).toEqual([text, "destroyed"]);
  });

  test("for a reader who has gone says nothing", () => {
    const { reader, sink } = streamTo();
    sink.destroy("client_gone");
    expect([reader.text, reader.ending]).toEqual(["", "destroyed"]);
  });
});

test("a stream that ends well passes with its trailers, and the reader's pace reaches the function", () => {
  const { reader, sink, write } = streamTo(1000);
  reader.isFull = true;
  let drained = 0;
  sink.on("drain", () => (drained += 1));
  expect(write("data: 1\n\n")).toBe(false);
  reader.drain();
  sink.end(["x-a", "1"]);
  expect([drained, reader.text, reader.ending, reader.trailers]).toEqual([
    1,
    "data: 1\n\n",
    "ended",
    ["x-a", "1"],
  ]);
});
