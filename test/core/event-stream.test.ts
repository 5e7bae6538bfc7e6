import fc from "fast-check";
import { EventStreamPosition, errorEvent, heartbeat, isEventStream } from "../../server/core/event-stream.js";

describe("isEventStream", () => {
  test.each([
    "text/event-stream",
    "Text/Event-Stream",
    "text/event-stream; charset=utf-8",
    "text/event-stream;charset=utf-8",
    "text/event-stream\t; x=y",
  ])("%j is one", (contentType) => {
    expect(isEventStream(["ETag", "x", "Content-Type", contentType])).toBe(true);
  });

  test.each([
    [[]],
    [["content-type", "text/event-streams"]],
    [["content-type", "text/plain; x=text/event-stream"]],
    [["content-type", "text/event-stream", "content-type", "text/event-stream"]],
    [["content-type", "text/event-stream", "Content-Encoding", "identity"]],
    [["content-type", "text/event-stream", "Content-Length", "0"]],
  ])("%j is none, or none that can be added to", (headers) => {
    expect(isEventStream(headers)).toBe(false);
  });
});

const positionAfter = (...chunks: readonly string[]): EventStreamPosition => {
  const position = new EventStreamPosition();
  for (const chunk of chunks) position.advance(Buffer.from(chunk));
  return position;
};

describe("a stream stands between events", () => {
  test.each([
    [],
    [""],
    ["\n"],
    ["data: 1\n\n"],
    ["data: 1\r\n\r\n"],
    ["data: 1\r\r"],
    ["data: 1\n\r"],
    ["data: 1\r\n\n"],
    ["data: 1\n\r\n"],
    ["data: 1\r\r\n"],
    ["data: 1\n\n", "\n", ""],
    ["data: 1\r", "\n", "\r", "\n"],
    [":\n\n"],
  ])("after %j %j %j %j", (...chunks) => {
    expect(positionAfter(...chunks).isBetweenEvents).toBe(true);
  });

  test.each([
    ["d"],
    ["data: 1"],
    ["data: 1\n"],
    ["data: 1\r\n"],
    ["data: 1\r", "\n"],
    ["data: 1\n\nid: "],
    ["data: 1\n\n", "id: 7\n"],
    [": a comment\n"],
    // Half of an end that readers who look for the very bytes would miss.
    ["data: 1\r\n\r"],
    ["data: 1\r\n", "\r"],
  ])("and not after %j %j", (...chunks) => {
    expect(positionAfter(...chunks).isBetweenEvents).toBe(false);
  });
});

interface Read {
  readonly events: string[];
  /** What a reader sends as Last-Event-ID when it comes again. */
  lastEventId: string;
}

/** A reader by the letter of the HTML Standard 9.2.6. */
function read(stream: string): Read {
  const result: Read = { events: [], lastEventId: "" };
  let [data, type, id] = ["", "", ""];
  // What stands after the last line end is no line.
  for (const line of stream.split(/\r\n|\n|\r/).slice(0, -1)) {
    const [, field = "", value = ""] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (line === "") {
      result.lastEventId = id;
      if (data !== "") result.events.push(JSON.stringify([type || "message", data, id]));
      [data, type] = ["", ""];
    } else if (field === "data") data += `${value}\n`;
    else if (field === "event") type = value;
    else if (field === "id") id = value;
  }
  return result;
}

const stream = fc
  .array(
    fc.constantFrom("\n", "\r", "\r\n", "\n\n", "data: 1", "data", "id: 7", "event: x", ": c", ":", " "),
    {
      maxLength: 20,
    },
  )
  .map((parts) => parts.join(""));

const cut = (text: string, places: readonly number[]): string[] => {
  const ends = [...new Set(places.map((place) => place % (text.length + 1)))].sort((a, b) => a - b);
  return [...ends, text.length].map((end, at) => text.slice(at === 0 ? 0 : ends[at - 1], end));
};

describe("whatever the stream", () => {
  test("any cut of it into chunks ends at the same position", () => {
    fc.assert(
      fc.property(stream, fc.array(fc.nat(), { maxLength: 8 }), (text, places) => {
        const whole = positionAfter(text).isBetweenEvents;
        expect(positionAfter(...cut(text, places)).isBetweenEvents).toBe(whole);
      }),
      { numRuns: 1000 },
    );
  });

  test("a heartbeat in every place that is between events changes nothing of what is read", () => {
    fc.assert(
      fc.property(stream, (text) => {
        const position = new EventStreamPosition();
        let sent = position.isBetweenEvents ? heartbeat.toString() : "";
        for (const letter of text) {
          position.advance(Buffer.from(letter));
          sent += letter;
          if (position.isBetweenEvents) sent += heartbeat.toString();
        }
        expect(read(sent)).toEqual(read(text));
      }),
      { numRuns: 1000 },
    );
  });

  test("an error event where it breaks between events is read as one, after all that came before it", () => {
    fc.assert(
      fc.property(stream, (text) => {
        fc.pre(positionAfter(text).isBetweenEvents);
        const before = read(text);
        const { events, lastEventId } = read(text + errorEvent("truncated", "7").toString());
        expect(events.slice(0, -1)).toEqual(before.events);
        expect(events.at(-1)).toContain("urn:grantway:problem:stream_truncated");
        expect(lastEventId).toBe(before.lastEventId);
      }),
      { numRuns: 1000 },
    );
  });
});

test.each(["truncated", "function_error", "timed_out", "drained"] as const)(
  "the error event of a %s stream is a problem on one line",
  (verdict) => {
    const text = errorEvent(verdict, "3d0c5e1e-8a0e-4b6f-9a55-0f8f6c7d1e2a").toString();
    const [, data = ""] = /^event: error\ndata: (\{.*\})\n\n$/.exec(text) ?? [];
    expect(JSON.parse(data)).toEqual({
      type: `urn:grantway:problem:stream_${verdict}`,
      title: expect.stringMatching(/^[A-Z][a-z ]+$/) as string,
      instance: "urn:uuid:3d0c5e1e-8a0e-4b6f-9a55-0f8f6c7d1e2a",
    });
  },
);
