import { crc32 } from "node:zlib";
import { EventStreamCodec, type Message } from "@smithy/core/event-streams";
import fc from "fast-check";
import { InvokeFrames, type InvokeComplete } from "../../server/core/invoke-frames.js";

const codec = new EventStreamCodec(
  (bytes) => (typeof bytes === "string" ? bytes : Buffer.from(bytes).toString()),
  (text) => Buffer.from(text),
);
const bytes = (text: string) => Uint8Array.from(Buffer.from(text));
const frame = (headers: Record<string, string>, body: Uint8Array, others: Message["headers"] = {}) =>
  Buffer.from(
    codec.encode({
      headers: {
        ...others,
        ...Object.fromEntries(
          Object.entries(headers).map(([name, value]) => [name, { type: "string" as const, value }]),
        ),
      },
      body,
    }),
  );
const chunkFrame = (body: Uint8Array) =>
  frame({ ":message-type": "event", ":event-type": "PayloadChunk" }, body);
const lastFrame = (document: string) =>
  frame({ ":message-type": "event", ":event-type": "InvokeComplete" }, bytes(document));

/** What the frames give, cut at these places. */
function read(stream: Buffer, cuts: readonly number[] = []) {
  const parts: Buffer[] = [];
  const completions: InvokeComplete[] = [];
  const frames = new InvokeFrames({
    payload: (part) => void parts.push(part),
    complete: (completion) => void completions.push(completion),
  });
  let fault: string | undefined;
  const places = [...cuts.map((cut) => cut % (stream.length + 1)), stream.length].sort((a, b) => a - b);
  let at = 0;
  for (const place of places) {
    const pushed = fault === undefined ? frames.push(stream.subarray(at, place)) : undefined;
    if (pushed?.ok === false) fault = pushed.denial;
    at = place;
  }
  return { payload: Buffer.concat(parts), parts, completions, fault, isComplete: frames.isComplete };
}

test("what AWS's own codec writes is read back, however it is cut", () => {
  const bodies = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 });
  fc.assert(
    fc.property(bodies, fc.array(fc.nat(), { maxLength: 30 }), (chunks, cuts) => {
      const stream = Buffer.concat([...chunks.map(chunkFrame), lastFrame('{"LogResult":"bG9n"}')]);
      const { payload, completions, fault, isComplete } = read(stream, cuts);
      expect(fault).toBeUndefined();
      expect(payload).toEqual(Buffer.concat(chunks));
      expect(completions).toEqual([{ logResult: "bG9n" }]);
      expect(isComplete).toBe(true);
    }),
  );
});

test("a payload is handed on as it comes, in views of what was read", () => {
  const stream = chunkFrame(bytes("abcdefgh"));
  const { parts } = read(stream, [stream.length - 8]);
  expect(parts.map(String)).toEqual(["abcd", "efgh"]);
  for (const part of parts) expect(part.buffer).toBe(stream.buffer);
});

test("one wrong byte anywhere is a fault, and never the end of a stream", () => {
  const stream = Buffer.concat([chunkFrame(bytes("payload")), lastFrame("{}")]);
  for (let at = 0; at < stream.length; at++) {
    const wrong = Buffer.from(stream);
    wrong.writeUInt8(wrong.readUInt8(at) ^ 1, at);
    const { isComplete, fault } = read(wrong);
    expect({ at, isComplete }).toEqual({ at, isComplete: false });
    expect({ at, fault }).toEqual({ at, fault: expect.any(String) as string });
  }
});

test("a stream that ends early is not complete", () => {
  const stream = Buffer.concat([chunkFrame(bytes("payload")), lastFrame("{}")]);
  for (let at = 0; at < stream.length; at++) expect(read(stream.subarray(0, at)).isComplete).toBe(false);
});

test.each([
  ['{"ErrorCode":"Unhandled","ErrorDetails":"{}"}', { errorCode: "Unhandled", errorDetails: "{}" }],
  ["", {}],
  ['{"ErrorCode":7}', {}],
])("the last frame %j says how the stream ended", (document, completion) => {
  expect(read(lastFrame(document)).completions).toEqual([completion]);
});

test.each([
  [{ ":message-type": "exception", ":exception-type": "ServiceException" }, "ServiceException", "why"],
  [
    { ":message-type": "error", ":error-code": "Internal", ":error-message": "because" },
    "Internal",
    "because",
  ],
  [{ ":message-type": "other" }, "unknown", "why"],
])("a frame that is no event ends the stream: %j", (headers, errorCode, errorDetails) => {
  const { completions } = read(frame(headers, bytes("why")));
  expect(completions).toEqual([{ errorCode, errorDetails, isException: true }]);
});

test("headers of every type are read past, and events of another name", () => {
  const others: Message["headers"] = {
    a: { type: "boolean", value: true },
    b: { type: "byte", value: 1 },
    c: { type: "short", value: 1 },
    d: { type: "integer", value: 1 },
    e: { type: "timestamp", value: new Date(0) },
    f: { type: "binary", value: bytes("xyz") },
    g: { type: "uuid", value: "01234567-89ab-cdef-0123-456789abcdef" },
  };
  const unknown = frame({ ":message-type": "event", ":event-type": "Other" }, bytes("dropped"), others);
  const { payload, fault, completions } = read(
    Buffer.concat([unknown, chunkFrame(bytes("x")), lastFrame("{}")]),
  );
  expect([payload.toString(), fault, completions.length]).toEqual(["x", undefined, 1]);
});

/** A frame of these lengths, whose prelude is right. */
function claimed(totalBytes: number, headerBytes: number): Buffer {
  const prelude = Buffer.alloc(12);
  prelude.writeUInt32BE(totalBytes, 0);
  prelude.writeUInt32BE(headerBytes, 4);
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8);
  return prelude;
}

describe("refused", () => {
  const headers = (text: string) => {
    const head = Buffer.from(text, "latin1");
    return Buffer.concat([claimed(16 + head.length, head.length), head]);
  };
  test.each([
    ["no headers", claimed(16, 0), "no such length"],
    ["too many headers", claimed(2 ** 20, 16_385), "no such length"],
    ["a total that does not hold its headers", claimed(100, 85), "no such length"],
    ["more than 16 MB", claimed(2 ** 24 + 117, 100), "no such length"],
    ["a header that ends past its place", headers("\x09ab"), "malformed"],
    ["a header of an unknown type", headers("\x01a\x0a"), "malformed"],
    ["a last frame that is not JSON", lastFrame("{"), "not JSON"],
    ["a last frame that is no object", lastFrame("[]"), "not JSON"],
    ["a last frame of more than 1 MB", lastFrame(" ".repeat(2 ** 20 + 1)), "too large"],
    ["a frame after the last", Buffer.concat([lastFrame("{}"), chunkFrame(bytes("x"))]), "after the last"],
  ])("%s", (_what, stream, fault) => {
    expect(read(stream).fault).toContain(fault);
  });

  test.each([
    ["16 MB", claimed(2 ** 24 + 116, 100)],
    ["16 KB of headers", claimed(16_400, 16_384)],
  ])("not %s", (_what, stream) => {
    expect(read(stream).fault).toBeUndefined();
  });
});
